package no.rapport.aggregatedreportdata;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import no.rapport.aggregatedreportdata.Executions.Standing;
import no.rapport.api.Ids;
import no.rapport.api.TransientFailure;
import no.rapport.emulator.SeededScenarios;
import no.rapport.emulator.Schedule;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Page;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Melding;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/// The whole life of an organisation's figures in random orders: requests, invalidations, deletions, imports, several
/// aggregations at once, tasks that run twice or too long, executions that die, calls that fail before or after they are
/// done, the sweeper (with an index that may be behind), followers that are cut off, and a clock.
///
/// After every write: figures that count as valid are those that counting again would give, and nothing older takes the
/// place of what is newer. When all has come to rest, all invariants. A seed names a history ([Histories]).
class AggregationHistoriesTest {

  /// By how much the clocks of functions may be wrong: not at all, or far more than those of Lambda are.
  private static final List<Duration> SKEWS = List.of(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(30));
  private static final String ORG = "org-1042";
  private static final List<String> PERIODS = List.of("2024", "2023");
  private static final String FIGURE = "antall_meldinger_mottatt";

  @Test
  void everyHistoryKeepsTheInvariants() {
    var published = new AtomicLong();
    var told = new AtomicLong();
    SeededScenarios lived = SeededScenarios.run(1_000, History::new, history -> {
      published.addAndGet(history.published);
      told.addAndGet(history.toldToFollowers);
    });
    System.out.println(lived.count() + " histories, " + published + " aggregations published, " + told
        + " events told to followers, " + lived.violations().size() + " violations");
    assertThat(lived.violations()).isEmpty();
    assertThat(published.get()).as("aggregations do end well").isGreaterThanOrEqualTo(lived.count() / 2);
    assertThat(told.get()).as("followers are told").isGreaterThanOrEqualTo(lived.count() / 2);
  }

  private static final class History implements SeededScenarios.Scenario {

    private final Schedule schedule;
    private final Random random;
    private final InMemoryRecords stored;
    private final Cases cases = new Cases();
    private final Machine machine = new Machine();
    private final AggregatedReportData data;
    private final Clock clock;
    private final Set<String> made = new HashSet<>();
    private final Set<String> deletesTried = new HashSet<>();
    private final Set<String> deleted = new HashSet<>();
    private final Map<String, Long> newestRun = new HashMap<>();
    private final Map<String, Long> countWhenAsked = new HashMap<>();
    private double faultRate;
    private boolean lags;
    private int requests;
    private boolean going = true;
    private long published;
    private long toldToFollowers;

    History(long seed) {
      schedule = new Schedule(seed);
      random = schedule.random();
      faultRate = new double[] {0, 0.005, 0.02, 0.08}[random.nextInt(4)];
      lags = random.nextBoolean();
      stored = new InMemoryRecords(schedule.clock());
      schedule.stall(faultRate > 0);
      clock = schedule.clock(SKEWS.get((int) (seed % SKEWS.size())));
      data = new AggregatedReportData(new Calls(), cases, machine, clock);
    }

    @Override
    public Schedule schedule() {
      return schedule;
    }

    @Override
    public void run() {
      int callers = 2 + random.nextInt(4);
      for (int i = 0; i < callers; i++) {
        int act = i == 0 ? 0 : random.nextInt(6);
        Instant at = schedule.now().plusSeconds(random.nextInt(i == 0 ? 10 : 300));
        schedule.begin("caller" + i, Duration.ofMinutes(10), () -> ask(act, at));
      }
      int imports = random.nextInt(4);
      for (int i = 0; i < imports; i++) {
        Instant at = schedule.now().plusSeconds(random.nextInt(300));
        schedule.begin("import" + i, Duration.ofMinutes(15), () -> {
          schedule.waitUntil(() -> !schedule.now().isBefore(at));
          cases.deliver();
        });
      }
      for (int i = 0; i < 2; i++) {
        schedule.begin("follower" + i, Duration.ofDays(2), this::follow);
      }
      schedule.begin("schedule", Duration.ofDays(2), this::sweepEveryMinute);
      schedule.run(Duration.ofMinutes(9));
      faultRate = 0;
      lags = false;
      schedule.stall(false);
      schedule.run(Duration.ofMinutes(25));
      going = false;
      schedule.run(Duration.ofMinutes(20));
      check();
    }

    // --- who acts ------------------------------------------------------------------------------------------------

