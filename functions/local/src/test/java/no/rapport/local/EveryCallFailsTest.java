package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import no.rapport.local.CallFaults.Fault;
import no.rapport.local.CallFaults.Kind;
import no.rapport.local.CallFaults.Place;
import no.rapport.local.FaultyWorld.Answer;
import org.junit.jupiter.api.Test;

/// Journeys through the whole system, each run again for every fault at every AWS call of every function, task and
/// workflow on its way; after each the sweeper runs to rest and all invariants are checked over tables, bucket,
/// executions and notifications.
///
/// `mvn verify` takes a sample of all journeys and kinds of faults, drawn by a seed. All single faults, and pairs of faults where the second strikes after
/// the first:
///
///     mvn verify -pl functions/local -am -Dtest=EveryCallFailsTest -Dsurefire.failIfNoSpecifiedTests=false
///       -Drapport.faults.services=heap -Drapport.faults.single=all -Drapport.faults.pairs=2000
///
/// `-Drapport.faults.services=heap` walks over the heap's DynamoDB and S3 instead of DynamoDB Local and S3Proxy, several times as fast.
/// `-Drapport.faults.pairs=all` runs every pair (days); `-Drapport.faults.journey=EXPORT` keeps to one journey;
/// `-Drapport.faults.only="EXPORT ENDED@RenderPart#1.4"` runs that one, with its output (several after blanks).
class EveryCallFailsTest {

  private static final String ACTIVITIES =
      "activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
          + "target_group;title;notes;attachments;updated_at\n"
          + IntStream.range(0, 6).mapToObj(row -> "act-" + row + ";" + FaultyWorld.ORG + ";group_session;2025-0" + (row + 1)
              + "-14;" + (5 + row) + ";60;Tana bru;5628;Finnmark;barn;Samling;;;2026-01-01T08:00:00Z")
              .collect(Collectors.joining("\n"));
  private static final String ORDER = """
      {"org_id": "org-1042", "format": "csv", "period_from": "2025-01-01", "period_to": "2025-12-31"}""";
  private static final String FIGURES = """
      {"organization_id": "org-1042", "period_id": "2024", "force_reaggregate": true}""";

  private static String melding(String id, String child) {
    return """
        {"type":"melding","record_id":"%s","org_id":"org-1042","source_system":"familia",\
        "updated_at":"2025-01-01T00:00:00Z","barn_id":"%s","mottatt_dato":"2024-05-01"}
        """.formatted(id, child);
  }

  /// What callers do, from the first order to rest.
  private enum Journey {
    EXPORT {
      @Override
      void walk(FaultyWorld world) {
        world.arm();
        String id = ordered(world);
        world.rest();
        ended(world, "GetBufdirExport", "export_id", id, "completed", "failed");
      }
    },
    CANCEL {
      @Override
      void walk(FaultyWorld world) {
        world.arm();
        world.whenCalled("AssembleFile", () -> world.onlyId("bufdir-exports").ifPresent(id -> cancel(world, id)));
        ordered(world);
        world.rest();
      }
    },
    DELETE {
      @Override
      void walk(FaultyWorld world) {
        String id = ordered(world);
        world.rest();
        world.arm();
        deleted(world, "DeleteBufdirExport", "GetBufdirExport", "export_id", id);
        world.onlyId("report-records").ifPresent(report ->
            deleted(world, "DeleteReportRecord", "GetReportRecord", "report_id", report));
        world.rest();
      }
    },
    RETRY {
      @Override
      void walk(FaultyWorld world) {
        // A reason that does not pass: the rows' table refuses the plan.
        world.refuseOnce("PlanExport");
        String id = ordered(world);
        world.rest();
        ended(world, "GetBufdirExport", "export_id", id, "failed");
        world.arm();
        world.isRetried(id);
        world.ask("RetryBufdirExport", Map.of("export_id", id), null, "retry-1");
        world.rest();
        ended(world, "GetBufdirExport", "export_id", id, "completed", "failed");
      }
    },
    REEXPORT {
      @Override
      void walk(FaultyWorld world) {
        ordered(world);
        world.rest();
        world.arm();
        Optional<String> id = reexported(world);
        world.rest();
        id.ifPresent(reexport -> ended(world, "GetReportReexport", "reexport_id", reexport, "completed", "failed"));
      }
    },
    CANCEL_REEXPORT {
      @Override
      void walk(FaultyWorld world) {
        ordered(world);
        world.rest();
        world.arm();
        world.whenCalled("CompleteExport", () -> world.onlyId("report-reexports").ifPresent(id -> {
          if (world.askNow("DeleteReportReexport", Map.of("reexport_id", id), null).status() == 200) {
            world.wasCancelled("report-reexports", id);
          }
        }));
        reexported(world);
        world.rest();
      }
    },
    AGGREGATION {
      @Override
      void walk(FaultyWorld world) {
        world.imports("cases/first.jsonl", melding("m1", "b1") + melding("m2", "b2"));
        world.arm();
        Answer first = world.ask("CreateAggregatedReportData", Map.of(), FIGURES, "figures-1");
        assertThat(first.status()).as("1: accepted").isEqualTo(202);
        String id = first.text("/snapshot_id");
        world.rest();
        assertFigure(world, id, 2, true);
        world.imports("cases/second.jsonl", melding("m3", "b3"));
        assertThat(world.ask("GetAggregatedReportData", Map.of("id", id)).body().path("cache_valid").asBoolean())
            .as("11: cache_valid after a change").isFalse();
        world.ask("UpdateAggregatedReportData", Map.of("id", id), """
            {"invalidate_cache": true, "reason": "late delivery"}""", null);
        world.rest();
        assertFigure(world, id, 3, false);
        List<Long> events = world.eventsAfter(0, "2024");
        assertThat(events).as("8: every event once, in order")
            .isEqualTo(IntStream.rangeClosed(1, events.size()).mapToObj(Long::valueOf).toList());
        for (long known = 1; known < events.size(); known++) {
          assertThat(world.eventsAfter(known, "2024")).as("8: what follows " + known)
              .isEqualTo(events.subList((int) known, events.size()));
        }
      }
    },
    EXPORT_FILE {
      @Override
      void walk(FaultyWorld world) {
        world.imports("activities/2025.csv", ACTIVITIES);
        Answer template = world.ask("CreateExport", Map.of(), """
            {"org_id": "org-1042", "name": "All", "format": "csv", "period_from": "2025-01-01",
             "period_to": "2025-12-31"}""", null);
        assertThat(template.status()).isEqualTo(201);
        world.arm();
        assertThat(world.ask("StartExportFile", Map.of("export_id", template.text("/exports/id")), null, "file-1").status())
            .as("1: accepted in the end").isEqualTo(201);
        world.rest();
        deleted(world, "DeleteExport", "ListExportFiles", "export_id", template.text("/exports/id"));
        world.rest();
      }
    };

