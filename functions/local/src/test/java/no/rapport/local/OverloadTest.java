package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.rapport.api.Role;
import no.rapport.local.Client.Answer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Ten callers of one organisation order exports, re-exports, export files and figures without pause, while one caller
/// of another organisation works as usual. None of that caller's requests may be refused or wait for the flood's queue.
/// The flood gets `429` with `Retry-After`, and all its accepted jobs must end.
///
///     mvn test -pl functions/local -am -Drapport.excluded.tests=none -Dgroups=soak -Dtest=OverloadTest
///       -Dsurefire.failIfNoSpecifiedTests=false
@Tag("soak")
class OverloadTest {

  private static final String FLOOD = "org-flood";
  private static final String QUIET = "org-quiet";
  private static final String EXPORTS = "/api/v1/bufdir-exports";
  private static final String REEXPORTS = "/api/v1/report-reexports";
  private static final String FIGURES = "/api/v1/aggregated-report-data";
  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled", "current", "historical");

  private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
  private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger withoutRetryAfter = new AtomicInteger();
  private Client client;

  @Test
  void floodOfOneOrganisationDoesNotDelayAnother() throws Exception {
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try (var rapport = LocalRapport.start(Options.onFreePorts())) {
      client = new Client(rapport, rapport.baseUrl(),
          Map.of("x-api-key", Keys.issue(rapport, Role.ADMIN, Optional.empty())));
      client.importActivities(FLOOD, "2025.csv", activities(FLOOD));
      client.importActivities(QUIET, "2025.csv", activities(QUIET));
      String report = reportOf(client.order(FLOOD, "csv"));
      String template = client.post("/api/v1/exports", """
          {"org_id": "%s", "name": "All", "format": "csv", "period_from": "2025-01-01", "period_to": "2025-12-31"}"""
          .formatted(FLOOD)).body().at("/exports/id").asText();
      List<Long> alone = exportsOneAfterTheOther(8, () -> true);

      var flooding = new AtomicBoolean(true);
      List<Long> beside;
      int most;
      int waitingAtEnd;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int caller = 0; caller < 10; caller++) {
          int own = caller;
          threads.submit(() -> {
            while (flooding.get()) {
              flood(own, report, template);
            }
          });
        }
        Eventually.value("a full queue", () -> answers.containsKey("exports 429") && answers.containsKey("re-exports 429")
            ? Optional.of(true) : Optional.empty());
        var behind = new AtomicInteger();
        beside = exportsOneAfterTheOther(8, () -> {
          behind.addAndGet(waiting() > 0 ? 0 : 1);
          return true;
        });
        assertThat(behind.get()).as("exports that ended only after the flood's queue was empty").isZero();
        Answer figures = client.post(FIGURES, "{\"organization_id\": \"" + QUIET + "\", \"period_id\": \"2025\"}");
        assertThat(figures.status()).as("figures of the other organisation").isEqualTo(202);
        ended(FIGURES + "/" + figures.body().path("snapshot_id").asText(), "snapshot_status");
        most = total(EXPORTS + "?status=processing&org_id=" + FLOOD)
            + total(REEXPORTS + "?status=running&org_id=" + FLOOD);
        waitingAtEnd = waiting();
        flooding.set(false);
      }
      int done = 0;
      for (String resource : accepted) {
        String status = ended(resource, resource.startsWith(FIGURES) ? "snapshot_status" : "status");
        done += status.equals("failed") ? 0 : 1;
      }
      System.setOut(console);
      System.out.printf("Export of the other organisation, order to completed: median %d ms alone, %d ms beside the"
              + " flood; the flood: %s, %d at work, %d waiting, %d accepted, %d done%n", median(alone), median(beside), answers,
          most, waitingAtEnd, accepted.size(), done);
      assertThat(withoutRetryAfter.get()).as("refusals without Retry-After").isZero();
      assertThat(done).as("accepted jobs that completed").isEqualTo(accepted.size());
      assertThat(most).as("running at once; concurrent callers may exceed the limit by their number")
          .isLessThanOrEqualTo(10 + 10);
    } finally {
      System.setOut(console);
    }
  }

  private void flood(int caller, String report, String template) {
    switch (caller % 5) {
      case 0, 1 -> sent("exports", client.post(EXPORTS, """
          {"org_id": "%s", "format": "csv", "period_from": "2025-01-01", "period_to": "2025-12-31"}"""
          .formatted(FLOOD)), EXPORTS, "export_id");
      case 2 -> sent("re-exports", client.post(REEXPORTS, "{\"report_id\": \"" + report
          + "\", \"export_params\": {\"format\": \"json\"}}"), REEXPORTS, "reexport_id");
      case 3 -> sent("figures", client.post(FIGURES, """
          {"organization_id": "%s", "period_id": "2025", "force_reaggregate": true}""".formatted(FLOOD)), FIGURES,
          "snapshot_id");
      default -> sent("export files", client.send("POST", "/api/v1/exports/" + template + "/export_files", null,
          Map.of()), "", "");
    }
  }

  private void sent(String what, Answer answer, String path, String id) {
    answers.computeIfAbsent(what + " " + answer.status(), _ -> new AtomicInteger()).incrementAndGet();
    if (answer.status() == 202) {
      accepted.add(path + "/" + answer.body().path(id).asText());
    } else {
      withoutRetryAfter.addAndGet(answer.status() == 429 && answer.header("Retry-After") == null ? 1 : 0);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private interface Look {
    boolean atEnd();
  }

  private List<Long> exportsOneAfterTheOther(int many, Look look) {
    var milliseconds = new ArrayList<Long>();
    for (int i = 0; i < many; i++) {
      Instant ordered = Instant.now();
      assertThat(ended(EXPORTS + "/" + client.order(QUIET, "csv"), "status")).isEqualTo("completed");
      milliseconds.add(Duration.between(ordered, Instant.now()).toMillis());
      look.atEnd();
    }
    return milliseconds;
  }

  private String ended(String path, String member) {
    Instant patience = Instant.now().plus(Duration.ofMinutes(10));
    while (Instant.now().isBefore(patience)) {
      String status = client.get(path).body().path(member).asText();
      if (OVER.contains(status)) {
        return status;
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    throw new AssertionError(path + " did not end within ten minutes");
  }

  private String reportOf(String export) {
    ended(EXPORTS + "/" + export, "status");
    return client.get("/api/v1/report-records?org_id=" + FLOOD).body().at("/data/0/report_id").asText();
  }

  private int waiting() {
    return total(EXPORTS + "?status=queued&org_id=" + FLOOD) + total(REEXPORTS + "?status=pending&org_id=" + FLOOD);
  }

  private int total(String path) {
    return client.get(path).body().at("/pagination/total").asInt();
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static String activities(String organization) {
    return "activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
        + "target_group;title;notes;attachments;updated_at\n"
        + IntStream.range(0, 60).mapToObj(row -> "act-" + row + ";" + organization + ";group_session;2025-"
            + "%02d-%02d".formatted(1 + row % 12, 1 + row % 28) + ";8;60;Tana bru;5628;Finnmark;barn;Samling;;;"
            + "2026-01-01T08:00:00Z").collect(Collectors.joining("\n"));
  }
}