    private void ask(int act, Instant at) {
      schedule.waitUntil(() -> !schedule.now().isBefore(at));
      String period = PERIODS.get(random.nextInt(3) / 2);
      switch (act) {
        case 0, 1, 2 -> request(period, act == 2);
        case 3, 4 -> one().ifPresent(this::invalidate);
        default -> one().ifPresent(id -> {
          deletesTried.add(id);
          if (delete(id) == 200) {
            deleted.add(id);
          }
        });
      }
    }

    /// Repeats its request as a client does, which makes the same ids.
    private void request(String period, boolean force) {
      String seed = "request-" + requests++;
      Instant now = clock.instant();
      for (int attempt = 0; attempt < 3; attempt++) {
        try {
          var requested = new RequestAggregation(data.snapshots(), cases, machine)
              .apply(new RequestAggregation.Order(ORG, period, force), Ids.derived(seed), now);
          if (requested instanceof Snapshots.Started(var started)) {
            made.add(started.snapshot().snapshotId());
          }
          return;
        } catch (SdkClientException e) {
          // a 500: the caller does not know
        }
      }
    }

    private Optional<String> one() {
      List<String> ids = stored.list(Listing.of(Snapshots.COLLECTION, ORG, Set.of(), 100)).entries().stream()
          .sorted((a, b) -> Long.compare(snapshot(a).ordinal(), snapshot(b).ordinal())).map(Entry::id).toList();
      return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
    }

    /// As `PUT` does it, at the history's time.
    private void invalidate(String id) {
      String jobId = "job-again-" + requests++;
      try {
        Snapshots.decided(() -> {
          Optional<Snapshots.Stored> seen = data.snapshots().find(id);
          if (seen.isEmpty() || !seen.get().snapshot().isProcessing() && data.snapshots().areFull(ORG)) {
            return Optional.of(false);
          }
          return data.snapshots().invalidate(seen.get(), "late delivery", jobId, clock.instant()).map(stored -> {
            RequestAggregation.start(machine, stored.snapshot().claim());
            if (seen.get().snapshot().isProcessing()) {
              machine.stop(seen.get().snapshot().run().jobId());
            }
            return true;
          });
        });
      } catch (SdkClientException e) {
        // a 500: the caller does not know
      }
    }

    private int delete(String id) {
      var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req-1");
      context.setAuthorizer(Map.of("caller", "key-01", "role", "org", "organizations", ORG));
      return new DeleteAggregatedReportData(data).handleRequest(new APIGatewayProxyRequestEvent()
          .withHttpMethod("DELETE").withPath(AggregatedReportData.PATH + "/" + id).withHeaders(Map.of())
          .withPathParameters(Map.of("id", id)).withIsBase64Encoded(false).withRequestContext(context), null)
          .getStatusCode();
    }

    private void sweepEveryMinute() {
      while (going) {
        Instant next = schedule.now().plusSeconds(60);
        schedule.waitUntil(() -> !going || !schedule.now().isBefore(next));
        schedule.begin("sweep", Duration.ofMinutes(5), () -> {
          try {
            new SweepAggregations(data).handleRequest(Map.of(), null);
          } catch (TransientFailure e) {
            // the next one comes in a minute
          }
        });
      }
    }

