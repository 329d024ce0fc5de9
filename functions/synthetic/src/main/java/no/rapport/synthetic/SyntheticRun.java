package no.rapport.synthetic;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import no.rapport.api.Log;
import no.rapport.api.Metrics;

/// Runs the main job for the synthetic organisation: import, figures, export, download, and a check that the link
/// expires. Then sends one request to every route, so that no function's snapshot becomes inactive. Removes everything
/// that it creates.
///
/// @param pause waits for a given time
record SyntheticRun(PublicApi api, SyntheticFiles files, Pause pause) {

  static final String KIND = "synthetic";
  private static final String FIGURES = "/api/v1/aggregated-report-data";
  private static final String EXPORTS = "/api/v1/bufdir-exports";
  private static final String REPORTS = "/api/v1/report-records";
  private static final int POLL_SECONDS = 5;
  /// A function with an inactive snapshot answers after a few calls.
  private static final int WAKE_SECONDS = 20;
  private static final int MAX_WAKE_ATTEMPTS = 9;
  /// A link expires 30 seconds after it was made, at the latest.
  static final Duration LINK_LIFETIME = Duration.ofSeconds(31);

  interface Pause {
    void await(Duration time);
  }

  /// Takes the next step of a run.
  ///
  /// @return the run with the step that follows
  Run take(Run run, Instant now) {
    return switch (run.step()) {
      case REMOVE_REMAINS -> removed(run, Run.Step.IMPORT);
      case IMPORT -> {
        files.put(now);
        yield run.then(Run.Step.AWAIT_IMPORT);
      }
      case AWAIT_IMPORT -> imported(run);
      case AGGREGATE -> aggregated(run);
      case AWAIT_FIGURES -> counted(run);
      case ORDER -> ordered(run);
      case AWAIT_EXPORT -> exported(run);
      case DOWNLOAD -> downloaded(run);
      case VISIT_ROUTES -> visited(run);
      case REMOVE_RESULTS -> {
        Run next = removed(run, Run.Step.FINISHED);
        if (next.step() == Run.Step.FINISHED) {
          Metrics.put(KIND,
              Map.of("Completed", 1L, "DurationSeconds", Duration.between(run.startedAt(), now).toSeconds()));
        }
        yield next;
      }
      case REPORT_FAILURE -> {
        Metrics.put(KIND, Map.of("Failed", 1L));
        Log.warn("synthetic_run_failed", Map.of("error", run.error().orElse("")));
        yield run;
      }
      case FINISHED -> run;
    };
  }

  private Run imported(Run run) {
    var activities = files.report(SyntheticFiles.ACTIVITY_FILE);
    var cases = files.report(SyntheticFiles.CASE_FILE);
    if (activities.isEmpty() || cases.isEmpty() || !isEnded(activities.get()) || !isEnded(cases.get())) {
      return run.again(POLL_SECONDS);
    }
    require("imported activities", SyntheticFiles.ACTIVITIES, activities.get().at("/counts/imported").asInt());
    require("imported case records", SyntheticFiles.FIGURE_VALUE, cases.get().at("/counts/imported").asInt());
    return run.then(Run.Step.AGGREGATE);
  }

  private static boolean isEnded(JsonNode report) {
    return List.of("completed", "failed").contains(report.path("status").asText());
  }

  private Run aggregated(Run run) {
    var answer = api.call("POST", FIGURES, """
        {"organization_id": "%s", "period_id": "%s", "force_reaggregate": true}"""
        .formatted(SyntheticFiles.ORGANIZATION, SyntheticFiles.PERIOD));
    require("status of an ordered aggregation", 202, answer.status());
    return run.then(Run.Step.AWAIT_FIGURES).withSnapshot(answer.body().path("snapshot_id").asText());
  }

  private Run counted(Run run) {
    var snapshot = api.call("GET", FIGURES + "/" + run.snapshotId().orElseThrow(), "").body();
    if (snapshot.path("snapshot_status").asText().equals("processing")) {
      return run.again(POLL_SECONDS);
    }
    for (var section : snapshot.path("sections")) {
      for (var field : section.path("fields")) {
        if (field.path("field_key").asText().equals(SyntheticFiles.FIGURE)) {
          require(SyntheticFiles.FIGURE, SyntheticFiles.FIGURE_VALUE, field.path("value").asInt(-1));
          return run.then(Run.Step.ORDER);
        }
      }
    }
    throw new SyntheticRunFailed("The figures have no " + SyntheticFiles.FIGURE);
  }

