package no.rapport.exportfiles;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import no.rapport.api.Caller;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportQuota;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.TemplateFiles;
import no.rapport.records.Change;
import no.rapport.records.Conflicts;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Stores templates in the records table and starts their files.
///
/// Each template has a note with the id of its newest file. Starting a file replaces the note; deleting the template
/// removes it. So two such requests at the same moment conflict, and the second one sees the result of the first.
final class ExportTemplates {

  static final String COLLECTION = "exports";
  /// The status of every template.
  static final String ACTIVE = "active";

  /// Of 2^31 ids, so many are never taken in a row.
  private static final int MAX_IDS = 10;

  private final Records records;
  private final ExportJobs jobs;
  private final ExportRequests requests;

  ExportTemplates(Records records, ExportJobs jobs, ExportRequests requests) {
    this.records = records;
    this.jobs = jobs;
    this.requests = requests;
  }

  /// A template with the stored entry that it was read from.
  record Stored(ExportTemplate template, Entry entry) {

    static Stored of(Entry entry) {
      return new Stored(Documents.read(entry.document(), ExportTemplate.class), entry);
    }
  }

  /// The id of the file that was started last; empty if none was started.
  private record Newest(String fileId) {}

  /// The outcome of a request to start a file.
  sealed interface Start {}

  /// The new file, or the unfinished file of the template.
  record Running(ExportJobs.Stored file) implements Start {}

  /// The order exceeds the organisation's quota.
  record Refused(ExportQuota.Exceeded exceeded) implements Start {}

  /// The template or the file has been deleted.
  record Gone() implements Start {}

  /// The outcome of a request to delete a template.
  sealed interface Deletion {}

  /// @param objects keys of the files' objects, to be removed at once
  record Deleted(String orgId, List<String> objects) implements Deletion {}

  record Absent() implements Deletion {}

  record Changed() implements Deletion {}

  /// A file of the template is unfinished.
  record Busy(ExportJob file) implements Deletion {}

  Optional<Stored> find(String id, Caller caller) {
    return records.find(COLLECTION, id, caller::maySee).map(Stored::of);
  }

  /// Stores a new template. Idempotent: a repeated request gets the stored template, and does not create it again if it
  /// has been deleted.
  ///
  /// @param templates the template under one id after the other, since an id may be taken
  Stored create(Supplier<ExportTemplate> templates) {
    for (int i = 0; i < MAX_IDS; i++) {
      ExportTemplate template = templates.get();
      Map<String, String> filters = Map.of("format", template.order().format().extension(),
          "period_from", template.order().period().from().toString(),
          "period_to", template.order().period().to().toString());
      Entry entry = Entry.first(COLLECTION, template.orgId(), Long.toString(template.id()), template.createdAt(), ACTIVE,
          filters, Documents.write(template));
      Note newest = Note.first(partition(template), "newest", Documents.write(new Newest("")), null);
      if (records.commit(new Change.Create(entry), new Change.AddNote(newest))
          || records.wasRemoved(COLLECTION, entry.id(), template.createdAt())) {
        return new Stored(template, entry);
      }
      Optional<Stored> own = records.find(COLLECTION, entry.id()).map(Stored::of)
          .filter(stored -> stored.template().equals(template));
      if (own.isPresent()) {
        return own.get();
      }
    }
    throw new IllegalStateException(MAX_IDS + " new ids were taken");
  }

  /// Starts a file of a template, or returns its unfinished file if there is one.
  ///
  /// @param ids one id after the other for a new file, since an id may be taken
  /// @param requestedBy the acting user or the key if there is none
  Start start(Stored seen, Supplier<String> ids, String requestedBy, Instant now) {
    ExportTemplate template = seen.template();
    String first = ids.get();
    Optional<Start> unfinished = unfinishedFile(template, first, now);
    if (unfinished.isPresent()) {
      return unfinished.get();
    }
    Optional<ExportQuota.Exceeded> exceeded = requests.exceededQuota(template.orgId(), now);
    if (exceeded.isPresent()) {
      return new Refused(exceeded.get());
    }
    var candidates = Stream.concat(Stream.of(first), Stream.generate(ids)).iterator();
    return Conflicts.retryOnConflict(() -> {
      String fileId = candidates.next();
      Optional<Note> newest = records.note(partition(template), "newest", now);
      Optional<Start> meanwhile = unfinishedFile(template, fileId, now);
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

  /// Returns the unfinished file or [Gone], or empty if a new file may be started.
  private Optional<Start> unfinishedFile(ExportTemplate template, String fileId, Instant now) {
    Optional<Note> newest = records.note(partition(template), "newest", now);
    if (newest.isEmpty()) {
      return Optional.of(new Gone());
    }
    return newest(newest.get())
        .filter(last -> last.job().state().isUnfinished()
            || last.job().id().equals(fileId) && last.job().createdAt().equals(now)).map(Running::new);
  }

  /// Removes a template with its files. What does not fit into one transaction is left to the sweeper; nothing can read it
  /// without the template.
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
      var files = new TemplateFiles(seen.get().template().orgId(), id);
      TemplateFiles.Batch first = files.next(records);
      List<String> objects = files.objects(records);
      List<Change> changes = new ArrayList<>(first.deletions(now));
      changes.add(new Change.Delete(seen.get().entry()));
      changes.add(new Change.RemoveNote(newest.get()));
      if (!first.isLast()) {
        changes.add(files.duty());
      }
      return records.commit(changes) ? Optional.of(new Deleted(files.orgId(), objects)) : Optional.<Deletion>empty();
    });
  }

  private Optional<ExportJobs.Stored> newest(Note note) {
    String id = Documents.read(note.document(), Newest.class).fileId();
    return id.isEmpty() ? Optional.empty() : jobs.find(ExportKind.EXPORT_FILE, id);
  }

  private static String partition(ExportTemplate template) {
    return template.orgId() + "#" + COLLECTION + "#" + template.id();
  }
}