    /// Connects again and again with the last id it has seen, and is cut off in between.
    private void follow() {
      var follower = new Follower();
      follower.lastEventId = Optional.of("0");
      while (going) {
        var out = new ByteArrayOutputStream();
        try {
          new EventStream(data.snapshots(), clock, EventStream.Transfer.STREAMED, _ -> random.nextInt(4) > 0 && going)
              .follow(ORG, "2024", follower.lastEventId, Duration.ofSeconds(25), out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (SdkClientException e) {
          // cut off
        }
        byte[] all = out.toByteArray();
        boolean cut = all.length > 0 && random.nextInt(3) == 0;
        follower.read(cut ? Arrays.copyOf(all, random.nextInt(all.length)) : all);
        Instant next = schedule.now().plusSeconds(20 + random.nextInt(60));
        schedule.waitUntil(() -> !going || !schedule.now().isBefore(next));
      }
      try {
        var rest = new ByteArrayOutputStream();
        new EventStream(data.snapshots(), clock, EventStream.Transfer.STREAMED, _ -> false)
            .follow(ORG, "2024", follower.lastEventId, Duration.ofSeconds(25), rest);
        follower.read(rest.toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      List<String> ids = follower.received.stream().map(Follower.Received::id).toList();
      assertThat(ids).as("8: every event once, in order").isEqualTo(LongStream
          .rangeClosed(1, new Snapshots(stored).lastSequence(ORG, "2024")).mapToObj(String::valueOf).toList());
      assertThat(follower.received).as("8: no resync where nothing was lost")
          .allMatch(received -> received.event().equals(DataUpdated.NAME));
      toldToFollowers += ids.size();
    }

    // --- what must hold ------------------------------------------------------------------------------------------

    private static Snapshot snapshot(Entry entry) {
      return Documents.read(entry.document(), Snapshot.class);
    }

    private List<Entry> snapshots() {
      return stored.list(Listing.of(Snapshots.COLLECTION, ORG, Set.of(), 100)).entries();
    }

    /// Whenever anything was written.
    private void checkValidity() {
      for (Entry entry : snapshots()) {
        Snapshot snapshot = snapshot(entry);
        if (snapshot.isValid(cases.mark())) {
          assertThat(value(snapshot)).as("11: valid means true, " + snapshot.periodId())
              .isEqualTo(cases.count(snapshot.periodId()));
        }
        Long before = newestRun.put(entry.id(), snapshot.run().number());
        assertThat(before == null ? 0 : before).as("11: nothing older").isLessThanOrEqualTo(snapshot.run().number());
        assertThat(deleted).as("12: deleted stays deleted").doesNotContain(entry.id());
      }
    }

    private static long value(Snapshot snapshot) {
      return snapshot.aggregate().orElseThrow().figures().stream().filter(figure -> figure.fieldKey().equals(FIGURE))
          .findFirst().orElseThrow().value().orElse(BigDecimal.ZERO).longValueExact();
    }

    private void checkStandings(Change change) {
      if (change instanceof Change.ReplaceNote(Note seen, Note next) && seen.sort().startsWith("period#")) {
        PeriodStanding before = Documents.read(seen.document(), PeriodStanding.class);
        PeriodStanding after = Documents.read(next.document(), PeriodStanding.class);
        assertThat(after.publishedRun()).as("11: published in the order of runs")
            .isGreaterThanOrEqualTo(before.publishedRun());
        assertThat(after.sequence() - before.sequence()).as("8: events are numbered without gaps").isBetween(0L, 1L);
      }
    }

    /// Who has figures made anew gets what was there when they asked, not what an earlier aggregation has read.
    private void checkRun(Change change) {
      Entry entry = change instanceof Change.Create(Entry made) ? made
          : change instanceof Change.Replace(Entry _, Entry next) ? next : null;
      if (entry == null || !entry.collection().equals(Snapshots.COLLECTION)) {
        return;
      }
      Snapshot snapshot = snapshot(entry);
      if (snapshot.isProcessing()) {
        countWhenAsked.put(snapshot.run().jobId(), cases.count(snapshot.periodId()));
      } else if (snapshot.state() != Snapshot.State.FAILED) {
        assertThat(value(snapshot)).as("11: counted after it was asked for")
            .isGreaterThanOrEqualTo(countWhenAsked.get(snapshot.run().jobId()));
      }
    }

    private void check() {
      List<Entry> entries = snapshots();
      assertThat(machine.running()).as("1: no execution runs on").isEmpty();
      for (Entry entry : entries) {
        assertThat(entry.status()).as("1: ends in bounded time").isNotEqualTo("processing");
      }
      for (String id : made) {
        if (!deletesTried.contains(id)) {
          assertThat(entries).as("what was accepted is there").extracting(Entry::id).contains(id);
        }
      }
      assertThat(stored.list(Listing.of(Snapshots.COLLECTION, ORG, Set.of(), 1)).total()).isEqualTo(entries.size());
      checkValidity();
      Optional<Snapshot> current = entries.stream().map(History::snapshot).filter(Snapshot::good)
          .max((a, b) -> SnapshotRef.of(a).compareTo(SnapshotRef.of(b)));
      for (Entry entry : entries) {
        Snapshot snapshot = snapshot(entry);
        String word = snapshot.state() == Snapshot.State.FAILED ? "failed"
            : current.filter(snapshot::equals).isPresent() ? "current" : "historical";
        assertThat(entry.status()).as("the word of " + snapshot.periodId()).isEqualTo(word);
      }
      for (String period : PERIODS) {
        Optional<Snapshot> newest = entries.stream().map(History::snapshot)
            .filter(s -> s.good() && s.periodId().equals(period))
            .max((a, b) -> SnapshotRef.of(a).compareTo(SnapshotRef.of(b)));
        assertThat(new Snapshots(stored).newestGood(ORG, period).map(Snapshots.Stored::snapshot))
            .as("the newest good one of " + period).isEqualTo(newest);
      }
    }

    // --- the services --------------------------------------------------------------------------------------------

    private <T> T call(String what, Supplier<T> done) {
      schedule.turn(what);
      if (random.nextDouble() < faultRate) {
        boolean isDone = random.nextBoolean();
        if (isDone) {
          done.get();
        }
        schedule.trace().add(isDone ? "  fault: done, but not acknowledged" : "  fault: not done");
        throw SdkClientException.create("injected at " + what);
      }
      return done.get();
    }

    private final class Calls implements Records {

      private final Map<String, List<Entry>> earlier = new HashMap<>();

      @Override
      public Optional<Entry> find(String collection, String id, Predicate<String> visible) {
        return call("find", () -> stored.find(collection, id, visible));
      }

      @Override
      public boolean wasRemoved(String collection, String id, Instant now) {
        return call("removed", () -> stored.wasRemoved(collection, id, now));
      }

      @Override
      public Page list(Listing listing) {
        return call("list", () -> stored.list(listing));
      }

      /// The index may be as far behind as the time it was asked before.
      @Override
      public List<Entry> inStatus(String collection, String status, int limit) {
        return call("inStatus " + status, () -> {
          List<Entry> now = stored.inStatus(collection, status, limit);
          List<Entry> before = earlier.put(status, now);
          return lags && before != null && random.nextInt(3) == 0 ? before : now;
        });
      }

      @Override
      public long countInStatus(String collection, String orgId, String status) {
        return call("count", () -> stored.countInStatus(collection, orgId, status));
      }

      @Override
      public Optional<Note> note(String partition, String sort, Instant now) {
        return call("note " + sort, () -> stored.note(partition, sort, now));
      }

      @Override
      public List<Note> notes(String partition, String afterSort, int limit, Instant now) {
        return call("notes", () -> stored.notes(partition, afterSort, limit, now));
      }

      @Override
      public boolean commit(List<Change> changes) {
        return call("commit " + changes.stream().map(c -> c.getClass().getSimpleName()).toList(), () -> {
          boolean committed = stored.commit(changes);
          if (committed) {
            changes.forEach(History.this::checkStandings);
            changes.forEach(History.this::checkRun);
            checkValidity();
          }
          return committed;
        });
      }
    }

    /// Case records: a delivery is one transaction with the mark it moves, as an import's are.
    private final class Cases implements CaseSource {

      private final FakeCases real = new FakeCases();
      private final Map<String, Long> counts = new HashMap<>();
      private int delivered;

      void deliver() {
        for (int record = 0; record < 1 + random.nextInt(2); record++) {
          schedule.turn("delivers");
          String period = PERIODS.get(random.nextInt(3) / 2);
          int n = delivered++;
          real.add(ORG, new Melding("m-" + n, "familia", Instant.EPOCH, "b-" + n,
              LocalDate.of(Integer.parseInt(period), 5, 1), Optional.empty(), OptionalInt.empty()));
          counts.merge(period, 1L, Long::sum);
          checkValidity();
        }
      }

      String mark() {
        return real.marks(ORG).apply(Period.ofId("2024").orElseThrow());
      }

      long count(String periodId) {
        return counts.getOrDefault(periodId, 0L);
      }

      @Override
      public void readRegisterPart(String orgId, int part, Consumer<Map<String, Long>> consumer) {
        real.readRegisterPart(orgId, part, consumer);
      }

      @Override
      public int parts() {
        return 3;
      }

      @Override
      public void readPart(String orgId, int part, Consumer<CaseRecord> consumer) {
        int each = Math.ceilDiv(real.parts(), parts());
        for (int own = part * each; own < Math.min(real.parts(), (part + 1) * each); own++) {
          int read = own;
          call("read " + own, () -> {
            real.readPart(orgId, read, consumer);
            return true;
          });
        }
      }

      @Override
      public Function<Period, String> marks(String orgId) {
        return call("marks", () -> real.marks(orgId));
      }

      @Override
      public String nameOf(String orgId) {
        return orgId;
      }
    }

    /// The states of `aggregation.asl.json`.
    private final class Machine implements Executions {

      private final Map<String, Standing> standings = new LinkedHashMap<>();

      List<String> running() {
        return standings.entrySet().stream().filter(e -> e.getValue() == Standing.RUNNING).map(Map.Entry::getKey)
            .toList();
      }

      @Override
      public void start(Claim claim) {
        History.this.call("start " + claim.jobId(), () -> {
          if (standings.putIfAbsent(claim.jobId(), Standing.RUNNING) == null) {
            schedule.begin("execution", Duration.ofHours(1), () -> {
              try {
                run(claim);
              } catch (Died e) {
                // stopped, or died outside its own catch
              }
              standings.put(claim.jobId(), Standing.ENDED);
            });
          }
          return true;
        });
      }

      @Override
      public void stop(String jobId) {
        History.this.call("stop " + jobId, () -> standings.replace(jobId, Standing.ENDED));
      }

      @Override
      public java.util.Set<String> runningJobs() {
        return History.this.call("list executions", () -> standings.entrySet().stream()
            .filter(e -> e.getValue() == Standing.RUNNING).map(Map.Entry::getKey)
            .collect(java.util.stream.Collectors.toSet()));
      }

      @Override
      public Standing standingOf(String jobId) {
        return History.this.call("describe " + jobId, () -> standings.getOrDefault(jobId, Standing.NEVER_STARTED));
      }

      @Override
      public String arnOf(String jobId) {
        return jobId;
      }

      private void run(Claim claim) {
        Map<String, Object> input = Documents.mapper().convertValue(claim, new TypeReference<>() {});
        try {
          Map<String, Object> plan = task(claim, "StartAggregation", input, new StartAggregation(data)::handleRequest);
          var tallies = new ArrayList<Object>();
          for (Object range : (List<?>) plan.get("ranges")) {
            Map<String, Object> part = Documents.mapper().convertValue(range, new TypeReference<>() {});
            part.putAll(input);
            tallies.add(task(claim, "AggregatePart", part, new AggregatePart(data)::handleRequest));
          }
          Map<String, Object> merged = task(claim, "MergeSnapshot", Map.of("tallies", tallies),
              new MergeSnapshot()::handleRequest);
          var last = new HashMap<>(input);
          last.put("mark", plan.get("mark"));
          last.put("total", merged.get("total"));
          task(claim, "PublishChanges", last, new PublishChanges(data)::handleRequest);
          published++;
        } catch (Failed failed) {
          if (!failed.getMessage().equals(SupersededRun.class.getName())) {
            var last = new HashMap<>(input);
            last.put("step", "AggregateParts");
            last.put("error", failed.getMessage());
            try {
              task(claim, "FailAggregation", last, new FailAggregation(data)::handleRequest);
            } catch (Failed e) {
              // the sweeper ends it
            }
          }
        }
      }

      private Map<String, Object> task(Claim claim, String name, Map<String, Object> input,
          RequestHandler<Map<String, Object>, Map<String, Object>> task) {
        for (int attempt = 1; ; attempt++) {
          dieByChance(claim);
          var answer = new AtomicReference<Object>();
          int copies = faultRate > 0 && random.nextInt(20) == 0 ? 2 : 1;
          for (int copy = 0; copy < copies; copy++) {
            schedule.begin(name + "#" + attempt, Duration.ofMinutes(15), () -> {
              try {
                answer.compareAndSet(null, task.handleRequest(new HashMap<>(input), null));
              } catch (TransientFailure | SupersededRun | IllegalStateException e) {
                answer.compareAndSet(null, e.getClass().getName());
              }
            });
          }
          boolean mayTimeOut = faultRate > 0 && random.nextInt(40) == 0;
          var limit = schedule.now().plusSeconds(mayTimeOut ? 10 : 900);
          schedule.waitUntil(() -> answer.get() != null || standings.get(claim.jobId()) != Standing.RUNNING
              || schedule.now().isAfter(limit));
          dieByChance(claim);
          if (answer.get() instanceof Map<?, ?> output) {
            return Documents.mapper().convertValue(output, new TypeReference<>() {});
          }
          String error = answer.get() == null ? "States.Timeout" : (String) answer.get();
          if (error.equals(SupersededRun.class.getName()) || error.equals("java.lang.IllegalStateException")
              || attempt == 5) {
            throw new Failed(error);
          }
        }
      }

      private void dieByChance(Claim claim) {
        if (faultRate > 0 && random.nextInt(150) == 0) {
          standings.put(claim.jobId(), Standing.ENDED);
        }
        if (standings.get(claim.jobId()) != Standing.RUNNING) {
          throw new Died();
        }
      }
    }
  }

  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(String error) {
      super(error, null, false, false);
    }
  }
}
