package no.rapport.sourceimports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import no.rapport.sourcedata.CaseChangeGroup;
import no.rapport.sourcedata.CaseChanges;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/// Writes the rows of one file to the table, several transactions at a time.
///
/// Rows are distributed to eight lanes by their identity: rows with the same identity stay in order, and lanes share no
/// item. Other imports may write the same rows at the same time. If another write was first, the rows are read and
/// compared again, so the newest version remains, whatever the order. Conflicts and throttling are retried with full
/// jitter, for at most about 30 seconds without progress.
///
/// Not thread-safe. Memory: at most 32 batches of 95 rows or 1 MB.
final class RowWriter implements AutoCloseable {

  /// One lane for each group of [CaseChanges], so that no two lanes write the same counter.
  private static final int LANES = CaseChanges.GROUPS;
  private static final int BATCH_ROWS = 95;
  private static final int BATCH_BYTES = 1_000_000;
  private static final int BATCHES_WAITING = 2;
  private static final int MAX_ATTEMPTS = 20;
  private static final long MAX_PAUSE_MILLIS = 3_000;

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final RowKind kind;
  private final String orgId;
  private final Pause pause;
  private final boolean dryRun;
  private final List<Lane> lanes = new ArrayList<>();

  /// Waits before a retry.
  @FunctionalInterface
  interface Pause {

    /// Sleeps for a random time from 0 to `most` milliseconds (full jitter), so that writers that conflicted do not
    /// conflict again.
    Pause FULL_JITTER = most -> Thread.sleep(RandomGenerator.getDefault().nextLong(most + 1));

    void upTo(long mostMillis) throws InterruptedException;
  }

  /// @param dryRun whether rows are only compared with the stored data
  RowWriter(DynamoDbClient dynamoDb, String table, RowKind kind, String orgId, Pause pause, boolean dryRun) {
    this.dryRun = dryRun;
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.kind = kind;
    this.orgId = orgId;
    this.pause = pause;
    for (int number = 0; number < LANES; number++) {
      lanes.add(new Lane(number));
    }
  }

  /// Adds a row. Waits while its lane is busy.
  ///
  /// @throws RuntimeException if an earlier row could not be written
  void add(SourceRow row) {
    lanes.get(SourceDataTable.partOf(IdentityBucket.nameOf(row.identity())) % LANES).add(row);
  }

  /// Waits until every row has been written.
  ///
  /// @return the outcomes of the rows since the last call
  /// @throws RuntimeException if a row could not be written
  ImportCounts flush() {
    lanes.forEach(Lane::send);
    return lanes.stream().map(Lane::await).reduce(ImportCounts.NONE, ImportCounts::plus);
  }

  /// Stops without waiting. Rows that were not flushed may or may not have been written.
  @Override
  public void close() {
    lanes.forEach(lane -> lane.thread.interrupt());
  }

  private final class Lane {

    private final int number;
    private final ArrayBlockingQueue<Work> waiting = new ArrayBlockingQueue<>(BATCHES_WAITING);
    private final Thread thread;
    private List<SourceRow> batch = new ArrayList<>();
    private int batchBytes;
    private volatile RuntimeException failure;
    // Used by the lane's thread, and by callers that have waited for it.
    private ImportCounts counts = ImportCounts.NONE;
    private CaseChangeGroup group;

    /// @param done counted down when all earlier work is written; null for rows
    private record Work(List<SourceRow> rows, CountDownLatch done) {}

    Lane(int number) {
      this.number = number;
      this.thread = Thread.ofVirtual().start(this::run);
    }

    void add(SourceRow row) {
      batch.add(row);
      batchBytes += row.bytes();
      if (batch.size() >= BATCH_ROWS || batchBytes >= BATCH_BYTES) {
        send();
      }
    }

    void send() {
      if (!batch.isEmpty()) {
        hand(new Work(batch, null));
        batch = new ArrayList<>();
        batchBytes = 0;
      }
    }

