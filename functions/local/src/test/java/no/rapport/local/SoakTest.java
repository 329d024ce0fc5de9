package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;
import no.rapport.local.Client.Answer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Sends mixed traffic over HTTP to the whole local stack while a share of all AWS calls fails. Then the faults end,
/// the test waits until nothing is left to do, and compares the answers of callers with the stored state.
///
///     mvn test -pl functions/local -am -Drapport.excluded.tests=none -Dgroups=soak -Dtest=SoakTest
///       -Dsurefire.failIfNoSpecifiedTests=false -Drapport.soak.minutes=10 [-Drapport.soak.faults=0.05]
@Tag("soak")
class SoakTest {

  private static final String EXPORTS = "/api/v1/bufdir-exports";
  private static final String REEXPORTS = "/api/v1/report-reexports";
  private static final String RECORDS = "/api/v1/report-records";
  private static final String FIGURES = "/api/v1/aggregated-report-data";
  private static final List<String> ORGANIZATIONS = List.of("org-soak-1", "org-soak-2", "org-soak-3");
  private static final List<String> FORMATS = List.of("csv", "xlsx", "json", "pdf");
  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");

  private final Map<Integer, AtomicLong> answers = new ConcurrentSkipListMap<>();
  private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
  private final List<String> exports = new CopyOnWriteArrayList<>();
  private final List<String> reexports = new CopyOnWriteArrayList<>();
  private final List<String> snapshots = new CopyOnWriteArrayList<>();
  private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();
  /// Deletes whose answer was lost. The resource may be deleted.
  private final Set<String> deletesTried = ConcurrentHashMap.newKeySet();
  private final Map<String, String> byKey = new ConcurrentHashMap<>();
  private LocalRapport rapport;
  private Client client;

