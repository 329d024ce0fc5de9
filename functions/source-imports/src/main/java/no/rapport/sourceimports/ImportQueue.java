package no.rapport.sourceimports;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import no.rapport.sourcedata.Conditions;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourceimports.ImportKey.RowFile;
import no.rapport.sourceimports.ImportPlaces.Lease;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/// The queue of files to import. Organisations share the places for running imports ([ImportPlaces]).
///
/// A file is in the queue from its event until its import ends. Taking a file leases a place. If the process dies, the
/// lease expires and the file is taken again. Files of one organisation are taken in the order in which they are due.
final class ImportQueue {

  private static final String WAITING = SourceDataTable.WAITING_IMPORTS;
  private static final String FILE = "file";
  private static final String PUT_AT = "put_at";
  private static final String ATTEMPTS = "attempts";
  private static final String PAUSED = "paused";
  /// More files than an organisation can import at the same time.
  private static final int MAX_LOOKED_AT = 50;
  private static final int MAX_TRIES = 40;
  private static final long MAX_PAUSE_MILLIS = 500;

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final int places;
  private final RowWriter.Pause pause;
  private final InstantSource clock;

  /// @param places how many imports may run at the same time
  ImportQueue(DynamoDbClient dynamoDb, String table, int places, RowWriter.Pause pause, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.places = places;
    this.pause = pause;
    this.clock = clock;
  }

  /// Returns how many of `most` concurrent invocations may import. The others handle events that find no free place.
  static int placesOf(int most) {
    return most - Math.max(1, most / 5);
  }

  /// A file that was taken from the queue.
  ///
  /// @param attempt the number of attempts since the last progress, starting with 1
  /// @param isPaused whether the import continues a paused one
  record Turn(RowFile file, Instant putAt, int attempt, boolean isPaused, String place, String lease) {}

  /// Adds a file, unless the same event has already added it.
  void add(RowFile file, Instant putAt) {
    Instant now = clock.instant();
    try {
      dynamoDb.putItem(put -> put.tableName(table)
          .item(item(file, putAt, putAt.isAfter(now) ? now : putAt, false, 0))
          .conditionExpression("attribute_not_exists(pk)"));
    } catch (ConditionalCheckFailedException e) {
      // The event was delivered again.
    }
  }