    abstract void walk(FaultyWorld world);

    static String ordered(FaultyWorld world) {
      world.imports("activities/2025.csv", ACTIVITIES);
      Answer answer = world.ask("CreateBufdirExport", Map.of(), ORDER, "order-1");
      assertThat(answer.status()).as("1: accepted in the end").isEqualTo(202);
      return answer.text("/export_id");
    }

    static Optional<String> reexported(FaultyWorld world) {
      Answer answer = world.ask("CreateReportReexport", Map.of(), """
          {"report_id": "%s", "export_params": {"format": "json"}, "notify_on_completion": true}"""
          .formatted(world.onlyId("report-records").orElseThrow()), "reexport-1");
      assertThat(answer.status()).as("1: accepted in the end").isEqualTo(202);
      return Optional.of(answer.text("/reexport_id"));
    }

    static void cancel(FaultyWorld world, String id) {
      if (world.askNow("CancelBufdirExport", Map.of("export_id", id), "{\"reason\": \"wrong dates\"}").status() == 200) {
        world.wasCancelled("bufdir-exports", id);
      }
    }

    static void ended(FaultyWorld world, String function, String parameter, String id, String... words) {
      assertThat(world.ask(function, Map.of(parameter, id)).text("/status")).as("1: how it ended").isIn((Object[]) words);
    }

    static void deleted(FaultyWorld world, String delete, String show, String parameter, String id) {
      int status = world.ask(delete, Map.of(parameter, id)).status();
      assertThat(status).as("deleted, or already so").isIn(200, 404);
      world.wasDeleted(show, parameter, id);
    }

    static void assertFigure(FaultyWorld world, String id, int value, boolean mustBeGood) {
      Answer snapshot = world.ask("GetAggregatedReportData", Map.of("id", id));
      boolean failed = snapshot.text("/snapshot_status").equals("failed");
      if (!failed) {
        assertThat(snapshot.body().at("/sections/0/fields/0/value").asInt()).as("11: the figure").isEqualTo(value);
        assertThat(snapshot.body().path("cache_valid").asBoolean()).as("11: cache_valid").isTrue();
      } else if (snapshot.body().path("cache_valid").asBoolean()) {
        throw new AssertionError("11: failed, and yet cache_valid");
      }
    }
  }

  private record Planned(Journey journey, List<Fault> faults) {

    List<?> stratum() {
      return Stream.concat(Stream.of(journey), faults.stream().map(Fault::kind)).toList();
    }
  }

  /// What a run came to.
  private record Run(Journey journey, List<Fault> planned, int struck, List<Place> places, List<Place> after,
      Optional<String> violation) {}

