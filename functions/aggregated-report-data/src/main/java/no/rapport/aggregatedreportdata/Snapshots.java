package no.rapport.aggregatedreportdata;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import no.rapport.api.Caller;
import no.rapport.api.TransientFailure;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.OrderRate;
import no.rapport.records.Page;
import no.rapport.records.Records;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.Period;

/// All snapshots, and the only place that changes them. Every change is one transaction over the snapshot, the standing
/// of its period and, where it decides which snapshot is current, the standing of its organisation; it is decided anew
/// when anything was not as it was seen.
///
/// The status word is stored with the snapshot, so that lists filter and count by it. It is derived whenever an
/// aggregation ends or a snapshot goes: those are the moments at which another snapshot may become current.
final class Snapshots {

  static final String COLLECTION = "aggregated-report-data";

  static final String PROCESSING = "processing";
  static final String CURRENT = "current";
  static final String HISTORICAL = "historical";
  static final String FAILED = "failed";

  static final Set<String> STATUSES = Set.of(PROCESSING, CURRENT, HISTORICAL, FAILED);

  private static final int ATTEMPTS = 60;

  /// The most concurrent aggregations of one organisation. Each uses 16 tasks, so more would slow down other
  /// organisations. The limit allows one request each for four years with their halves and quarters, 28 in all. It is
  /// soft: two requests at the same moment may both see the last free place.
  static final int AT_WORK = 30;

  /// Aggregations that an organisation may start within an hour, unless the deployment says otherwise.
  static final int MAX_PER_HOUR = 300;

  private final Records records;
  private final OrderRate rate;

  Snapshots(Records records) {
    this(records, MAX_PER_HOUR);
  }

  /// @param maxPerHour how many aggregations an organisation may start within an hour
  Snapshots(Records records, int maxPerHour) {
    this.records = records;
    this.rate = new OrderRate(records, "aggregation-rate", maxPerHour);
  }

  /// A snapshot with the entry that holds it.
  record Stored(Entry entry, Snapshot snapshot) {

    static Stored of(Entry entry) {
      return new Stored(entry, Documents.read(entry.document(), Snapshot.class));
    }
  }

  Records records() {
    return records;
  }

  Optional<Stored> find(String snapshotId) {
    return records.find(COLLECTION, snapshotId).map(Stored::of);
  }

  /// The snapshot where it exists for the caller.
  Optional<Stored> visible(String snapshotId, Caller caller) {
    return records.find(COLLECTION, snapshotId, caller::maySee).map(Stored::of);
  }

  /// The newest good snapshot of a period.
  Optional<Stored> newestGood(String orgId, String periodId) {
    return period(orgId, periodId).value().newest().flatMap(ref -> find(ref.snapshotId()));
  }

  /// Which snapshot is the newest good one of a period.
  Optional<SnapshotRef> newestGoodRef(String orgId, String periodId) {
    return period(orgId, periodId).value().newest();
  }

  /// Number of the last event of the period's stream; 0 before the first.
  long lastSequence(String orgId, String periodId) {
    return period(orgId, periodId).value().sequence();
  }

  /// How long the organisation's last aggregation took, from the request to its end.
  Optional<Duration> lastDuration(String orgId) {
    return organization(orgId).value().lastSeconds().map(Duration::ofSeconds);
  }

  /// Snapshots of every organisation that are being aggregated, oldest first; may lag.
  List<Entry> processing(int limit) {
    return records.inStatus(COLLECTION, PROCESSING, limit);
  }

  /// Returns whether the organisation has reached the limit of concurrent aggregations.
  boolean areFull(String orgId) {
    return records.countInStatus(COLLECTION, orgId, PROCESSING) >= AT_WORK;
  }

  // ---------- requests ----------------------------------------------------------------------------------------------

  /// The outcome of a request for a period's figures.
  sealed interface Requested {}

  /// The figures exist and are still valid.
  record Cached(Stored stored) implements Requested {}

  /// A running aggregation will answer the request.
  record Joined(Stored stored) implements Requested {}

  /// A new snapshot was stored; its aggregation must be started.
  record Started(Stored stored) implements Requested {}

  /// The organisation has reached the limit of concurrent aggregations. Nothing was stored.
  record Full() implements Requested {}

