package no.rapport.reportrecords;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Page;
import no.rapport.records.Records;

/// Records in which something happens just before the first commit.
final class InterruptedRecords implements Records {

  private final Records records;
  private Runnable interruption;

  InterruptedRecords(Records records, Runnable interruption) {
    this.records = records;
    this.interruption = interruption;
  }

  @Override
  public boolean commit(List<Change> changes) {
    Runnable now = interruption;
    interruption = () -> { };
    now.run();
    return records.commit(changes);
  }

  @Override
  public Optional<Entry> find(String collection, String id, Predicate<String> visible) {
    return records.find(collection, id, visible);
  }

  @Override
  public boolean wasRemoved(String collection, String id, Instant now) {
    return records.wasRemoved(collection, id, now);
  }

  @Override
  public Page list(Listing listing) {
    return records.list(listing);
  }

  @Override
  public List<Entry> inStatus(String collection, String status, int limit) {
    return records.inStatus(collection, status, limit);
  }

  @Override
  public long countInStatus(String collection, String orgId, String status) {
    return records.countInStatus(collection, orgId, status);
  }

  @Override
  public Optional<Note> note(String partition, String sort, Instant now) {
    return records.note(partition, sort, now);
  }

  @Override
  public List<Note> notes(String partition, String afterSort, int limit, Instant now) {
    return records.notes(partition, afterSort, limit, now);
  }
}
