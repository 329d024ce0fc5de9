package no.rapport.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import no.rapport.api.Environment;
import no.rapport.records.Change;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Records;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Removes an organisation's resources of all contracts and its notes. Its audit events and the audit lines of deleted
/// reports stay, since they hold no content.
///
/// A running job finds its record missing and stops. The second pass removes objects that it still wrote.
public final class EraseRecords implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private static final String TEMPLATES = "exports";
  static final List<String> COLLECTIONS = List.of("report-reexports", "report-records", "bufdir-exports", "export-files",
      TEMPLATES, "aggregated-report-data", "imports", "webhooks");
  /// This many deletions, with their totals and notes, fit into one transaction.
  private static final int MAX_DELETIONS_PER_COMMIT = 15;
  private static final int MAX_NOTES_PER_READ = 50;

  private final Records records;
  private final Clock clock;

  public EraseRecords() {
    this(new DynamoRecords(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        Environment.required("RECORDS_TABLE")), Clock.systemUTC());
  }

  EraseRecords(Records records, Clock clock) {
    this.records = records;
    this.clock = clock;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return ErasureTask.perform(input, context, this::erase);
  }

  private ErasureTask.Output erase(ErasureTask.Input order, BooleanSupplier isOutOfTime) {
    Tally tally = order.tallySoFar();
    for (String collection : COLLECTIONS) {
      while (true) {
        List<Entry> batch = records.list(
            Listing.of(collection, order.orgId(), Set.of(), MAX_DELETIONS_PER_COMMIT)).entries();
        if (batch.isEmpty()) {
          break;
        }
        if (isOutOfTime.getAsBoolean()) {
          return new ErasureTask.Output(false, tally);
        }
        List<Entry> erased = erase(batch);
        for (Entry entry : erased) {
          tally = tally.plus(entry.collection() + "/" + entry.id() + "/" + entry.version());
        }
      }
    }
    for (String partition : partitions(order.orgId())) {
      tally = eraseNotes(partition, tally);
    }
    return new ErasureTask.Output(true, tally);
  }

  /// Deletes a batch in one commit. If that fails because a resource changed, deletes each alone and returns the
  /// deleted ones; the next call retries the rest.
  private List<Entry> erase(List<Entry> batch) {
    if (records.commit(batch.stream().<Change>map(Change.Delete::new).toList())) {
      batch.forEach(this::eraseNotesOf);
      return batch;
    }
    return batch.stream().filter(entry -> records.commit(new Change.Delete(entry))).peek(this::eraseNotesOf).toList();
  }

  private void eraseNotesOf(Entry entry) {
    if (entry.collection().equals(TEMPLATES)) {
      eraseNotes(entry.orgId() + "#" + TEMPLATES + "#" + entry.id(), Tally.NOTHING);
    }
  }

  private List<String> partitions(String orgId) {
    List<String> partitions = new ArrayList<>();
    String aggregation = "aggregation#" + orgId;
    for (Note note : records.notes(aggregation, "period#", 10_000, clock.instant())) {
      partitions.add("aggregation-events#" + orgId + "#" + note.sort().substring("period#".length()));
    }
    partitions.addAll(List.of(aggregation, "report-deletions#" + orgId, "stream-leases#" + orgId));
    return partitions;
  }

  private Tally eraseNotes(String partition, Tally before) {
    Tally tally = before;
    String after = "";
    List<Note> notes = records.notes(partition, after, MAX_NOTES_PER_READ, clock.instant());
    while (!notes.isEmpty()) {
      for (Note note : notes) {
        if (records.commit(new Change.RemoveNote(note))) {
          tally = tally.plus(note.partition() + "/" + note.sort() + "/" + note.version());
        }
        after = note.sort();
      }
      notes = records.notes(partition, after, MAX_NOTES_PER_READ, clock.instant());
    }
    return tally;
  }
}