  /// The organisation has reached the limit of aggregations an hour. Nothing was stored.
  record TooMany(Duration retryAfter) implements Requested {}

  /// Counts an aggregation that is to be started.
  ///
  /// @return how long to wait where the organisation has started too many
  Optional<Duration> exceededRate(String orgId, Instant now) {
    return rate.take(orgId, now);
  }

  /// Requests a period's figures.
  ///
  /// @param force whether to make a new snapshot in any case
  /// @param presentMark the state of the source now
  Requested request(String orgId, String periodId, boolean force, String presentMark, String snapshotId, String jobId,
      Instant now) {
    var isCounted = new AtomicBoolean();
    return decided(() -> {
      Optional<Stored> own = find(snapshotId);
      if (own.isPresent()) {
        return Optional.of(new Started(own.get())); // an earlier try of this very request
      }
      Kept<PeriodStanding> period = period(orgId, periodId);
      if (!force) {
        // If two snapshots share a period, the older one may have been aggregated last and be the only valid one.
        Optional<Stored> valid =
            Stream.concat(period.value().newest().map(SnapshotRef::snapshotId).stream(),
                    period.value().publishedBy().stream())
                .flatMap(id -> find(id).stream())
                .filter(stored -> stored.snapshot().isValid(presentMark))
                .findFirst();
        if (valid.isPresent()) {
          return valid.map(Cached::new);
        }
        Optional<Stored> running = period.value().running().flatMap(this::find)
            .filter(stored -> stored.snapshot().isProcessing());
        if (running.isPresent()) {
          return running.map(Joined::new);
        }
      }
      if (areFull(orgId)) {
        return Optional.of(new Full());
      }
      if (!isCounted.getAndSet(true)) {
        Optional<Duration> wait = exceededRate(orgId, now);
        if (wait.isPresent()) {
          return wait.map(TooMany::new);
        }
      }
      PeriodStanding next = period.value().started(snapshotId);
      var snapshot = Snapshot.requested(snapshotId, orgId, periodId, new Snapshot.Run(jobId, next.runs(), now));
      Entry entry = Entry.first(COLLECTION, orgId, snapshotId, now, PROCESSING, filters(periodId),
          Documents.write(snapshot));
      // If an earlier attempt of this request created the snapshot and it was deleted since, it stays deleted.
      return records.commit(new Change.Create(entry), period.replacedBy(next))
          || records.wasRemoved(COLLECTION, snapshotId, now)
          ? Optional.of(new Started(new Stored(entry, snapshot))) : Optional.empty();
    });
  }

  /// Declares a snapshot's figures out of date and requests new ones under the same id. This supersedes a running
  /// aggregation of the snapshot.
  ///
  /// @return the snapshot before and after the change; empty if it has changed since it was read
  Optional<Stored> invalidate(Stored seen, String reason, String jobId, Instant now) {
    Snapshot before = seen.snapshot();
    Kept<PeriodStanding> period = period(before.organizationId(), before.periodId());
    PeriodStanding next = period.value().started(before.snapshotId());
    Snapshot invalidated = before.invalidated(reason, new Snapshot.Run(jobId, next.runs(), now));
    Entry entry = seen.entry().next(PROCESSING, seen.entry().filters(), Documents.write(invalidated));
    return records.commit(new Change.Replace(seen.entry(), entry), period.replacedBy(next))
        ? Optional.of(new Stored(entry, invalidated)) : Optional.empty();
  }

  /// Removes a snapshot.
  ///
  /// @return false if it has changed since it was read
  boolean delete(Stored seen) {
    var changes = new ArrayList<Change>();
    changes.add(new Change.Delete(seen.entry()));
    changes.addAll(withoutGood(seen,
        standing -> standing.newest().isEmpty() ? standing.withNothingPublished() : standing));
    return records.commit(changes);
  }

  // ---------- ends of aggregations ----------------------------------------------------------------------------------

  /// The outcome of completing an aggregation.
  sealed interface Ended {}

  /// Readers see the new figures now.
  ///
  /// @param changedFieldKeys what the stream's followers were told
  /// @param seconds since it was asked for, at least 1
  record Published(List<String> changedFieldKeys, long seconds) implements Ended {}

