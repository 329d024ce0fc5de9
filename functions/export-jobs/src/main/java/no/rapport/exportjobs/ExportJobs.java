package no.rapport.exportjobs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import no.rapport.api.Caller;
import no.rapport.records.Change;
import no.rapport.records.Conflicts;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Records;

/// Stores the export jobs of all kinds in the records table. Every write is conditional on the version that was read.
public final class ExportJobs {

  private final Records records;

  public ExportJobs(Records records) {
    this.records = records;
  }

  /// A job with the stored entry that it was read from.
  public record Stored(ExportJob job, Entry entry) {

    public static Stored of(Entry entry) {
      return new Stored(Documents.read(entry.document(), ExportJob.class), entry);
    }

    /// Returns the change that replaces this job. Its commit fails if the job has changed since it was read.
    public Change to(ExportJob next) {
      return new Change.Replace(entry, entry.next(next.kind().statusOf(next), filters(next), Documents.write(next)));
    }

    Stored as(ExportJob next) {
      return new Stored(next, entry.next(next.kind().statusOf(next), filters(next), Documents.write(next)));
    }
  }

  public Records records() {
    return records;
  }

  public Optional<Stored> find(ExportKind kind, String id) {
    return records.find(kind.collection(), id).map(Stored::of);
  }

  /// Returns the job, or empty if it does not exist or the caller may not see it.
  public Optional<Stored> visible(ExportKind kind, String id, Caller caller) {
    return records.find(kind.collection(), id, caller::maySee).map(Stored::of);
  }

  /// Stores a new job together with other changes. Idempotent: a repeated request gets the stored job. If that job has
  /// been deleted in the meantime, it is not created again, and the answer is the first one.
  ///
  /// @return empty if the condition of one of the other changes fails, or if another job has the id
  public Optional<Stored> accept(ExportJob job, Change... others) {
    Entry entry = Entry.first(job.kind().collection(), job.orgId(), job.id(), job.createdAt(),
        job.kind().statusOf(job), filters(job), Documents.write(job));
    List<Change> changes = new ArrayList<>(List.of(others));
    changes.addFirst(new Change.Create(entry));
    if (records.commit(changes) || records.wasRemoved(entry.collection(), job.id(), job.createdAt())) {
      return Optional.of(new Stored(job, entry));
    }
    return find(job.kind(), job.id()).filter(stored -> stored.job().requestedBy().equals(job.requestedBy())
        && stored.job().createdAt().equals(job.createdAt()));
  }

  /// Changes a job together with other changes. Retries with jitter while others change the job.
  ///
  /// @param move returns the changed job, or empty if its state does not allow the change
  /// @param others returns the changes to commit in the same transaction
  /// @return empty if the job does not exist or its state does not allow the change
  public Optional<Stored> move(ExportKind kind, String id, Function<ExportJob, Optional<ExportJob>> move,
      Function<ExportJob, List<Change>> others) {
    return Conflicts.retryOnConflict(() -> {
      Optional<Stored> seen = find(kind, id);
      Optional<ExportJob> next = seen.map(Stored::job).flatMap(move);
      if (next.isEmpty()) {
        return Optional.of(Optional.<Stored>empty());
      }
      if (next.get().equals(seen.get().job())) {
        return Optional.of(seen);
      }
      List<Change> changes = new ArrayList<>();
      changes.add(seen.get().to(next.get()));
      changes.addAll(others.apply(next.get()));
      return records.commit(changes) ? Optional.of(seen.map(stored -> stored.as(next.get())))
          : Optional.<Optional<Stored>>empty();
    });
  }

  public Optional<Stored> move(ExportKind kind, String id, Function<ExportJob, Optional<ExportJob>> move) {
    return move(kind, id, move, _ -> List.of());
  }

  private static Map<String, String> filters(ExportJob job) {
    var filters = new HashMap<String, String>();
    filters.put("period_from", job.order().period().from().toString());
    filters.put("period_to", job.order().period().to().toString());
    filters.put("format", job.order().format().extension());
    filters.put("requested_by", job.requestedBy());
    job.order().reportId().ifPresent(id -> filters.put("report_id", id));
    job.order().templateId().ifPresent(id -> filters.put("export_id", Long.toString(id)));
    return filters;
  }
}
