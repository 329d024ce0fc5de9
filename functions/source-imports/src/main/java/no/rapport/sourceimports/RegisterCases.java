package no.rapport.sourceimports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import no.rapport.sourcedata.RegisterCase;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.Put;

/// The cases of an organisation that arrive as register documents. A conditional write of a case's item decides which
/// document may write the case.
final class RegisterCases {

  private static final int MAX_AT_ONCE = 16;
  private static final int MAX_ATTEMPTS = 20;
  private static final long MAX_PAUSE_MILLIS = 3_000;

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final String orgId;
  private final RowWriter.Pause pause;
  private final boolean dryRun;

  /// @param dryRun whether cases are read but not written
  RegisterCases(DynamoDbClient dynamoDb, String table, String orgId, RowWriter.Pause pause, boolean dryRun) {
    this.dryRun = dryRun;
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.orgId = orgId;
    this.pause = pause;
  }

  /// The claim of a document that it is the newest of its case.
  ///
  /// @param identities the identities of the records in the document
  record Claim(Version version, Set<String> identities) {}

  /// Claims cases for documents.
  ///
  /// @param claims the claims by case id, at most 100
  /// @return the claimed cases. The others already have this document or a newer one
  Map<String, RegisterCase> claim(Map<String, Claim> claims) {
    Map<String, RegisterCase> known = read(List.copyOf(claims.keySet()));
    var claimed = new ConcurrentHashMap<String, RegisterCase>();
    eachAtOnce(claims, (caseId, claim) -> {
      RegisterCase found = known.get(caseId);
      for (int attempt = 1; found.isOpenTo(claim.version()); attempt++) {
        RegisterCase changed = found.claimed(claim.version(), claim.identities());
        if (put(caseId, changed)) {
          claimed.put(caseId, changed);
          return;
        }
        pauseAfter(attempt);
        found = read(List.of(caseId)).get(caseId);
      }
    });
    return claimed;
  }

  /// Writes claimed cases, except those that a newer document has claimed since.
  void write(Map<String, RegisterCase> cases) {
    eachAtOnce(cases, this::put);
  }

  private boolean put(String caseId, RegisterCase changed) {
    if (dryRun) {
      return true;
    }
    Put put = changed.write(table, orgId, caseId);
    try {
      dynamoDb.putItem(request -> request
          .tableName(table)
          .item(put.item())
          .conditionExpression(put.conditionExpression())
          .expressionAttributeNames(put.hasExpressionAttributeNames() ? put.expressionAttributeNames() : null)
          .expressionAttributeValues(put.hasExpressionAttributeValues() ? put.expressionAttributeValues() : null));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  private Map<String, RegisterCase> read(List<String> caseIds) {
    var byKey = new LinkedHashMap<Map<String, AttributeValue>, String>();
    caseIds.forEach(caseId -> byKey.put(RegisterCase.key(orgId, caseId), caseId));
    var found = new LinkedHashMap<String, RegisterCase>();
    caseIds.forEach(caseId -> found.put(caseId, RegisterCase.of(Map.of())));
    List<Map<String, AttributeValue>> keys = List.copyOf(byKey.keySet());
    for (int attempt = 0; !keys.isEmpty(); attempt++) {
      if (attempt > 0) {
        pauseAfter(attempt);
      }
      var asked = KeysAndAttributes.builder().keys(keys).consistentRead(true).build();
      var response = dynamoDb.batchGetItem(request -> request.requestItems(Map.of(table, asked)));
      response.responses().getOrDefault(table, List.of()).forEach(item -> found.put(
          byKey.get(Map.of(SourceDataTable.PK, item.get(SourceDataTable.PK), SourceDataTable.SK,
              item.get(SourceDataTable.SK))), RegisterCase.of(item)));
      keys = response.unprocessedKeys().containsKey(table) ? response.unprocessedKeys().get(table).keys() : List.of();
    }
    return found;
  }

  private void pauseAfter(int attempt) {
    if (attempt == MAX_ATTEMPTS) {
      throw new ImportHeldUp("A case could not be claimed in " + attempt + " attempts", null);
    }
    try {
      pause.upTo(Math.min(MAX_PAUSE_MILLIS, 20L << Math.min(attempt, 10)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while claiming a case", e);
    }
  }

  private static <T> void eachAtOnce(Map<String, T> all, BiConsumer<String, T> action) {
    var places = new Semaphore(MAX_AT_ONCE);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      all.forEach((key, value) -> running.add(executor.submit(() -> {
        places.acquireUninterruptibly();
        try {
          action.accept(key, value);
        } finally {
          places.release();
        }
      })));
      for (Future<?> one : running) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while claiming cases", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("A case could not be claimed", e.getCause());
    }
  }
}