  /// A newer aggregation has replaced it, or the snapshot was deleted. Nothing was written.
  record Superseded() implements Ended {}

  /// Completes a snapshot and, where figures changed, tells the followers of its period: in one transaction.
  ///
  Ended publish(Claim claim, Snapshot.Aggregate aggregate) {
    Instant now = aggregate.aggregatedAt();
    return decided(() -> {
      Optional<Stored> seen = find(claim.snapshotId()).filter(s -> s.snapshot().isProcessing(claim.jobId()));
      if (seen.isEmpty()) {
        return Optional.of(new Superseded());
      }
      Snapshot completed = seen.get().snapshot().completed(aggregate);
      var changes = new ArrayList<Change>();

      Kept<OrganizationStanding> organization = organization(claim.organizationId());
      Period.Kind kind = Period.kindOf(claim.periodId());
      SnapshotRef ref = SnapshotRef.of(completed);
      Optional<SnapshotRef> before = organization.value().current(kind);
      boolean isCurrent = before.isEmpty() || before.get().compareTo(ref) <= 0;
      if (isCurrent) {
        before.filter(other -> !other.isSameAs(ref)).flatMap(other -> find(other.snapshotId()))
            .filter(other -> other.entry().status().equals(CURRENT))
            .ifPresent(other -> changes.add(replace(other, HISTORICAL)));
      }
      long seconds = Math.max(1, Duration.between(completed.run().requestedAt(), now).toSeconds());
      changes.add(organization.replacedBy(organization.value()
          .with(kind, isCurrent ? Optional.of(ref) : before).withLastSeconds(seconds)));

      Kept<PeriodStanding> period = period(claim.organizationId(), claim.periodId());
      PeriodStanding next = period.value().ended(claim.snapshotId()).withGood(ref);
      List<String> changed = List.of();
      if (!next.isOutdated(completed.run().number())) {
        changed = next.changed(aggregate.figures());
        next = next.published(completed, !changed.isEmpty());
        if (!changed.isEmpty()) {
          changes.add(EventLog.append(next.sequence(), event(claim, changed, now)));
        }
      }
      changes.add(period.replacedBy(next));
      changes.add(new Change.Replace(seen.get().entry(), seen.get().entry().next(isCurrent ? CURRENT : HISTORICAL,
          seen.get().entry().filters(), Documents.write(completed))));
      return records.commit(changes) ? Optional.of(new Published(changed, seconds)) : Optional.empty();
    });
  }

  /// Ends an aggregation without a result; the last good figures stay.
  ///
  /// @return false if there is nothing to end: the aggregation has ended or was superseded, or its snapshot was deleted
  boolean fail(Claim claim) {
    return decided(() -> {
      Optional<Stored> seen = find(claim.snapshotId()).filter(s -> s.snapshot().isProcessing(claim.jobId()));
      if (seen.isEmpty()) {
        return Optional.of(false);
      }
      var changes = new ArrayList<Change>();
      changes.add(new Change.Replace(seen.get().entry(), seen.get().entry().next(FAILED, seen.get().entry().filters(),
          Documents.write(seen.get().snapshot().failed()))));
      changes.addAll(withoutGood(seen.get(), standing -> standing)); // readers keep what followers were told of
      return records.commit(changes) ? Optional.of(true) : Optional.empty();
    });
  }

  private static DataUpdated event(Claim claim, List<String> changed, Instant now) {
    List<String> sections = FigureCatalogue.sections().stream()
        .filter(section -> section.figures().stream().anyMatch(figure -> changed.contains(figure.key())))
        .map(FigureCatalogue.Section::id).toList();
    return new DataUpdated(DataUpdated.NAME, claim.snapshotId(), claim.organizationId(), claim.periodId(), sections,
        changed, now);
  }

