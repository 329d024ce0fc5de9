package no.rapport.exportjobs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongPredicate;
import no.rapport.api.Log;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.Conflicts;
import software.amazon.awssdk.core.exception.SdkException;

/// Begins, cancels, retries and deletes exports for callers. The three export contracts share it.
///
/// Every request starts with one conditional write. The steps after it (starting or stopping the execution, removing
/// files) may fail; the sweeper then repeats them.
public final class ExportRequests {

  /// Longer than the longest task (Lambda's limit is 15 minutes). A task of a stopped execution may write until then.
  public static final Duration MAX_TASK_DURATION = Duration.ofMinutes(16);

  private final ExportJobs jobs;
  private final Executions executions;
  private final ExportQuota quota;
  private final ExportObjects objects;
  private final String by;

  ExportRequests(ExportJobs jobs, Executions executions, ExportQuota quota, ExportObjects objects) {
    this(jobs, executions, quota, objects, "");
  }

  private ExportRequests(ExportJobs jobs, Executions executions, ExportQuota quota, ExportObjects objects, String by) {
    this.jobs = jobs;
    this.executions = executions;
    this.quota = quota;
    this.objects = objects;
    this.by = by;
  }

  /// Returns the same requests with the caller's id in their log lines.
  ///
  /// @param callerId id of the caller's key
  public ExportRequests by(String callerId) {
    return new ExportRequests(jobs, executions, quota, objects, callerId);
  }

  /// The outcome of a request.
  public sealed interface Outcome {}

  public record Done(ExportJobs.Stored stored) implements Outcome {}

  /// The job does not exist or has been deleted.
  public record Absent() implements Outcome {}

  /// The caller's `If-Match` names another version.
  public record Changed() implements Outcome {}

  /// The job's state does not allow the request.
  ///
  /// @param status the contract's status word
  public record Refused(String status) implements Outcome {}

  /// The export has been retried [ExportJob#MAX_RETRIES] times.
  public record Exhausted() implements Outcome {}

  /// Counts an order of the organisation.
  ///
  /// @return the exceeded limit, or empty if the organisation may order now
  public Optional<ExportQuota.Exceeded> exceededQuota(String orgId, Instant now) {
    return quota.order(orgId, now);
  }

  /// Accepts a job and starts its workflow. The job waits if the organisation has no free slot.
  ///
  /// @return empty if the condition of one of the other changes fails
  public Optional<ExportJobs.Stored> begin(ExportJob job, Change... others) {
    Optional<ExportJobs.Stored> accepted = jobs.accept(job, others);
    accepted.ifPresent(stored -> log("export_accepted", stored.job()));
    accepted.map(ExportJobs.Stored::job)
        .filter(stored -> stored.state() == ExportState.QUEUED || stored.state() == ExportState.INITIALIZING)
        .ifPresent(stored -> afterwards("start_execution", stored, () -> {
          quota.startOrQueue(stored);
          if (stored.state() == ExportState.INITIALIZING) {
            jobs.move(stored.kind(), stored.id(), ExportJob::queued);
          }
        }));
    return accepted;
  }

  /// Cancels an unfinished export. The write decides the outcome. Files that running tasks still write are removed
  /// later.
  ///
  /// @param reason the caller's reason; empty if none was given
  public Outcome cancel(ExportKind kind, String id, Optional<String> reason, LongPredicate ifMatch, Instant now) {
    Outcome outcome = change(kind, id, ifMatch, job -> job.cancelled(reason, now), (before, _) -> List.of(
        new Cleanup(before.leftovers(), now.plus(MAX_TASK_DURATION)).duty(before.id() + "#cancelled")));
    if (outcome instanceof Done(ExportJobs.Stored stored)) {
      log("export_cancelled", stored.job());
      afterwards("stop_execution", stored.job(), () -> executions.stop(stored.job(), "Cancelled by the caller"));
      afterwards("remove_files", stored.job(), () -> stored.job().leftovers().forEach(objects::removeBelow));
      quota.startQueuedAfterwards(stored.job().orgId());
    }
    return outcome;
  }

  /// Starts a failed export again.
  public Outcome retry(ExportKind kind, String id, LongPredicate ifMatch, Instant now) {
    Outcome outcome = change(kind, id, ifMatch, job -> job.retried(now), (_, _) -> List.of());
    return switch (outcome) {
      case Done(ExportJobs.Stored stored) -> {
        log("export_retried", stored.job());
        afterwards("start_execution", stored.job(), () -> quota.startOrQueue(stored.job()));
        yield outcome;
      }
      case Refused _ -> jobs.find(kind, id).map(ExportJobs.Stored::job)
          .filter(job -> job.state() == ExportState.FAILED && job.retryCount() >= ExportJob.MAX_RETRIES)
          .<Outcome>map(_ -> new Exhausted()).orElse(outcome);
      case Absent _, Changed _, Exhausted _ -> outcome;
    };
  }

