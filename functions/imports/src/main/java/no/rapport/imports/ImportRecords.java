package no.rapport.imports;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import no.rapport.api.Caller;
import no.rapport.records.Change;
import no.rapport.records.Conflicts;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Records;

/// The imports in the table of records. Every change is conditional on the record that was read; a final state never
/// changes.
public final class ImportRecords {

  static final String COLLECTION = "imports";

  private final Records records;

  public ImportRecords(Records records) {
    this.records = records;
  }

  /// An import with the entry from which it was read.
  record Stored(ImportRecord record, Entry entry) {

    static Stored of(Entry entry) {
      return new Stored(Documents.read(entry.document(), ImportRecord.class), entry);
    }
  }

  Records records() {
    return records;
  }

  Optional<Stored> find(String importId) {
    return records.find(COLLECTION, importId).map(Stored::of);
  }

  Optional<Stored> visible(String importId, Caller caller) {
    return records.find(COLLECTION, importId, caller::maySee).map(Stored::of);
  }

  /// Stores an announced import, or returns the import that an earlier, identical request has stored. Returns empty if
  /// that import has been erased.
  Optional<Stored> announce(ImportRecord announced) {
    Entry entry = entry(announced);
    return records.commit(new Change.Create(entry)) ? Optional.of(new Stored(announced, entry))
        : find(announced.importId());
  }

  /// Returns the import of an object, in state `processing` unless it has ended. The import was either announced, or is
  /// derived from the object. The same put always finds the same import.
  public ImportRecord begin(UploadedFile file, Instant now) {
    return Conflicts.retryOnConflict(() -> {
      Optional<Stored> announced = file.announcedId().flatMap(this::find)
          .filter(stored -> stored.record().key().equals(file.key()));
      if (announced.isPresent()) {
        ImportRecord known = announced.get().record();
        if (known.version().equals(Optional.of(file.version()))) {
          return Optional.of(known);
        }
        if (known.status().isWithoutFile()) {
          return replace(announced.get(), known.started(file, now));
        }
      }
      Optional<ImportRecord> known = find(file.derivedId()).map(Stored::record);
      if (known.isPresent()) {
        return known;
      }
      // A second file under a dry run's link is checked only, too: the first one was removed, so nothing refuses it.
      boolean dryRun = announced.map(Stored::record).filter(ImportRecord::dryRun).isPresent();
      ImportRecord found = ImportRecord.found(file, dryRun, now);
      return records.commit(new Change.Create(entry(found))) ? Optional.of(found) : Optional.empty();
    });
  }

  /// Stores how many bytes a paused import has read.
  public void reached(String importId, long bytesRead, Instant now) {
    changeUnlessFinal(importId, record -> record.reached(bytesRead, now));
  }

  /// Ends an import. Does nothing if it has already ended or has been erased.
  public void end(String importId, ImportResult result, Instant now) {
    changeUnlessFinal(importId, record -> record.ended(result, now));
  }

  /// Fails an import that writes no report.
  ///
  /// @param error a sentence for the import's owner
  public void fail(String importId, String error, Instant now) {
    end(importId, ImportResult.failed(error), now);
  }

  /// Expires an import whose file did not arrive. Does nothing if the import has changed since it was read.
  boolean expire(Stored overdue, Instant now) {
    return replace(overdue, overdue.record().expired(now)).isPresent();
  }

  /// Returns imports in a status, oldest first. The index is eventually consistent.
  List<Stored> inStatus(ImportStatus status, int limit) {
    return records.inStatus(COLLECTION, status.word(), limit).stream().map(Stored::of).toList();
  }

  /// Removes an import, unless it has changed since it was read.
  boolean remove(Stored stored) {
    return records.commit(new Change.Delete(stored.entry()));
  }

  private void changeUnlessFinal(String importId, Function<ImportRecord, ImportRecord> change) {
    Conflicts.retryOnConflict(() -> {
      Optional<Stored> stored = find(importId).filter(found -> !found.record().status().isFinal());
      return stored.isEmpty() ? Optional.of("nothing to change")
          : replace(stored.get(), change.apply(stored.get().record())).map(ImportRecord::importId);
    });
  }

  private Optional<ImportRecord> replace(Stored seen, ImportRecord next) {
    Entry entry = seen.entry().next(next.status().word(), next.filters(), Documents.write(next));
    return records.commit(new Change.Replace(seen.entry(), entry)) ? Optional.of(next) : Optional.empty();
  }

  private static Entry entry(ImportRecord record) {
    return Entry.first(COLLECTION, record.orgId(), record.importId(), record.createdAt(), record.status().word(),
        record.filters(), Documents.write(record));
  }
}