  private Run ordered(Run run) {
    var answer = api.call("POST", EXPORTS, """
        {"org_id": "%s", "format": "xlsx", "period_from": "%2$s-01-01", "period_to": "%2$s-12-31"}"""
        .formatted(SyntheticFiles.ORGANIZATION, SyntheticFiles.PERIOD));
    require("status of an ordered export", 202, answer.status());
    return run.then(Run.Step.AWAIT_EXPORT).withExport(answer.body().path("export_id").asText());
  }

  private Run exported(Run run) {
    var export = export(run);
    return switch (export.path("status").asText()) {
      case "queued", "processing" -> run.again(POLL_SECONDS);
      case "completed" -> {
        require("exported rows", SyntheticFiles.ACTIVITIES, export.path("row_count").asInt());
        yield run.then(Run.Step.DOWNLOAD);
      }
      default -> throw new SyntheticRunFailed("The export ended as " + export.path("status").asText());
    };
  }

  private JsonNode export(Run run) {
    var answer = api.call("GET", EXPORTS + "/" + run.exportId().orElseThrow(), "");
    require("status of an export's detail", 200, answer.status());
    return answer.body();
  }

  /// Waits in this step until the link has expired, because a link must not pass through the state machine.
  private Run downloaded(Run run) {
    var export = export(run);
    String link = export.path("file_url").asText();
    var file = api.follow(link);
    require("status of a fresh link", 200, file.statusCode());
    if (!sha256(file.body()).equals(export.path("file_sha256").asText())) {
      throw new SyntheticRunFailed("The file is not the one that the export describes");
    }
    pause.await(LINK_LIFETIME);
    require("status of a link after " + LINK_LIFETIME.toSeconds() + " s", 403, api.follow(link).statusCode());
    return run.then(Run.Step.VISIT_ROUTES);
  }

  /// Sends one request that changes nothing to each route: with an unknown id or an empty body.
  private Run visited(Run run) {
    long failing = routes().stream().map(route -> route.split(" "))
        .filter(route -> api.status(route[0], route[1], List.of("POST", "PUT").contains(route[0]) ? "{}" : "") >= 500)
        .count();
    if (failing == 0) {
      return run.then(Run.Step.REMOVE_RESULTS);
    }
    if (run.attempt() == MAX_WAKE_ATTEMPTS) {
      throw new SyntheticRunFailed(failing + " routes answer 5xx after " + run.attempt() + " attempts");
    }
    return run.again(WAKE_SECONDS);
  }

  /// Returns the method and path of one request to every route.
  static List<String> routes() {
    try (var in = SyntheticRun.class.getResourceAsStream("routes.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Run removed(Run run, Run.Step next) {
    files.remove();
    boolean all = remove(EXPORTS, "org_id", "export_id") & remove(REPORTS, "org_id", "report_id")
        & remove(FIGURES, "organization_id", "snapshot_id");
    return all ? run.then(next) : run.again(POLL_SECONDS);
  }

  /// @return false if something could not be removed yet
  private boolean remove(String collection, String organization, String id) {
    String list = collection + "?limit=100&" + organization + "=" + SyntheticFiles.ORGANIZATION;
    boolean all = true;
    for (JsonNode resource : api.call("GET", list, "").body().path("data")) {
      String path = collection + "/" + resource.path(id).asText();
      int status = api.call("DELETE", path, "").status();
      if (status == 409 && collection.equals(EXPORTS)) {
        api.call("PUT", path + "/cancel", "{\"reason\": \"The synthetic organisation removes what it made\"}");
      }
      all &= status == 200 || status == 404;
    }
    return all && api.call("GET", list, "").body().path("data").isEmpty();
  }

  private static void require(String what, int expected, int found) {
    if (found != expected) {
      throw new SyntheticRunFailed(what + ": expected " + expected + ", found " + found);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