  @Test
  void keepsAllPromisesUnderFaults() throws Exception {
    Duration howLong = Duration.ofSeconds((long) (60 * Double.parseDouble(
        System.getProperty("rapport.soak.minutes", "10"))));
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    try (var started = LocalRapport.start(Options.onFreePorts())) {
      rapport = started;
      client = Client.of(rapport);
      for (String organization : ORGANIZATIONS) {
        client.importActivities(organization, "2025.csv", activities(organization));
      }
      traffic(new Random(0), Instant.now().plusSeconds(20), 4); // warm
      long before = usedHeap();
      Faults.atRandom(Double.parseDouble(System.getProperty("rapport.soak.faults", "0.05")));
      Instant end = Instant.now().plus(howLong);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int caller = 0; caller < 4; caller++) {
          var random = new Random(caller);
          threads.submit(() -> traffic(random, end, Integer.MAX_VALUE));
        }
      }
      Faults.clear();
      rest();
      long orphans = check();
      long after = usedHeap();
      console.printf("%d s, %d requests %s, %d exports, %d re-exports, %d snapshots, %d faults in AWS calls,"
              + " %d violations, %d orphans, heap %d MB at the start and %d MB at the end%n", howLong.toSeconds(),
          answers.values().stream().mapToLong(AtomicLong::get).sum(), answers, exports.size(), reexports.size(),
          snapshots.size(), Faults.randomFailures(), violations.size(), orphans, before >> 20, after >> 20);
      console.println(heapByClass());
      violations.stream().limit(30).forEach(console::println);
      assertThat(violations).isEmpty();
      assertThat(orphans).isZero();
    } finally {
      Faults.clear();
      System.setOut(console);
    }
  }

  private static String activities(String organization) {
    return "activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
        + "target_group;title;notes;attachments;updated_at\n"
        + IntStream.range(0, 200).mapToObj(row -> "act-" + row + ";" + organization + ";group_session;2025-"
            + "%02d-%02d".formatted(1 + row % 12, 1 + row % 28) + ";" + (5 + row % 9)
            + ";60;Tana bru;5628;Finnmark;barn;Samling;;;2026-01-01T08:00:00Z").collect(Collectors.joining("\n"));
  }

  private void traffic(Random random, Instant end, int most) {
    for (int i = 0; i < most && Instant.now().isBefore(end); i++) {
      try {
        act(random);
      } catch (RuntimeException e) {
        violations.add("A caller came to nothing: " + e);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private void act(Random random) {
    String organization = ORGANIZATIONS.get(random.nextInt(ORGANIZATIONS.size()));
    switch (random.nextInt(16)) {
      case 0, 1 -> create(EXPORTS, """
          {"org_id": "%s", "format": "%s", "period_from": "2025-01-01", "period_to": "2025-12-31"}"""
          .formatted(organization, FORMATS.get(random.nextInt(4))), "export_id", exports);
      case 2 -> one(exports, random).ifPresent(id -> {
        if (send("PUT", EXPORTS + "/" + id + "/cancel", "{\"reason\": \"soak\"}", null).status() == 200) {
          cancelled.add(id);
        }
      });
      case 3 -> one(exports, random).ifPresent(id -> send("POST", EXPORTS + "/" + id + "/retry", null, null));
      case 4 -> one(exports, random).ifPresent(id -> {
        deletesTried.add(id);
        if (send("DELETE", EXPORTS + "/" + id, null, null).status() == 200) {
          deleted.add(EXPORTS + "/" + id);
        }
      });
      case 5, 6 -> {
        JsonNode page = send("GET", RECORDS + "?org_id=" + organization, null, null).body();
        if (page != null && page.at("/data/0/report_id").isTextual()) {
          JsonNode report = page.path("data").get(random.nextInt(page.path("data").size()));
          if (random.nextInt(4) == 0) {
            String path = RECORDS + "/" + report.path("report_id").asText();
            if (send("DELETE", path, null, null).status() == 200) {
              deleted.add(path);
            }
          } else {
            create(REEXPORTS, """
                {"report_id": "%s", "export_params": {"format": "csv"}, "notify_on_completion": true}"""
                .formatted(report.path("report_id").asText()), "reexport_id", reexports);
          }
        }
      }
      case 7 -> one(reexports, random).ifPresent(id -> {
        if (send("DELETE", REEXPORTS + "/" + id, null, null).status() == 200) {
          cancelled.add(id);
        }
      });
      case 8 -> create(FIGURES, """
          {"organization_id": "%s", "period_id": "2025", "force_reaggregate": true}""".formatted(organization),
          "snapshot_id", snapshots);
      case 9 -> one(snapshots, random).ifPresent(id -> send("PUT", FIGURES + "/" + id,
          "{\"invalidate_cache\": true, \"reason\": \"soak\"}", null));
      case 10, 11 -> one(exports, random).ifPresent(id -> seen(id, send("GET", EXPORTS + "/" + id, null, null)));
      case 12 -> send("GET", EXPORTS + "?org_id=" + organization, null, null);
      case 13 -> send("GET", REEXPORTS + "?org_id=" + organization, null, null);
      case 14 -> one(snapshots, random).ifPresent(id -> send("GET", FIGURES + "/" + id, null, null));
      default -> send("GET", FIGURES + "?organization_id=" + organization, null, null);
    }
  }

  /// Checks that a cancelled job never has another status.
  private void seen(String id, Answer answer) {
    if (cancelled.contains(id) && answer.status() == 200
        && !answer.body().path("status").asText().equals("cancelled")) {
      violations.add(id + " was cancelled and is " + answer.body().path("status"));
    }
  }

  private static Optional<String> one(List<String> ids, Random random) {
    return ids.isEmpty() ? Optional.empty()
        : Optional.of(ids.get(ids.size() - 1 - random.nextInt(Math.min(ids.size(), 40))));
  }

  private Answer send(String method, String path, String body, String key) {
    Answer answer = client.send(method, path, body, key == null ? Map.of() : Map.of("Idempotency-Key", key));
    answers.computeIfAbsent(answer.status(), _ -> new AtomicLong()).incrementAndGet();
    return answer;
  }

  /// Sends an order with an idempotency key and repeats it if the answer was lost. Both answers must have the same id.
  private void create(String path, String body, String member, List<String> made) {
    String key = UUID.randomUUID().toString();
    for (int round = 0; round < 3; round++) {
      Answer answer = send("POST", path, body, key);
      if (answer.status() == 202 || answer.status() == 200 || answer.status() == 201) {
        String id = answer.body().path(member).asText();
        String earlier = byKey.putIfAbsent(key, id);
        if (earlier == null) {
          made.add(id);
        } else if (!earlier.equals(id)) {
          violations.add("One key, two resources: " + earlier + " and " + id);
        }
        if (round > 0 || key.charAt(0) > '3') {
          return;
        }
      } else if (answer.status() < 500 && answer.status() != 409) {
        return;
      }
    }
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /// Returns the classes with the most bytes in the heap.
  private static String heapByClass() throws JMException {
    var histogram = (String) ManagementFactory.getPlatformMBeanServer().invoke(
        new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
        new Object[] {new String[0]}, new String[] {String[].class.getName()});
    return histogram.lines().limit(18).collect(Collectors.joining("\n"));
  }

  // --- at the end ------------------------------------------------------------------------------------------------

  /// Waits until no job is unfinished and the sweeper has run after that.
  private void rest() {
    Instant patience = Instant.now().plus(Duration.ofMinutes(12));
    while (Instant.now().isBefore(patience)) {
      boolean quiet = ORGANIZATIONS.stream().allMatch(organization ->
          total(EXPORTS + "?status=queued,processing&org_id=" + organization) == 0
              && total(REEXPORTS + "?status=pending,running&org_id=" + organization) == 0
              && total(FIGURES + "?status=processing&organization_id=" + organization) == 0);
      if (quiet) {
        break;
      }
      LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
    }
    invoke("SweepExportsFunction");
    invoke("SweepExportsFunction");
  }

  private void invoke(String function) {
    client.send("POST", "/_local/2015-03-31/functions/" + function + "/invocations", "{}", Map.of());
  }

  private long total(String path) {
    Answer answer = client.get(path);
    return answer.status() == 200 ? answer.body().at("/pagination/total").asLong(-1) : -1;
  }

  private List<JsonNode> all(String path) {
    List<JsonNode> found = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = client.get(path + "&limit=100&cursor=" + cursor).body();
      page.path("data").forEach(found::add);
      cursor = page.at("/pagination/next_cursor").asText("null");
      if (cursor.equals("null") && page.at("/pagination/total").asLong() != found.size()) {
        violations.add(path + ": total " + page.at("/pagination/total") + ", listed " + found.size());
      }
    } while (!cursor.equals("null"));
    return found;
  }

  private long check() {
    var wanted = new TreeSet<String>();
    var sealed = new TreeSet<String>();
    var listed = new TreeMap<String, String>();
    for (String organization : ORGANIZATIONS) {
      for (JsonNode export : all(EXPORTS + "?org_id=" + organization)) {
        JsonNode detail = client.get(EXPORTS + "/" + export.path("export_id").asText()).body();
        listed.put(detail.path("export_id").asText(), detail.path("status").asText());
        if (detail.path("status").asText().equals("completed")) {
          URI link = URI.create(detail.path("file_url").asText());
          wanted.add(link.getPath().substring(LocalRapport.BUCKET.length() + 2));
          checkFile(detail.path("export_id").asText(), client.download(link.toString()).body(),
              detail.path("file_size_bytes").asLong(), detail.path("file_sha256").asText());
        }
      }
      for (JsonNode reexport : all(REEXPORTS + "?org_id=" + organization)) {
        listed.put(reexport.path("reexport_id").asText(), reexport.path("status").asText());
        Optional.of(reexport.path("output_file_ref").asText("null")).filter(key -> !key.equals("null"))
            .ifPresent(wanted::add);
        boolean owed = !reexport.path("status").asText().equals("cancelled");
        if (reexport.path("notified").asBoolean() != owed) {
          violations.add(reexport + " should be notified: " + owed);
        }
      }
      for (JsonNode report : all(RECORDS + "?org_id=" + organization)) {
        JsonNode detail = client.get(RECORDS + "/" + report.path("report_id").asText()).body();
        wanted.add(detail.path("file_ref").asText());
        sealed.add("sealed/" + organization + "/" + detail.path("export_id").asText() + "/");
      }
    }
    listed.forEach((id, status) -> {
      if (!OVER.contains(status)) {
        violations.add(id + " is still " + status);
      }
      if (cancelled.contains(id) && !status.equals("cancelled")) {
        violations.add(id + " was cancelled and is " + status);
      }
    });
    for (String id : exports) {
      if (!listed.containsKey(id) && !deletesTried.contains(id)) {
        violations.add(id + " was accepted and is gone");
      }
    }
    deleted.forEach(path -> {
      if (client.get(path).status() != 404) {
        violations.add(path + " was deleted and is there");
      }
    });
    var objects = new TreeSet<String>();
    rapport.s3().listObjectsV2Paginator(list -> list.bucket(LocalRapport.BUCKET)).contents().stream()
        .map(object -> object.key()).filter(key -> !key.startsWith("imports/")).forEach(objects::add);
    wanted.stream().filter(key -> !objects.contains(key)).forEach(key -> violations.add(key + " is missing"));
    List<String> orphans = objects.stream().filter(key -> !wanted.contains(key)
        && sealed.stream().noneMatch(key::startsWith)).toList();
    orphans.stream().limit(10).forEach(key -> violations.add("orphan " + key));
    return orphans.size();
  }

  private void checkFile(String id, byte[] bytes, long size, String sha256) {
    try {
      if (bytes.length != size
          || !HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)).equals(sha256)) {
        violations.add(id + ": the file is not what was recorded");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