    ImportCounts await() {
      var done = new CountDownLatch(1);
      hand(new Work(List.of(), done));
      try {
        done.await();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      throwFailure();
      ImportCounts written = counts;
      counts = ImportCounts.NONE;
      return written;
    }

    private void hand(Work work) {
      throwFailure();
      try {
        waiting.put(work);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    private void throwFailure() {
      if (failure != null) {
        throw failure;
      }
    }

    private void run() {
      try {
        while (true) {
          Work work = waiting.take();
          try {
            if (failure == null) {
              write(work.rows());
            }
          } catch (RuntimeException e) {
            // The lane continues to take work, so that no caller waits forever. The next call throws the failure.
            failure = e;
          }
          if (work.done() != null) {
            work.done().countDown();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void write(List<SourceRow> rows) throws InterruptedException {
      int from = 0;
      int attempt = 0;
      Map<String, IdentityBucket> buckets = null;
      while (from < rows.size()) {
        try {
          if (buckets == null) {
            buckets = read(rows.subList(from, rows.size()));
          }
          if (group == null) {
            group = readGroup();
          }
          var transaction = new RowTransaction(kind, orgId, table, buckets, group);
          int to = from;
          while (to < rows.size() && transaction.offer(rows.get(to))) {
            to++;
          }
          if (!transaction.isEmpty() && !dryRun) {
            var writes = transaction.writes();
            dynamoDb.transactWriteItems(request -> request.transactItems(writes));
            group = transaction.written();
          }
          counts = counts.plus(transaction.counts());
          from = to;
          attempt = 0;
        } catch (DynamoDbException e) {
          if (!mayPass(e)) {
            throw e;
          }
          if (++attempt == MAX_ATTEMPTS) {
            throw new ImportHeldUp("Rows could not be written in " + attempt + " attempts", e);
          }
          // Another import has written, so the rows must be read again.
          buckets = null;
          group = null;
          pause.upTo(Math.min(MAX_PAUSE_MILLIS, 20L << Math.min(attempt, 10)));
        }
      }
    }

    private Map<String, IdentityBucket> read(List<SourceRow> rows) throws InterruptedException {
      var buckets = new HashMap<String, IdentityBucket>();
      var byKey = new HashMap<Map<String, AttributeValue>, IdentityBucket>();
      for (SourceRow row : rows) {
        buckets.computeIfAbsent(IdentityBucket.nameOf(row.identity()), name -> {
          var bucket = new IdentityBucket(kind.bucketPartition(orgId, SourceDataTable.partOf(name)), name);
          byKey.put(bucket.key(), bucket);
          return bucket;
        });
      }
      List<Map<String, AttributeValue>> keys = List.copyOf(byKey.keySet());
      for (int attempt = 0; !keys.isEmpty(); attempt++) {
        if (attempt > 0) {
          pause.upTo(Math.min(MAX_PAUSE_MILLIS, 20L << Math.min(attempt, 10)));
        }
        if (attempt == MAX_ATTEMPTS) {
          throw new ImportHeldUp("Identities could not be read in " + attempt + " attempts", null);
        }
        var asked = KeysAndAttributes.builder().keys(keys).consistentRead(true).build();
        BatchGetItemResponse response = dynamoDb.batchGetItem(request -> request.requestItems(Map.of(table, asked)));
        response.responses().getOrDefault(table, List.of()).forEach(item -> byKey.get(Map.of(
            SourceDataTable.PK, item.get(SourceDataTable.PK),
            SourceDataTable.SK, item.get(SourceDataTable.SK))).load(item));
        keys = response.unprocessedKeys().containsKey(table)
            ? response.unprocessedKeys().get(table).keys()
            : List.of();
      }
      return buckets;
    }

    private CaseChangeGroup readGroup() {
      if (kind != RowKind.CASES) {
        return CaseChangeGroup.unchanged(number);
      }
      Map<String, AttributeValue> item = dynamoDb.getItem(request -> request
          .tableName(table)
          .consistentRead(true)
          .key(CaseChangeGroup.key(orgId, number))).item();
      return item.isEmpty() ? CaseChangeGroup.unchanged(number) : CaseChangeGroup.of(item);
    }
  }

  /// Returns whether a retry may succeed.
  static boolean mayPass(DynamoDbException e) {
    if (e instanceof TransactionCanceledException canceled) {
      return canceled.cancellationReasons().stream()
          .map(reason -> reason.code() == null ? "None" : reason.code())
          .collect(Collectors.toSet())
          .stream()
          .allMatch(code -> switch (code) {
            case "None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError",
                "ProvisionedThroughputExceeded" -> true;
            default -> false;
          });
    }
    return e instanceof TransactionInProgressException || e.isThrottlingException()
        || e.isRetryableException() || e.statusCode() >= 500;
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("Interrupted while writing source data", e);
  }
}
