package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import no.rapport.emulator.Replay;
import no.rapport.local.CallFaults.Fault;
import no.rapport.local.CallFaults.Kind;
import no.rapport.local.CallFaults.Place;
import no.rapport.local.WalkFunctions.Answer;
import no.rapport.local.PassedStates.Passed;
import org.junit.jupiter.api.Test;

/// Runs journeys through the whole system, once for every fault at every AWS call of every function, task and workflow
/// on the way. After each run the sweeper works until nothing is left to do; then all invariants are checked over
/// tables, bucket, executions and notifications.
///
/// `mvn verify` runs a random sample of all journeys and kinds of faults. This command runs all single faults, and
/// every pair of faults whose second one follows the first:
///
///     mvn test -pl functions/local -am -Dtest=EveryCallFailsTest -Dsurefire.failIfNoSpecifiedTests=false
///       -Drapport.faults.single=all -Drapport.faults.pairs=all
///
/// Equivalent pairs are run only once. Two walks are equivalent from a point on if their states before a function call,
/// while nothing else runs, differ only in random names and the time of day ([CanonicalState]): the rest of both is the
/// same, with the same second faults. A run with two faults ends as soon as it reaches a state from which another run
/// has succeeded.
///
/// `-Drapport.faults.services=embedded` uses DynamoDB Local and S3Proxy instead of the heap's DynamoDB and S3, and is
/// many times slower. `-Drapport.faults.pairs=2000` runs 2000 pairs, evenly distributed over journeys and kinds, each
/// to its end. `-Drapport.faults.journey=EXPORT` runs only one journey. `-Drapport.faults.only="EXPORT
/// ENDED@RenderPart#1.4"` runs only this fault and prints its output (several faults are separated by spaces).
class EveryCallFailsTest {

  /// Second faults for each first fault in the sample, because millions of pairs do not fit into memory.
  private static final int MAX_SECOND_FAULTS = 150;
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

