package no.rapport.exportfiles;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import no.rapport.api.Caller;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportQuota;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.records.Change;
import no.rapport.records.Conflicts;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Page;
import no.rapport.records.Records;

/// Templates in the records table, and the files they start.
///
/// Beside each template lies a note that names its newest file. Starting a file replaces that note, deleting the
/// template removes it: of any two that do so at once, one sees the other.
final class ExportTemplates {

  static final String COLLECTION = "exports";
  /// The status of every template.
  static final String KEPT = "active";

  private final Records records;
  private final ExportJobs jobs;
  private final ExportRequests requests;

  ExportTemplates(Records records, ExportJobs jobs, ExportRequests requests) {
    this.records = records;
    this.jobs = jobs;
    this.requests = requests;
  }

  /// A template with the version it was read at.
  record Stored(ExportTemplate template, Entry entry) {

    static Stored of(Entry entry) {
      return new Stored(Documents.read(entry.document(), ExportTemplate.class), entry);
    }
  }

  /// The id of the file that was started last; empty before the first.
  private record Newest(String fileId) {}

  /// What became of the wish to start a file.
  sealed interface Start {}

  /// The file that was started, or that is being made.
  record Running(ExportJobs.Stored file) implements Start {}

  /// The organisation has ordered too much.
  record Refused(ExportQuota.Exceeded exceeded) implements Start {}

  /// The template is gone.
  record Gone() implements Start {}

  /// What became of the wish to delete a template.
  sealed interface Deletion {}

  record Deleted() implements Deletion {}

  record Absent() implements Deletion {}

  record Changed() implements Deletion {}

  /// A file is being made.
  record Busy(ExportJob file) implements Deletion {}

  Optional<Stored> find(String id, Caller caller) {
    return records.find(COLLECTION, id, caller::maySee).map(Stored::of);
  }

  /// Keeps a new template; the same one again, as a repeated request makes it, is found, or stays deleted.
  Stored keep(ExportTemplate template) {
    Map<String, String> filters = Map.of("format", template.order().format().extension(),
        "period_from", template.order().period().from().toString(),
        "period_to", template.order().period().to().toString());
    Entry entry = Entry.first(COLLECTION, template.orgId(), Long.toString(template.id()), template.createdAt(), KEPT,
        filters, Documents.write(template));
    Note newest = Note.first(partition(template), "newest", Documents.write(new Newest("")), null);
    if (records.commit(new Change.Create(entry), new Change.AddNote(newest))
        || records.wasRemoved(COLLECTION, entry.id(), template.createdAt())) {
      return new Stored(template, entry);
    }
    return records.find(COLLECTION, entry.id()).map(Stored::of)
        .filter(stored -> stored.template().createdBy().equals(template.createdBy()))
        .orElseThrow(() -> new IllegalStateException("A new id was taken: " + template.id()));
  }

  /// Starts a file of a template, unless one is being made: then that is the answer.
  ///
  /// @param fileId the id that a new file gets
  /// @param requestedBy the acting user or the key
  Start start(Stored seen, String fileId, String requestedBy, Instant now) {
    ExportTemplate template = seen.template();
    Optional<Start> standing = standing(template, fileId, now);
    if (standing.isPresent()) {
      return standing.get();
    }
    Optional<ExportQuota.Exceeded> exceeded = requests.exceededQuota(template.orgId(), now);
    if (exceeded.isPresent()) {
      return new Refused(exceeded.get());
    }
    return Conflicts.retryOnConflict(() -> {
      Optional<Note> newest = records.note(partition(template), "newest", now);
      Optional<Start> meanwhile = standing(template, fileId, now);
      if (newest.isEmpty() || meanwhile.isPresent()) {
        return Optional.of(meanwhile.orElseGet(Gone::new));
      }
      var job = ExportJob.accepted(ExportKind.EXPORT_FILE, fileId, template.orgId(), now, requestedBy,
          template.orderOfOneFile());
      return requests.begin(job,
              new Change.ReplaceNote(newest.get(), newest.get().next(Documents.write(new Newest(fileId)))))
          .map(_ -> jobs.find(ExportKind.EXPORT_FILE, fileId).<Start>map(Running::new).orElseGet(Gone::new));
    });
  }

  /// @return empty where a new file may be started
  private Optional<Start> standing(ExportTemplate template, String fileId, Instant now) {
    Optional<Note> newest = records.note(partition(template), "newest", now);
    if (newest.isEmpty()) {
      return Optional.of(new Gone());
    }
    return newest(newest.get())
        .filter(last -> last.job().state().isUnfinished() || last.job().id().equals(fileId)).map(Running::new);
  }

  /// Removes a template with all its files.
  Deletion delete(String id, Caller caller, LongPredicate ifMatch, Instant now) {
    return Conflicts.retryOnConflict(() -> {
      Optional<Stored> seen = find(id, caller);
      Optional<Note> newest = seen.flatMap(stored -> records.note(partition(stored.template()), "newest", now));
      if (seen.isEmpty() || newest.isEmpty()) {
        return Optional.of(new Absent());
      }
      if (!ifMatch.test(seen.get().entry().version())) {
        return Optional.of(new Changed());
      }
      Optional<ExportJob> last = newest(newest.get()).map(ExportJobs.Stored::job);
      if (last.isPresent() && last.get().state().isUnfinished()) {
        return Optional.of(new Busy(last.get()));
      }
      // Files go first, each with its own duty: an interrupted deletion leaves a template that can be deleted again, and
      // no file without one.
      files(seen.get().template()).forEach(file -> requests.by(caller.id()).delete(ExportKind.EXPORT_FILE, file.id(), _ -> true, now));
      return records.commit(new Change.Delete(seen.get().entry()), new Change.RemoveNote(newest.get()))
          ? Optional.of(new Deleted()) : Optional.<Deletion>empty();
    });
  }

  private List<ExportJob> files(ExportTemplate template) {
    List<ExportJob> files = new ArrayList<>();
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent()) {
      Page page = records.list(Listing.of(ExportKind.EXPORT_FILE.collection(), template.orgId(), Set.of(), 100)
          .where("export_id", Long.toString(template.id())).after(cursor.get()));
      page.entries().forEach(entry -> files.add(ExportJobs.Stored.of(entry).job()));
      cursor = page.nextCursor();
    }
    return files;
  }

  private Optional<ExportJobs.Stored> newest(Note note) {
    String id = Documents.read(note.document(), Newest.class).fileId();
    return id.isEmpty() ? Optional.empty() : jobs.find(ExportKind.EXPORT_FILE, id);
  }

  private static String partition(ExportTemplate template) {
    return template.orgId() + "#" + COLLECTION + "#" + template.id();
  }
}
