package no.rapport.local;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import no.rapport.stepfunctions.ExecutionStatus;
import no.rapport.stepfunctions.HistoryEvent;
import no.rapport.stepfunctions.StepFunctions;

/// The state of a walk: all that what follows can depend on.
final class WalkState {

  private WalkState() {}

  /// The state as it is before a function is called: everything that what follows can depend on.
  ///
  /// @param next what is called, and how far the callers are
  static List<String> of(WalkServices services, WalkMemory memory, StepFunctions stepFunctions, String next) {
    var state = new ArrayList<String>();
    state.add("next " + next);
    for (String table : List.of(services.records, services.source)) {
      // Which of the totals' shards counted is drawn; their sum counts.
      var totals = new TreeMap<String, Long>();
      for (var item : WalkServices.DYNAMO_DB.scanPaginator(scan -> scan.tableName(table).consistentRead(true)).items()) {
        if (item.get("pk").s().endsWith("#totals")) {
          item.forEach((name, value) -> {
            if (value.n() != null) {
              totals.merge(item.get("pk").s() + " " + name, Long.valueOf(value.n()), Long::sum);
            }
          });
        } else {
          state.add("item " + new TreeMap<>(item));
        }
      }
      totals.forEach((name, sum) -> state.add("total " + name + " " + sum));
    }
    WalkServices.S3.listObjectsV2Paginator(list -> list.bucket(services.bucket)).contents().forEach(object -> state.add("object " + object.key()
        + " " + WalkServices.S3.getObjectAsBytes(get -> get.bucket(services.bucket).key(object.key())).asString(StandardCharsets.ISO_8859_1)));
    services.uploads().forEach(upload -> state.add("upload " + upload));
    state.addAll(memory.state());
    stepFunctions.executions().forEach(execution -> state.add("execution " + execution.name() + " " + execution.status()
        + (execution.status() == ExecutionStatus.RUNNING ? sinceLastState(stepFunctions.history(execution.executionArn()))
            : "")));
    return state;
  }

  /// What an execution knows of what it is doing: the state it is in, and what has happened in it; of a map, that of each of
  /// its iterations, in whatever order they came.
  private static String sinceLastState(List<HistoryEvent> history) {
    var branches = new HashMap<Long, String>();
    var since = new TreeMap<String, List<HistoryEvent>>();
    for (HistoryEvent event : history) {
      String branch = branches.getOrDefault(event.previousId(), "");
      branch = switch (event.type()) {
        case "MapIterationStarted" -> "iteration " + event.details().get("index");
        case "MapStateSucceeded", "MapStateFailed", "MapStateAborted" -> "";
        default -> branch;
      };
      branches.put(event.id(), branch);
      if (branch.isEmpty() && event.type().endsWith("StateEntered")) {
        since.clear();
      }
      if (event.type().equals("MapIterationSucceeded")) {
        // What it came to is in its last event.
        List<HistoryEvent> own = since.get(branch);
        since.put(branch, new ArrayList<>(List.of(own.getLast())));
      }
      if (event.type().endsWith("StateEntered")) {
        since.remove(branch);
      }
      since.computeIfAbsent(branch, _ -> new ArrayList<>()).add(event);
    }
    var text = new StringBuilder();
    since.forEach((branch, events) -> {
      text.append(branch);
      for (HistoryEvent event : events) {
        var details = new TreeMap<>(event.details());
        details.remove("cause"); // no definition reads it
        text.append(event.type()).append(details);
      }
    });
    return text.toString();
  }
}