  /// Takes the organisation's file that has been due the longest. Returns empty if none is due or no place is free.
  ///
  /// @param expires when another process may take the file if this one dies
  Optional<Turn> take(String orgId, Instant expires) {
    for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
      List<Map<String, AttributeValue>> due = due(orgId, MAX_LOOKED_AT);
      ImportPlaces now = places();
      Optional<Map<String, AttributeValue>> next = due.stream()
          .filter(item -> !now.isAtWorkOn(hash(item.get(FILE).s()))).findFirst();
      if (next.isEmpty() || !now.hasPlaceFor(orgId, places)) {
        return Optional.empty();
      }
      Map<String, AttributeValue> item = next.get();
      int attempts = Integer.parseInt(item.get(ATTEMPTS).n());
      String key = item.get(FILE).s();
      var lease = new Lease(UUID.randomUUID().toString(), orgId, hash(key), expires);
      if (isCommitted(attempt, List.of(write(now.with(lease)), attempted(item, attempts)))) {
        return Optional.of(new Turn(
            (RowFile) ImportKey.of(key).orElseThrow(), Instant.ofEpochMilli(Long.parseLong(item.get(PUT_AT).n())),
            attempts + 1, item.get(PAUSED).bool(), item.get(SourceDataTable.SK).s(), lease.id()));
      }
    }
    return Optional.empty();
  }

  /// Removes a file from the queue and returns its place.
  void end(Turn turn) {
    leave(turn, Optional.empty());
  }

  /// Puts a paused import behind the waiting files.
  void pause(Turn turn) {
    leave(turn, Optional.of(item(turn.file(), turn.putAt(), clock.instant(), true, 0)));
  }

  /// Returns a file to the queue, to be taken again after a delay.
  void putOff(Turn turn, Duration delay) {
    leave(turn, Optional.of(
        item(turn.file(), turn.putAt(), clock.instant().plus(delay), turn.isPaused(), turn.attempt())));
  }

  /// Returns how many files of an organisation are due, running or not, at most `most`.
  int countDue(String orgId, int most) {
    return due(orgId, most).size();
  }

  /// Returns organisations with files in the queue, at most `most`.
  List<String> organizations(int most) {
    var found = new ArrayList<String>();
    String after = " ";
    while (found.size() < most) {
      String from = after;
      var items = dynamoDb.query(query -> query.tableName(table).consistentRead(true).limit(1)
          .keyConditionExpression("pk = :pk AND sk > :after")
          .expressionAttributeValues(Map.of(
              ":pk", AttributeValue.fromS(WAITING), ":after", AttributeValue.fromS(from)))).items();
      if (items.isEmpty()) {
        break;
      }
      String orgId = items.getFirst().get(SourceDataTable.SK).s().split("#", 2)[0];
      found.add(orgId);
      after = orgId + "$";
    }
    return List.copyOf(found);
  }

  private void leave(Turn turn, Optional<Map<String, AttributeValue>> again) {
    for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
      var writes = new ArrayList<TransactWriteItem>();
      writes.add(write(places().without(turn.lease())));
      var place = SourceDataTable.key(WAITING, turn.place());
      boolean isSamePlace = again.filter(item -> item.entrySet().containsAll(place.entrySet())).isPresent();
      if (!isSamePlace) {
        writes.add(TransactWriteItem.builder().delete(delete -> delete.tableName(table).key(place)).build());
      }
      again.ifPresent(item -> writes.add(
          TransactWriteItem.builder().put(put -> put.tableName(table).item(item)).build()));
      if (isCommitted(attempt, writes)) {
        return;
      }
    }
    throw new ImportHeldUp("A place could not be released", null);
  }

  private ImportPlaces places() {
    return ImportPlaces.of(
        dynamoDb.getItem(get -> get.tableName(table).key(ImportPlaces.key()).consistentRead(true)).item(),
        clock.instant());
  }

  private List<Map<String, AttributeValue>> due(String orgId, int most) {
    String now = orgId + "#" + time(clock.instant());
    return dynamoDb.query(query -> query.tableName(table).consistentRead(true).limit(most)
        .keyConditionExpression("pk = :pk AND sk BETWEEN :first AND :now")
        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(WAITING),
            ":first", AttributeValue.fromS(orgId + "#"), ":now", AttributeValue.fromS(now + "$")))).items();
  }

  private TransactWriteItem write(ImportPlaces places) {
    return TransactWriteItem.builder()
        .put(Conditions.ifUnchanged(table, places.item(), ImportPlaces.VERSION, places.version())).build();
  }

  private TransactWriteItem attempted(Map<String, AttributeValue> item, int attempts) {
    var next = new HashMap<>(item);
    next.put(ATTEMPTS, AttributeValue.fromN(String.valueOf(attempts + 1)));
    return TransactWriteItem.builder().put(put -> put.tableName(table).item(next)
        .conditionExpression("attempts = :attempts")
        .expressionAttributeValues(Map.of(":attempts", item.get(ATTEMPTS)))).build();
  }

  /// Commits the writes and returns true. If another process wrote first, waits and returns false.
  private boolean isCommitted(int attempt, List<TransactWriteItem> writes) {
    try {
      dynamoDb.transactWriteItems(request -> request.transactItems(writes));
      return true;
    } catch (DynamoDbException e) {
      if (!RowWriter.mayPass(e)) {
        throw e;
      }
      try {
        pause.upTo(Math.min(MAX_PAUSE_MILLIS, 10L << Math.min(attempt, 10)));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new ImportHeldUp("Interrupted while waiting for a place", interrupted);
      }
      return false;
    }
  }

  private static Map<String, AttributeValue> item(
      RowFile file, Instant putAt, Instant due, boolean isPaused, int attempts) {
    var item = new HashMap<>(
        SourceDataTable.key(WAITING, file.orgId() + "#" + time(due) + "#" + hash(file.key())));
    item.put(FILE, AttributeValue.fromS(file.key()));
    item.put(PUT_AT, AttributeValue.fromN(String.valueOf(putAt.toEpochMilli())));
    item.put(PAUSED, AttributeValue.fromBool(isPaused));
    item.put(ATTEMPTS, AttributeValue.fromN(String.valueOf(attempts)));
    return item;
  }

  private static String hash(String key) {
    return SourceDataTable.shortHash(key);
  }

  private static String time(Instant at) {
    return "%013d".formatted(at.toEpochMilli());
  }
}