  /// The changes to both standings when a snapshot is no longer good, with the promotion of the next best one.
  ///
  /// @param then what else becomes of the period's standing
  private List<Change> withoutGood(Stored gone, UnaryOperator<PeriodStanding> then) {
    Snapshot snapshot = gone.snapshot();
    SnapshotRef ref = SnapshotRef.of(snapshot);
    Kept<PeriodStanding> period = period(snapshot.organizationId(), snapshot.periodId());
    PeriodStanding ended = period.value().ended(snapshot.snapshotId());
    if (!snapshot.good()) {
      return List.of(period.replacedBy(then.apply(ended)));
    }
    var changes = new ArrayList<Change>();
    // Must be read before the other snapshots: a concurrent change that makes one of them good or bad replaces this
    // note.
    Kept<OrganizationStanding> organization = organization(snapshot.organizationId());
    if (ended.newest().filter(ref::isSameAs).isPresent()) {
      ended = ended.withNewest(best(snapshot.organizationId(), ref,
          other -> other.periodId().equals(snapshot.periodId())));
    }
    changes.add(period.replacedBy(then.apply(ended)));
    Period.Kind kind = Period.kindOf(snapshot.periodId());
    OrganizationStanding next = organization.value();
    if (next.current(kind).filter(ref::isSameAs).isPresent()) {
      Optional<SnapshotRef> best = best(snapshot.organizationId(), ref,
          other -> Period.kindOf(other.periodId()) == kind);
      next = next.with(kind, best);
      best.flatMap(other -> find(other.snapshotId()))
          .filter(other -> other.entry().status().equals(HISTORICAL))
          .ifPresent(other -> changes.add(replace(other, CURRENT)));
    }
    changes.add(organization.replacedBy(next));
    return changes;
  }

  private Optional<SnapshotRef> best(String orgId, SnapshotRef except, Predicate<Snapshot> among) {
    Optional<SnapshotRef> best = Optional.empty();
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent()) {
      Page page = records.list(Listing.of(COLLECTION, orgId, Set.of(), 100).after(cursor.get()));
      for (Entry entry : page.entries()) {
        Snapshot snapshot = Stored.of(entry).snapshot();
        SnapshotRef ref = SnapshotRef.of(snapshot);
        if (snapshot.good() && !ref.isSameAs(except) && among.test(snapshot)
            && (best.isEmpty() || best.get().compareTo(ref) < 0)) {
          best = Optional.of(ref);
        }
      }
      cursor = page.nextCursor();
    }
    return best;
  }

  private static Change replace(Stored stored, String status) {
    return new Change.Replace(stored.entry(),
        stored.entry().next(status, stored.entry().filters(), stored.entry().document()));
  }

  // ---------- standings ---------------------------------------------------------------------------------------------

  /// A note's value as it was seen.
  private record Kept<T>(String partition, String sort, Optional<Note> note, T value) {

    /// Returns a change that fails if the note has changed since it was read. It writes even an equal note, so that
    /// concurrent decisions conflict.
    Change replacedBy(T next) {
      String document = Documents.write(next);
      return note.<Change>map(seen -> new Change.ReplaceNote(seen, seen.next(document)))
          .orElseGet(() -> new Change.AddNote(Note.first(partition, sort, document, null)));
    }
  }

  private Kept<PeriodStanding> period(String orgId, String periodId) {
    return kept(orgId, "period#" + periodId, PeriodStanding.class, PeriodStanding.NEW);
  }

  private Kept<OrganizationStanding> organization(String orgId) {
    return kept(orgId, "organization", OrganizationStanding.class, OrganizationStanding.NEW);
  }

  private <T> Kept<T> kept(String orgId, String sort, Class<T> type, T otherwise) {
    String partition = "aggregation#" + orgId;
    Optional<Note> note = records.note(partition, sort, Instant.EPOCH); // these never expire
    return new Kept<>(partition, sort, note, note.map(n -> Documents.read(n.document(), type)).orElse(otherwise));
  }

  private static Map<String, String> filters(String periodId) {
    Period period = Period.ofId(periodId).orElseThrow();
    return Map.of("period_id", periodId, "period_from", period.from().toString(), "period_to", period.to().toString());
  }

  /// Retries until a commit succeeds. After a lost race it waits with jitter.
  static <T> T decided(Supplier<Optional<T>> decision) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Optional<T> made = decision.get();
      if (made.isPresent()) {
        return made.get();
      }
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(attempt, 20) * 2_000_000L));
    }
    throw new TransientFailure("Too many others are changing the same snapshots");
  }
}
