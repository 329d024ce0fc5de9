package no.rapport.local;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import no.rapport.stepfunctions.ExecutionStatus;
import no.rapport.stepfunctions.HistoryEvent;
import no.rapport.stepfunctions.StepFunctions;

/// Describes the state of a walk: everything that can affect its rest.
final class WalkState {

  private WalkState() {}

  /// Returns the state before a function call.
  ///
  /// @param next the called function, and the progress of the callers
  static List<String> of(WalkServices services, WalkMemory memory, StepFunctions stepFunctions, String next) {
    var state = new ArrayList<String>();
    state.add("next " + next);
    for (String table : List.of(services.records, services.source)) {
      // The shard of a total is random; only the sum of all shards matters.
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

  /// Returns an execution's current state and its events; for a Map state those of each iteration, in any order.
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
        // The result is in the last event.
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
