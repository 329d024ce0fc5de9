package no.rapport.exportjobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// The export files of a template that is deleted. The newest go in the template's own transaction; the sweeper deletes the
/// others, a batch at a time. Without their template they cannot be read.
///
/// @param templateId the template's id as its files name it
public record TemplateFiles(String orgId, String templateId) {

  /// The partition of the notes that wait for the sweeper. They sort by organisation.
  public static final String PARTITION = "template-files";
  /// With their audit events, a template and the totals, this many fit into one transaction.
  private static final int BATCH = 10;
  /// What one turn of the sweeper may do.
  private static final int MAX_BATCHES_PER_TURN = 10;
  /// Files whose objects go at once; the most that S3 deletes at once.
  private static final int MAX_OBJECTS = 1_000;

  /// The next files to delete.
  ///
  /// @param isLast whether the template has no others
  public record Batch(List<Entry> files, boolean isLast) {

    /// The changes that delete them and leave the duty to remove what their attempts wrote.
    public List<Change> deletions(Instant now) {
      List<Change> changes = new ArrayList<>();
      for (Entry file : files) {
        changes.add(new Change.Delete(file));
      }
      List<String> prefixes = files.stream().flatMap(file -> job(file).leftovers().stream()).toList();
      if (!prefixes.isEmpty()) {
        changes.add(new Cleanup(prefixes, now.plus(ExportRequests.MAX_TASK_DURATION))
            .duty(files.getFirst().id() + "#template-deleted"));
      }
      return changes;
    }
  }

  public Batch next(Records records) {
    List<Entry> next = newest(records, BATCH + 1);
    return new Batch(next.subList(0, Math.min(BATCH, next.size())), next.size() <= BATCH);
  }

  /// The keys of the newest files' objects: links to them must not outlive the template.
  public List<String> objects(Records records) {
    return newest(records, MAX_OBJECTS / 2).stream().map(TemplateFiles::job)
        .flatMap(job -> Stream.of(job.file().map(ExportFile::key), job.leftOut()).flatMap(Optional::stream)).toList();
  }

  /// Returns the change that leaves the files to the sweeper.
  public Change duty() {
    return new Change.AddNote(Note.first(PARTITION, orgId + "#" + templateId, Documents.write(this), null));
  }

  /// Deletes some of the files that a note is about, and the note with the last.
  public static void deleteSome(Records records, Note note, Instant now) {
    TemplateFiles files = Documents.read(note.document(), TemplateFiles.class);
    for (int i = 0; i < MAX_BATCHES_PER_TURN; i++) {
      Batch batch = files.next(records);
      List<Change> changes = batch.deletions(now);
      if (batch.isLast()) {
        changes.add(new Change.RemoveNote(note));
      }
      if (!records.commit(changes) || batch.isLast()) {
        return;
      }
    }
  }

  private List<Entry> newest(Records records, int limit) {
    return records.first(
        Listing.of(ExportKind.EXPORT_FILE.collection(), orgId, Set.of(), limit).where("export_id", templateId));
  }

  private static ExportJob job(Entry entry) {
    return ExportJobs.Stored.of(entry).job();
  }
}
