package no.rapport.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import no.rapport.api.Environment;
import no.rapport.api.Ids;
import no.rapport.api.Log;
import no.rapport.records.AuditEvent;
import no.rapport.records.Documents;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Records;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Last task of an erasure: stores its receipt permanently among the organisation's audit events and returns it as the
/// output of the execution.
public final class WriteErasureReceipt implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// How long point-in-time recovery of DynamoDB can restore deleted items.
  static final Duration RECOVERY_WINDOW = Duration.ofDays(35);
  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};

  private final Records records;

  public WriteErasureReceipt() {
    this(new DynamoRecords(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        Environment.required("RECORDS_TABLE")));
  }

  WriteErasureReceipt(Records records) {
    this.records = records;
  }

  /// @param erasureId the execution's name
  /// @param erasedAt when the execution reached this task; a repeated task writes the same receipt
  record Input(String orgId, String erasureId, Instant erasedAt, int keysRevoked, int keysNarrowed, Tally records,
      Tally sourceRows, Tally objects) {}

  /// @param recoverableUntil the time until which point-in-time recovery of the tables still holds the erased data
  record Receipt(String orgId, String erasureId, Instant erasedAt, int keysRevoked, int keysNarrowed, Tally records,
      Tally sourceRows, Tally objects, Instant recoverableUntil) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    Input order = Documents.mapper().convertValue(input, Input.class);
    Instant at = order.erasedAt().truncatedTo(ChronoUnit.SECONDS);
    var receipt = new Receipt(order.orgId(), order.erasureId(), at, order.keysRevoked(), order.keysNarrowed(),
        order.records(), order.sourceRows(), order.objects(), at.plus(RECOVERY_WINDOW));
    var details = new TreeMap<String, String>();
    details.put("keys_revoked", Integer.toString(receipt.keysRevoked()));
    details.put("keys_narrowed", Integer.toString(receipt.keysNarrowed()));
    put(details, "records", receipt.records());
    put(details, "source_rows", receipt.sourceRows());
    put(details, "objects", receipt.objects());
    details.put("recoverable_until", receipt.recoverableUntil().toString());
    AuditEvent erased = AuditEvent.of("evt_" + Ids.derived(order.erasureId()).ulid(at), at, AuditEvent.ERASED,
        "organizations/" + order.orgId(), "operator", Optional.empty(), order.orgId(), details);
    ErasureTask.runTransiently(() -> records.commit(erased.written()));
    Log.info("organization_erased", Map.of("organization", order.orgId(), "erasure", order.erasureId(),
        "records", order.records().count(), "source_rows", order.sourceRows().count(),
        "objects", order.objects().count()));
    return Documents.mapper().convertValue(receipt, STATE);
  }

  private static void put(Map<String, String> details, String name, Tally tally) {
    details.put(name, Long.toString(tally.count()));
    details.put(name + "_sha256", tally.sha256());
  }
}