  /// Records a worker's report. If the report ends the job, its execution is stopped, the execution's files are
  /// removed, and the notification becomes due.
  ///
  /// @param move returns the job as reported, or empty if its state does not allow it
  public Outcome report(ExportKind kind, String id, LongPredicate ifMatch,
      Function<ExportJob, Optional<ExportJob>> move, Instant now) {
    var ended = new AtomicBoolean();
    Outcome outcome = change(kind, id, ifMatch, move, (before, after) -> {
      ended.set(before.state().isUnfinished() && !after.state().isUnfinished());
      return ended.get() ? endedByWorker(after, now) : List.of();
    });
    if (ended.get() && outcome instanceof Done(ExportJobs.Stored stored)) {
      log("export_ended_by_worker", stored.job());
      afterwards("stop_execution", stored.job(), () -> executions.stop(stored.job(), "A worker reported the end"));
      afterwards("remove_files", stored.job(),
          () -> prefixesWithoutReportedFile(stored.job()).forEach(objects::removeBelow));
    }
    return outcome;
  }

  private static List<Change> endedByWorker(ExportJob after, Instant now) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Cleanup(prefixesWithoutReportedFile(after), now.plus(MAX_TASK_DURATION))
        .duty(after.id() + "#reported"));
    changes.addAll(FollowUps.owe(after, now));
    return changes;
  }

  /// Returns the key prefixes of the job's own attempts, except the one that contains the worker's file.
  private static List<String> prefixesWithoutReportedFile(ExportJob job) {
    return job.leftovers().stream()
        .filter(prefix -> job.file().filter(file -> file.key().startsWith(prefix)).isEmpty()).toList();
  }

  /// Removes a finished export and its files. Its report in the history stays.
  public Outcome delete(ExportKind kind, String id, LongPredicate ifMatch, Instant now) {
    return Conflicts.retryOnConflict(() -> {
      Optional<ExportJobs.Stored> seen = jobs.find(kind, id);
      if (seen.isEmpty()) {
        return Optional.of(new Absent());
      }
      if (!ifMatch.test(seen.get().entry().version())) {
        return Optional.of(new Changed());
      }
      ExportJob job = seen.get().job();
      if (job.state().isUnfinished()) {
        return Optional.of(new Refused(kind.statusOf(job)));
      }
      // The copy and the sealed rows of a completed Bufdir export belong to the history.
      List<String> prefixes = job.isSealed() && job.state() == ExportState.COMPLETED ? List.of(job.workPrefix())
          : job.leftovers();
      if (!jobs.records().commit(new Change.Delete(seen.get().entry()),
          new Cleanup(prefixes, now.plus(MAX_TASK_DURATION)).duty(job.id() + "#deleted"))) {
        return Optional.<Outcome>empty();
      }
      log("export_deleted", job);
      afterwards("remove_files", job, () -> prefixes.forEach(objects::removeBelow));
      return Optional.of(new Done(seen.get()));
    });
  }

  private interface AccompanyingChanges {
    List<Change> of(ExportJob before, ExportJob after);
  }

  private Outcome change(ExportKind kind, String id, LongPredicate ifMatch, Function<ExportJob, Optional<ExportJob>> move,
      AccompanyingChanges others) {
    return Conflicts.retryOnConflict(() -> {
      Optional<ExportJobs.Stored> seen = jobs.find(kind, id);
      if (seen.isEmpty()) {
        return Optional.of(new Absent());
      }
      if (!ifMatch.test(seen.get().entry().version())) {
        return Optional.of(new Changed());
      }
      ExportJob before = seen.get().job();
      Optional<ExportJob> next = move.apply(before);
      if (next.isEmpty()) {
        return Optional.of(new Refused(kind.statusOf(before)));
      }
      List<Change> changes = new ArrayList<>(others.of(before, next.get()));
      if (next.get().equals(before)) {
        return Optional.of(new Done(seen.get()));
      }
      changes.addFirst(seen.get().to(next.get()));
      return jobs.records().commit(changes) ? Optional.of(new Done(seen.get().as(next.get())))
          : Optional.<Outcome>empty();
    });
  }

  private void log(String event, ExportJob job) {
    Log.info(event, Map.of("job_id", job.id(), "organization", job.orgId(), "kind", job.kind().collection(),
        "attempt", job.attempt(), "by", by.isEmpty() ? job.requestedBy() : by));
  }

  /// Runs a step after the committed write. Its failure does not change the caller's answer: the sweeper repeats the
  /// step.
  private static void afterwards(String what, ExportJob job, Runnable act) {
    try {
      act.run();
    } catch (SdkException e) {
      Log.error("left_to_sweeper", Map.of("what", what, "job_id", job.id(), "organization", job.orgId()), e);
    }
  }
}