  @Test
  void everyFaultLeavesTheInvariants() throws Exception {
    String only = System.getProperty("rapport.faults.only", "");
    if (!only.isEmpty()) {
      String[] words = only.split(" ");
      Run run = run(Journey.valueOf(words[0]), Stream.of(words).skip(1).map(word -> word.split("@"))
          .map(word -> new Fault(new Place(word[1], ""), Kind.valueOf(word[0]))).toList());
      run.places().forEach(System.out::println);
      assertThat(run.violation()).isEmpty();
      return;
    }
    Random random = new Random(Long.getLong("rapport.faults.seed", 7));
    List<Journey> journeys = Stream.of(Journey.values())
        .filter(journey -> System.getProperty("rapport.faults.journey", journey.name()).equals(journey.name())).toList();
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      long began = System.nanoTime();
      var singles = new ArrayList<Planned>();
      long possible;
      var calls = new StringBuilder();
      for (Journey journey : journeys) {
        Run plain = run(journey, List.of());
        assertThat(plain.violation()).as(journey + " without a fault").isEmpty();
        calls.append(journey).append(' ').append(plain.places().size()).append(", ");
        for (Fault fault : faultsAt(plain.places())) {
          singles.add(new Planned(journey, List.of(fault)));
        }
      }
      possible = singles.size();
      List<Run> first = all(console, sample(singles, System.getProperty("rapport.faults.single", "36"), random));
      console.println("Calls: " + calls + "single faults possible: " + possible);
      report(console, "single faults", first, began);
      began = System.nanoTime();
      var pairs = new ArrayList<Planned>();
      for (Run run : first) {
        if (run.journey() != Journey.DELETE && run.journey() != Journey.EXPORT_FILE) {
          for (Fault second : faultsAt(run.after())) {
            pairs.add(new Planned(run.journey(), List.of(run.planned().getFirst(), second)));
          }
        }
      }
      List<Run> second = all(console, sample(pairs, System.getProperty("rapport.faults.pairs", "12"), random));
      console.println("Pairs after these first faults: " + pairs.size());
      report(console, "pairs of faults", second, began);
      assertThat(Stream.concat(first.stream(), second.stream()).flatMap(run -> run.violation().stream())).isEmpty();
      assertThat(first.stream().mapToInt(Run::struck).sum()).as("faults do strike").isGreaterThan(first.size() / 2);
    } finally {
      System.setOut(console);
    }
  }

  private static List<Fault> faultsAt(List<Place> places) {
    return places.stream().flatMap(place -> Stream.of(Kind.values()).filter(place::allows)
        .map(kind -> new Fault(place, kind))).toList();
  }

  /// Takes of every journey and every kind of fault (or two of them) as many as of every other, as long as there are some.
  private static List<Planned> sample(List<Planned> from, String many, Random random) {
    if (many.equals("all")) {
      return from;
    }
    var shuffled = new ArrayList<>(from);
    Collections.shuffle(shuffled, random);
    var taken = new HashMap<Object, Integer>();
    var turns = new IdentityHashMap<Planned, Integer>();
    shuffled.forEach(planned -> turns.put(planned, taken.merge(planned.stratum(), 1, Integer::sum)));
    shuffled.sort(Comparator.comparing(turns::get));
    return shuffled.subList(0, Math.min(Integer.parseInt(many), shuffled.size()));
  }

  private static List<Run> all(PrintStream console, List<Planned> runs) throws InterruptedException {
    var done = new ConcurrentLinkedQueue<Run>();
    var next = new AtomicInteger();
    var failure = new AtomicLong();
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (int worker = 0; worker < 2; worker++) {
        threads.submit(() -> {
          for (int i = next.getAndIncrement(); i < runs.size(); i = next.getAndIncrement()) {
            try {
              Run run = run(runs.get(i).journey(), runs.get(i).faults());
              done.add(run);
              if (run.violation().isPresent()) {
                console.println("VIOLATED by " + run.journey() + " " + run.planned());
              }
              if (run.struck() < run.planned().size()) {
                console.println("NOT STRUCK " + run.journey() + " " + run.planned());
              }
              if (done.size() % 500 == 0) {
                console.println(done.size() + " of " + runs.size());
              }
            } catch (Exception e) {
              failure.incrementAndGet();
              throw e;
            }
          }
          return null;
        });
      }
    }
    assertThat(failure.get()).as("runs that did not come to an end").isZero();
    return List.copyOf(done);
  }

  private static void report(PrintStream console, String what, List<Run> runs, long began) {
    var kinds = new EnumMap<Kind, Integer>(Kind.class);
    runs.forEach(run -> run.planned().forEach(fault -> kinds.merge(fault.kind(), 1, Integer::sum)));
    console.printf("%s: %d runs, %d faults struck %s, %d violations, %d s%n", what, runs.size(),
        runs.stream().mapToInt(Run::struck).sum(), kinds, runs.stream().filter(run -> run.violation().isPresent()).count(),
        (System.nanoTime() - began) / 1_000_000_000);
    runs.stream().filter(run -> run.violation().isPresent()).limit(40).forEach(run -> console.println(run.journey() + " "
        + run.planned() + "\n    " + run.violation().get().replace("\n", "\n    ")));
  }

  private static Run run(Journey journey, List<Fault> planned) throws Exception {
    Optional<String> violation = Optional.empty();
    try (var world = new FaultyWorld(planned)) {
      try {
        journey.walk(world);
        world.settle();
        world.check();
      } catch (AssertionError | RuntimeException e) {
        violation = Optional.of(e + "\n" + world.describe());
      }
      return new Run(journey, planned, world.faults.struck().size(), world.faults.places(),
          world.faults.placesAfterFirst(), violation);
    }
  }
}
