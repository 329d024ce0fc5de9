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

  /// Aggregations of one organisation at once, each of which reads in 16 tasks: more would take from the others what all
  /// share. Four years with their halves and quarters, 28, may be asked for in one go. Soft by design: two requests at
  /// the same moment may both see the last place.
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

  /// Whether the organisation has as many aggregations running as it may have.
  boolean areFull(String orgId) {
    return records.countInStatus(COLLECTION, orgId, PROCESSING) >= AT_WORK;
  }

  // ---------- requests ----------------------------------------------------------------------------------------------

  /// What became of the request for a period's figures.
  sealed interface Requested {}

  /// The figures are there and still true.
  record Cached(Stored stored) implements Requested {}

  /// An aggregation that is running already will answer it.
  record Joined(Stored stored) implements Requested {}

  /// A new snapshot was made, whose aggregation is to be started.
  record Started(Stored stored) implements Requested {}

  /// The organisation has as many aggregations running as it may have: nothing was stored.
  record Full() implements Requested {}

  /// The organisation has started as many within the hour as it may: nothing was stored.
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
        // Where two snapshots share a period, the one aggregated last may be the older one, and the only true one.
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
      // Where an earlier try of this very request made it and it has been deleted since, it stays so.
      return records.commit(new Change.Create(entry), period.replacedBy(next))
          || records.wasRemoved(COLLECTION, snapshotId, now)
          ? Optional.of(new Started(new Stored(entry, snapshot))) : Optional.empty();
    });
  }

  /// Declares a snapshot's figures out of date and requests new ones under the same id; whatever aggregation of it is
  /// running is superseded.
  ///
  /// @return the snapshot as it was before and as it is now; empty when it is no longer as it was seen
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
  /// @return false when it is no longer as it was seen
  boolean delete(Stored seen) {
    var changes = new ArrayList<Change>();
    changes.add(new Change.Delete(seen.entry()));
    changes.addAll(withoutGood(seen,
        standing -> standing.newest().isEmpty() ? standing.withNothingPublished() : standing));
    return records.commit(changes);
  }

  // ---------- ends of aggregations ----------------------------------------------------------------------------------

  /// What became of an aggregation's result.
  sealed interface Ended {}

  /// It is what readers see now.
  ///
  /// @param changedFieldKeys what the stream's followers were told
  /// @param seconds since it was asked for, at least 1
  record Published(List<String> changedFieldKeys, long seconds) implements Ended {}

  /// A newer aggregation has taken its place, or the snapshot is gone: nothing was written.
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
  /// @return false when there was nothing to end: it has ended, was superseded, or its snapshot is gone
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
    // Read before the others are looked through: whoever makes another one good or bad meanwhile replaces it.
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

    /// Refused unless the note is as it was seen; written even if equal, so that decisions upon it exclude each other.
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

  /// Decides until a decision holds; those who lost a race wait a little, each for a time of its own.
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