  /// The actions of callers, from the first order until nothing is left to do.
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
    /// An export in three parts of rows. Its file is also uploaded in several parts if the store accepts small ones.
    EXPORT_IN_PARTS {
      @Override
      void walk(FaultyWorld world) {
        EXPORT.walk(world);
      }
    },
    CANCEL {
      @Override
      void walk(FaultyWorld world) {
        world.arm();
        world.whenCalled("AssembleFile", () -> world.services.onlyId("bufdir-exports").ifPresent(id -> cancel(world, id)));
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
        world.services.onlyId("report-records").ifPresent(report ->
            deleted(world, "DeleteReportRecord", "GetReportRecord", "report_id", report));
        world.rest();
      }
    },
    RETRY {
      @Override
      void walk(FaultyWorld world) {
        // A permanent failure: the source-data table refuses the plan's reads.
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
        world.whenCalled("CompleteExport", () -> world.services.onlyId("report-reexports").ifPresent(id -> {
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
        assertFigure(world, id, 2);
        world.imports("cases/second.jsonl", melding("m3", "b3"));
        assertThat(world.ask("GetAggregatedReportData", Map.of("id", id)).body().path("cache_valid").asBoolean())
            .as("11: cache_valid after a change").isFalse();
        world.ask("UpdateAggregatedReportData", Map.of("id", id), """
            {"invalidate_cache": true, "reason": "late delivery"}""", null);
        world.rest();
        assertFigure(world, id, 3);
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
          .formatted(world.services.onlyId("report-records").orElseThrow()), "reexport-1");
      assertThat(answer.status()).as("1: accepted in the end").isEqualTo(202);
      return Optional.of(answer.text("/reexport_id"));
    }

    static void cancel(FaultyWorld world, String id) {
      if (world.askNow("CancelBufdirExport", Map.of("export_id", id), "{\"reason\": \"wrong dates\"}").status() == 200) {
        world.wasCancelled("bufdir-exports", id);
      }
    }

    /// @param words allowed final statuses; without faults only the first one
    static void ended(FaultyWorld world, String function, String parameter, String id, String... words) {
      assertThat(world.ask(function, Map.of(parameter, id)).text("/status")).as("1: how it ended")
          .isIn(List.of(words).subList(0, world.isWithoutFaults() ? 1 : words.length));
    }

    static void deleted(FaultyWorld world, String delete, String show, String parameter, String id) {
      int status = world.ask(delete, Map.of(parameter, id)).status();
      assertThat(status).as("deleted now or before").isIn(200, 404);
      world.wasDeleted(show, parameter, id);
    }

    static void assertFigure(FaultyWorld world, String id, int value) {
      Answer snapshot = world.ask("GetAggregatedReportData", Map.of("id", id));
      boolean failed = snapshot.text("/snapshot_status").equals("failed");
      if (!failed) {
        assertThat(snapshot.body().at("/sections/0/fields/0/value").asInt()).as("11: the figure").isEqualTo(value);
        assertThat(snapshot.body().path("cache_valid").asBoolean()).as("11: cache_valid").isTrue();
      } else if (snapshot.body().path("cache_valid").asBoolean()) {
        throw new AssertionError("11: the snapshot failed, but has cache_valid true");
      }
    }
  }

  private record Planned(Journey journey, List<Fault> faults) {

    List<?> stratum() {
      return Stream.concat(Stream.of(journey), faults.stream().map(Fault::kind)).toList();
    }
  }

  /// The result of a run.
  ///
  /// @param places the calls that were made; not kept for runs that stop at known states, because these are too many
  private record Run(Journey journey, List<Fault> planned, int struck, List<Place> places, int afterFirst,
      List<Passed> passed, boolean stopped, Optional<String> violation) {

    /// Returns the command that runs only this one.
    String replay() {
      return Replay.of(EveryCallFailsTest.class, "rapport.faults.only=" + Stream.concat(Stream.of(journey.name()),
          planned.stream().map(fault -> fault.kind() + "@" + fault.place().id())).collect(Collectors.joining(" ")));
    }

    List<Place> laterPlaces() {
      return places.subList(afterFirst, places.size());
    }

    Planned with(Fault second) {
      return new Planned(journey, Stream.concat(planned.stream(), Stream.of(second)).toList());
    }

    /// Returns the places after the first fault, up to the first state that an earlier walk has passed with the same
    /// continuation. Second faults after that state are covered by the earlier walk.
    ///
    /// @param ways the states of earlier walks, each with its continuation; this walk's states are added
    List<Place> ownPlaces(Set<String> ways) {
      for (Passed state : passed) {
        if (!ways.add(way(state))) {
          return places.subList(afterFirst, state.places());
        }
      }
      return laterPlaces();
    }

    Set<String> ways() {
      return passed.stream().map(this::way).collect(Collectors.toCollection(HashSet::new));
    }

    private String way(Passed state) {
      return state.state() + places.subList(state.places(), places.size()).stream()
          .map(one -> one.id().replaceFirst("#.*", " ") + one.operation()).toList().hashCode();
    }
  }

  @Test
  void invariantsHoldAfterEveryFault() throws Exception {
    String only = System.getProperty("rapport.faults.only", "");
    if (!only.isEmpty()) {
      String[] words = only.split(" ");
      Run run = run(Journey.valueOf(words[0]), Stream.of(words).skip(1).map(word -> word.split("@"))
          .map(word -> new Fault(new Place(word[1], ""), Kind.valueOf(word[0]))).toList(), PassedStates.ignored());
      run.places().forEach(System.out::println);
      assertThat(run.violation()).isEmpty();
      return;
    }
    Random random = new Random(Long.getLong("rapport.faults.seed", 7));
    List<Journey> journeys = Stream.of(Journey.values())
        .filter(journey -> System.getProperty("rapport.faults.journey", journey.name()).equals(journey.name())).toList();
    String pairs = System.getProperty("rapport.faults.pairs", "20");
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      long began = System.nanoTime();
      var plain = new EnumMap<Journey, Run>(Journey.class);
      var singles = new ArrayList<Planned>();
      for (Journey journey : journeys) {
        Run run = run(journey, List.of(), PassedStates.all());
        assertThat(run.violation()).as(journey + " without a fault").isEmpty();
        plain.put(journey, run);
        faultsAt(run.places()).forEach(fault -> singles.add(new Planned(journey, List.of(fault))));
      }
      List<Run> first = all(console, sample(singles, System.getProperty("rapport.faults.single", "60"), random),
          pairs.equals("all") ? PassedStates::all : PassedStates::ignored);
      console.println("Calls: " + plain.values().stream().map(run -> run.journey() + " " + run.places().size())
          .collect(Collectors.joining(", ")) + ", single faults possible: " + singles.size());
      report(console, "single faults", first, began);
      var violated = first.stream().flatMap(run -> run.violation().stream()).collect(Collectors.toCollection(ArrayList::new));
      if (pairs.equals("all")) {
        for (Journey journey : journeys) {
          violated.addAll(everyPair(console, plain.get(journey),
              first.stream().filter(run -> run.journey() == journey).toList()));
        }
      } else {
        began = System.nanoTime();
        var some = new ArrayList<Planned>();
        long possible = 0;
        for (Run run : first) {
          List<Fault> later = new ArrayList<>(faultsAt(run.laterPlaces()));
          possible += later.size();
          Collections.shuffle(later, random);
          later.stream().limit(MAX_SECOND_FAULTS).forEach(fault -> some.add(run.with(fault)));
        }
        console.println("Pairs after these first faults: " + possible);
        List<Run> second = all(console, sample(some, pairs, random), PassedStates::ignored);
        report(console, "pairs of faults", second, began);
        second.forEach(run -> run.violation().ifPresent(violated::add));
      }
      assertThat(violated).isEmpty();
      assertThat(first.stream().mapToInt(Run::struck).sum()).as("injected faults").isGreaterThan(first.size() / 2);
    } finally {
      System.setOut(console);
    }
  }

  /// Runs every pair of a journey's faults that is not equivalent to another pair. Each run ends at its end or at a
  /// state from which another run has succeeded.
  ///
  /// @return the violations
  private static List<String> everyPair(PrintStream console, Run plain, List<Run> first) throws InterruptedException {
    long began = System.nanoTime();
    Set<String> ways = plain.ways();
    Set<String> good = ConcurrentHashMap.newKeySet();
    var pairs = new ArrayList<Planned>();
    long possible = 0;
    for (Run run : first) {
      possible += faultsAt(run.laterPlaces()).size();
      faultsAt(run.ownPlaces(ways)).forEach(fault -> pairs.add(run.with(fault)));
    }
    Stream.concat(Stream.of(plain), first.stream()).filter(run -> run.violation().isEmpty())
        .flatMap(run -> run.passed().stream()).forEach(state -> good.add(state.state()));
    console.printf("%s: pairs of faults possible: %d, in states of their own: %d (%d states, %d ways to go on)%n",
        plain.journey(), possible, pairs.size(), good.size(), Stream.concat(Stream.of(plain), first.stream())
            .flatMap(run -> run.ways().stream()).distinct().count());
    List<Run> second = all(console, pairs, () -> PassedStates.untilKnown(good));
    report(console, plain.journey() + ": pairs of faults", second, began);
    return second.stream().flatMap(run -> run.violation().stream()).toList();
  }

  private static List<Fault> faultsAt(List<Place> places) {
    return places.stream().flatMap(place -> Stream.of(Kind.values()).filter(place::allows)
        .map(kind -> new Fault(place, kind))).toList();
  }

  /// Draws the same number of runs for every journey and every kind of fault (or pair of kinds), as far as there are
  /// enough.
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

  private static List<Run> all(PrintStream console, List<Planned> runs, Supplier<PassedStates> states)
      throws InterruptedException {
    var done = new ConcurrentLinkedQueue<Run>();
    var next = new AtomicInteger();
    var failure = new AtomicLong();
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (int worker = 0; worker < 2; worker++) {
        threads.submit(() -> {
          for (int i = next.getAndIncrement(); i < runs.size(); i = next.getAndIncrement()) {
            try {
              Run run = run(runs.get(i).journey(), runs.get(i).faults(), states.get());
              done.add(run);
              if (run.violation().isPresent()) {
                console.println("VIOLATED by " + run.journey() + " " + run.planned() + "\nRepeat it with: " + run.replay());
              }
              if (run.struck() < run.planned().size()) {
                console.println("NOT STRUCK " + run.journey() + " " + run.planned());
              }
              if ((i + 1) % 1_000 == 0) {
                console.println((i + 1) + " of " + runs.size());
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
    assertThat(failure.get()).as("runs that did not end").isZero();
    return List.copyOf(done);
  }

  private static void report(PrintStream console, String what, List<Run> runs, long began) {
    var kinds = new EnumMap<Kind, Integer>(Kind.class);
    runs.forEach(run -> run.planned().forEach(fault -> kinds.merge(fault.kind(), 1, Integer::sum)));
    console.printf("%s: %d runs, %d of them up to a known state, %d faults struck of %d %s, %d violations, %d s%n", what,
        runs.size(), runs.stream().filter(Run::stopped).count(), runs.stream().mapToInt(Run::struck).sum(),
        runs.stream().mapToInt(run -> run.planned().size()).sum(), kinds,
        runs.stream().filter(run -> run.violation().isPresent()).count(), (System.nanoTime() - began) / 1_000_000_000);
    runs.stream().filter(run -> run.violation().isPresent()).limit(40).forEach(run -> console.println(run.journey() + " "
        + run.planned() + "\n    " + run.replay() + "\n    " + run.violation().get().replace("\n", "\n    ")));
  }

  private static Run run(Journey journey, List<Fault> planned, PassedStates states) throws Exception {
    Optional<String> violation = Optional.empty();
    boolean stopped = false;
    try (var world = new FaultyWorld(planned, states, journey == Journey.EXPORT_IN_PARTS)) {
      try {
        journey.walk(world);
        world.settle();
        world.check();
      } catch (FaultyWorld.KnownState e) {
        stopped = true;
      } catch (AssertionError | RuntimeException e) {
        violation = Optional.of(e + "\n" + world.describe());
      }
      if (violation.isEmpty()) {
        states.addToKnown();
      }
      boolean mayGoOn = !states.isStopping();
      return new Run(journey, planned, world.faults.struck().size(), mayGoOn ? world.faults.places() : List.of(),
          mayGoOn ? world.faults.placesUntilFirst() : 0, mayGoOn ? states.passed() : List.of(), stopped, violation);
    }
  }
}
