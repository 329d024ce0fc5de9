package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Stack.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import no.rapport.aggregatedreportdata.Executions.Standing;
import no.rapport.aggregatedreportdata.Stack.Answer;
import no.rapport.api.Ids;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.records.DynamoRecords;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Melding;
import org.junit.jupiter.api.BeforeEach;
import no.rapport.sourcedata.RegisterRule;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The endpoints and the state machine's tasks, on DynamoDB Local.
class AggregatedReportDataTest {

  private final DynamoDbClient client = HeapDynamoDb.newClient();
  private final String table = EmbeddedDynamoDb.newTable(client, "RecordsTable");
  private Stack stack;
  private int reports;

  @BeforeEach
  void createEmptyStack() {
    stack = new Stack(new DynamoRecords(client, table));
    stack.cases.name(ORG, "Barnevernstjenesten Oslo Sør");
    report(ORG, "2024-05-01");
  }

  // ---------- shapes ------------------------------------------------------------------------------------------------

  @Test
  void acceptsARequestInTheShapeOfTheContract() {
    Answer answer = stack.post(ORG, "2024", false);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.members()).containsExactly("snapshot_id", "organization_id", "period_id", "snapshot_status",
        "job_id", "estimated_completion_seconds", "aggregated_at", "created_at");
    assertThat(answer.text("/snapshot_id")).matches("snap-[0-9A-Z]{26}");
    assertThat(answer.text("/job_id")).matches("job-agg-[0-9A-Z]{26}");
    assertThat(answer.text("/snapshot_status")).isEqualTo("processing");
    assertThat(answer.json().get("aggregated_at").isNull()).isTrue();
    assertThat(answer.json().get("estimated_completion_seconds").isIntegralNumber()).isTrue();
    assertThat(answer.headers()).containsEntry("Location",
        "/api/v1/aggregated-report-data/" + answer.text("/snapshot_id")).containsKey("Retry-After");
    assertThat(stack.executions.started).extracting(Claim::jobId).containsExactly(answer.text("/job_id"));
  }

  @Test
  void showsASnapshotInTheShapeOfTheContract() {
    String id = stack.aggregated(ORG, "2024");

    Answer answer = stack.get(id);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.members()).containsExactly("snapshot_id", "organization_id", "organization_name", "period_id",
        "snapshot_status", "cache_valid", "aggregated_at", "sections", "prior_period", "field_count",
        "populated_field_count", "invalidation_reason", "job_id", "execution_arn", "rule_version",
        "cache_invalid_reason");
    assertThat(answer.text("/organization_name")).isEqualTo("Barnevernstjenesten Oslo Sør");
    assertThat(answer.text("/snapshot_status")).isEqualTo("current");
    assertThat(answer.json().get("cache_valid").booleanValue()).isTrue();
    assertThat(answer.json().get("prior_period").isNull()).isTrue();
    assertThat(names(answer.json().get("sections"), "section_id")).containsExactly("meldinger", "undersokelser",
        "hjelpetiltak", "barn-under-omsorg", "oppfolging-og-tilsyn", "ettervern", "bemanning");
    assertThat(answer.text("/sections/3/section_title")).isEqualTo("Barn under omsorg");
    assertThat(answer.json().at("/sections/0/fields/0").toString()).isEqualTo("""
        {"field_key":"antall_meldinger_mottatt","value":1,"prior_period_value":null,"data_source":"familia"}""");
    assertThat(answer.json().get("field_count").intValue()).isEqualTo(34);
    assertThat(answer.json().get("populated_field_count").intValue()).isEqualTo(4);
    assertThat(answer.text("/execution_arn")).endsWith(":" + answer.text("/job_id"));
    assertThat(answer.headers()).containsKey("ETag").doesNotContainKey("Retry-After");
  }

  @Test
  void listsSnapshotsInTheShapeOfTheContract() {
    stack.aggregated(ORG, "2023");
    String newest = stack.aggregated(ORG, "2024");

    Answer answer = stack.list(Map.of("organization_id", ORG));

    assertThat(answer.members()).containsExactly("data", "pagination");
    JsonNode first = answer.json().at("/data/0");
    var members = new ArrayList<String>();
    first.fieldNames().forEachRemaining(members::add);
    assertThat(members).containsExactly("snapshot_id", "organization_id", "organization_name", "period_id",
        "snapshot_status", "field_count", "populated_field_count", "cache_valid", "aggregated_at");
    assertThat(statuses()).containsEntry(newest, "current");
    assertThat(answer.json().get("pagination").toString()).isEqualTo("""
        {"page":1,"limit":20,"total":2}""");
  }

  @Test
  void showsNoSectionsBeforeTheFirstAggregationHasEnded() {
    String id = stack.post(ORG, "2024", false).text("/snapshot_id");

    Answer answer = stack.get(id);

    assertThat(answer.json().get("sections")).isEmpty();
    assertThat(answer.json().get("cache_valid").booleanValue()).isFalse();
    assertThat(answer.json().get("aggregated_at").isNull()).isTrue();
    assertThat(answer.headers()).containsEntry("Retry-After", "1");
  }

  @Test
  void refusesAllWrongFieldsTogether() {
    Answer answer = stack.post("""
        {"organization_id": "a b", "period_id": "2024-Q5", "force_reaggregate": "yes", "extra": 1}""", Map.of());

    assertThat(answer.status()).isEqualTo(422);
    assertThat(names(answer.json().get("errors"), "pointer")).containsExactlyInAnyOrder("/organization_id",
        "/period_id", "/force_reaggregate", "/extra");
    assertThat(stack.put("snap-1", "{\"invalidate_cache\": false}", Map.of()).json().get("errors")).hasSize(2);
    assertThat(stack.put("snap-1", "{\"reason\": \"x\"}", Map.of()).status()).isEqualTo(422);
    assertThat(stack.post("{\"organization_id\": \"org-1042\"}", Map.of()).status()).isEqualTo(422);
    assertThat(stack.list(Map.of("colour", "red")).status()).isEqualTo(400);
    assertThat(stack.executions.started).isEmpty();
  }

  @Test
  void letsAnOrganisationStartThreeHundredAggregationsAnHour() {
    String snapshot = stack.post(ORG, "2024", true).text("/snapshot_id");
    for (int i = 1; i < Snapshots.MAX_PER_HOUR; i++) {
      assertThat(stack.put(snapshot).status()).isEqualTo(202);
    }
    int runs = stack.executions.started.size();

    for (Answer refused : List.of(stack.put(snapshot), stack.post(ORG, "2023", false))) {
      assertThat(refused.status()).isEqualTo(429);
      assertThat(Integer.parseInt(refused.headers().get("Retry-After"))).isBetween(3_500, 3_901);
    }
    assertThat(stack.executions.started).hasSize(runs);
    assertThat(stack.post(ORG, "2024", false).status()).as("joins what is running").isEqualTo(202);
    assertThat(stack.post("org-2001", "2024", true).status()).as("another organisation").isEqualTo(202);
  }

  @Test
  void letsAnOrganisationHaveFourYearsOfAggregationsAtOnceAndRefusesMoreWith429() {
    String finished = stack.aggregated(ORG, "2023");
    String first = stack.post(ORG, "2024", true).text("/snapshot_id");
    for (int i = 1; i < Snapshots.AT_WORK; i++) {
      assertThat(stack.post(ORG, "2024", true).status()).isEqualTo(202);
    }
    int runs = stack.executions.started.size();

    Answer refused = stack.post(ORG, "2024", true);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers()).containsEntry("Retry-After", "5");
    assertThat(stack.put(finished).status()).as("one more").isEqualTo(429);
    assertThat(stack.get(finished).text("/snapshot_status")).isEqualTo("current");
    assertThat(stack.list(Map.of("organization_id", ORG)).json().at("/pagination/total").asInt())
        .isEqualTo(Snapshots.AT_WORK + 1);
    assertThat(stack.executions.started).hasSize(runs);
    assertThat(stack.post(ORG, "2024", false).status()).as("joins what is running").isEqualTo(202);
    assertThat(stack.put(first).status()).as("takes the place of what is running").isEqualTo(202);
    assertThat(stack.post("org-2001", "2024", true).status()).as("another organisation").isEqualTo(202);
    stack.fail(stack.executions.started.get(runs).jobId());
    assertThat(stack.post(ORG, "2024", true).status()).as("once one has ended").isEqualTo(202);
  }

  @Test
  void doesNotRestoreDeletedSnapshotOnLateRetry() {
    var ids = Ids.derived("one request");
    var request = new RequestAggregation(stack.data.snapshots(), stack.data.cases(), stack.data.executions());
    var order = new RequestAggregation.Order(ORG, "2024", true);
    Instant now = stack.clock.instant();
    Snapshots.Stored made = ((Snapshots.Started) request.apply(order, ids, now)).stored();
    stack.fail(made.snapshot().run().jobId());
    assertThat(stack.delete(made.snapshot().snapshotId()).status()).isEqualTo(200);

    assertThat(request.apply(order, Ids.derived("one request"), now)).isInstanceOf(Snapshots.Started.class);

    assertThat(stack.get(made.snapshot().snapshotId()).status()).isEqualTo(404);
    assertThat(stack.list(Map.of("organization_id", ORG)).json().at("/pagination/total").asInt()).isZero();
  }

  // ---------- the cache ---------------------------------------------------------------------------------------------

  @Test
  void answersFromTheCacheWhileTheSourceIsUnchanged() {
    String id = stack.aggregated(ORG, "2024");

    Answer cached = stack.post(ORG, "2024", false);

    assertThat(cached.status()).isEqualTo(200);
    Answer shown = stack.get(id);
    assertThat(cached.members().subList(0, 8)).containsExactly("snapshot_id", "organization_id", "period_id",
        "snapshot_status", "job_id", "estimated_completion_seconds", "aggregated_at", "created_at");
    assertThat(cached.members()).containsAll(shown.members());
    shown.members().forEach(member -> assertThat(cached.json().get(member)).as(member)
        .isEqualTo(shown.json().get(member)));
    assertThat(cached.json().get("estimated_completion_seconds").intValue()).isZero();
    assertThat(stack.executions.started).hasSize(1);
  }

  @Test
  void aggregatesAgainAfterTheSourceChanged() {
    String id = stack.aggregated(ORG, "2024");
    report(ORG, "2024-06-01");

    assertThat(stack.get(id).json().get("cache_valid").booleanValue()).isFalse();
    assertThat(stack.list(Map.of()).json().at("/data/0/cache_valid").booleanValue()).isFalse();
    Answer answer = stack.post(ORG, "2024", false);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text("/snapshot_id")).isNotEqualTo(id);
    stack.run(answer.text("/job_id"));
    assertThat(stack.get(answer.text("/snapshot_id")).json().get("cache_valid").booleanValue()).isTrue();
    assertThat(stack.post(ORG, "2024", false).status()).isEqualTo(200);
  }

  @Test
  void answersFromTheCacheWithAnOlderSnapshotThatWasAggregatedLast() {
    String older = stack.aggregated(ORG, "2024");
    String newer = stack.aggregated(ORG, "2024");
    report(ORG, "2024-06-01");
    stack.run(stack.put(older).text("/job_id"));

    Answer cached = stack.post(ORG, "2024", false);

    assertThat(cached.status()).isEqualTo(200);
    assertThat(cached.text("/snapshot_id")).isEqualTo(older);
    assertThat(stack.get(newer).json().get("cache_valid").booleanValue()).isFalse();
  }

  @Test
  void isStaleIfTheSourceChangedDuringTheRead() {
    Answer answer = stack.post(ORG, "2024", false);
    var last = stack.merged(answer.text("/job_id"));
    report(ORG, "2024-06-01");
    stack.publish(last);

    assertThat(stack.get(answer.text("/snapshot_id")).json().get("cache_valid").booleanValue()).isFalse();
  }

  @Test
  void makesANewSnapshotWhenForced() {
    String old = stack.aggregated(ORG, "2024");

    String forced = stack.aggregated(ORG, "2024");

    assertThat(forced).isNotEqualTo(old);
    assertThat(statuses()).isEqualTo(Map.of(old, "historical", forced, "current"));
  }

  @Test
  void startsOneJobForManyEqualRequestsAtOnce() throws Exception {
    List<Answer> answers = atOnce(IntStream.range(0, 8)
        .<Callable<Answer>>mapToObj(_ -> () -> stack.post(ORG, "2024", false)).toList());

    assertThat(answers).extracting(Answer::status).containsOnly(202);
    assertThat(answers.stream().map(a -> a.text("/snapshot_id")).distinct()).hasSize(1);
    assertThat(answers.stream().map(a -> a.text("/job_id")).distinct()).hasSize(1);
    assertThat(stack.executions.started).hasSize(1);
    assertThat(stack.list(Map.of()).json().at("/pagination/total").intValue()).isEqualTo(1);
  }

  @Test
  void replaysTheFirstAnswerToAnIdempotencyKey() {
    String body = """
        {"organization_id": "org-1042", "period_id": "2024", "force_reaggregate": true}""";
    Answer first = stack.post(body, Map.of("Idempotency-Key", "k1"));
    Answer again = stack.post(body, Map.of("Idempotency-Key", "k1"));

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(stack.post(body.replace("2024", "2023"), Map.of("Idempotency-Key", "k1")).status()).isEqualTo(422);
    assertThat(stack.executions.started).hasSize(1);
  }

  // ---------- invalidation ------------------------------------------------------------------------------------------

  @Test
  void aggregatesAgainUnderTheSameIdWhileReadersKeepTheLastGoodFigures() {
    String id = stack.aggregated(ORG, "2024");
    report(ORG, "2024-06-01");

    Answer put = stack.put(id);

    assertThat(put.status()).isEqualTo(202);
    assertThat(put.members()).containsExactly("snapshot_id", "organization_id", "period_id", "snapshot_status",
        "cache_valid", "invalidation_reason", "job_id", "invalidated_at");
    assertThat(put.text("/snapshot_id")).isEqualTo(id);
    assertThat(put.text("/invalidation_reason")).isEqualTo("Fagsystem data updated after deadline extension");
    Answer meanwhile = stack.get(id);
    assertThat(meanwhile.text("/snapshot_status")).isEqualTo("processing");
    assertThat(meanwhile.json().get("cache_valid").booleanValue()).isFalse();
    assertThat(meanwhile.json().at("/sections/0/fields/0/value").intValue()).isEqualTo(1);
    stack.run(put.text("/job_id"));
    Answer after = stack.get(id);
    assertThat(after.text("/snapshot_status")).isEqualTo("current");
    assertThat(after.json().at("/sections/0/fields/0/value").intValue()).isEqualTo(2);
    assertThat(after.json().get("cache_valid").booleanValue()).isTrue();
  }

  @Test
  void supersedesARunningAggregationWhichThenWritesNothing() {
    String id = stack.aggregated(ORG, "2024");
    String old = stack.put(id).text("/job_id");
    var late = stack.merged(old);
    report(ORG, "2024-06-01");
    String fresh = stack.put(id).text("/job_id");

    assertThat(stack.executions.stopped).containsExactly(old);
    assertThatThrownBy(() -> stack.publish(late)).isInstanceOf(SupersededRun.class);
    assertThat(stack.fail(old).get("failed")).isEqualTo(false);
    assertThat(stack.get(id).text("/snapshot_status")).isEqualTo("processing");
    stack.run(fresh);
    assertThatThrownBy(() -> stack.publish(late)).isInstanceOf(SupersededRun.class);
    assertThatThrownBy(() -> stack.merged(old)).isInstanceOf(SupersededRun.class);
    assertThat(stack.get(id).json().at("/sections/0/fields/0/value").intValue()).isEqualTo(2);
  }

  @Test
  void publishesNothingOfOlderAggregationThatEndsLate() throws Exception {
    var late = stack.merged(stack.post(ORG, "2024", true).text("/job_id"));
    report(ORG, "2024-06-01");
    String newer = stack.aggregated(ORG, "2024");

    stack.publish(late);

    String told = Stack.text(stack.watch(Map.of("organization_id", ORG, "period_id", "2024"),
        Map.of("Last-Event-ID", "0")));
    assertThat(told.split("event: data_updated", -1)).as(told).hasSize(2);
    assertThat(told).contains(newer);
    assertThat(stack.get(newer).text("/snapshot_status")).isEqualTo("current");
  }

  @Test
  void joinsAnAggregationThatAnInvalidationHasStarted() {
    String id = stack.aggregated(ORG, "2024");
    Answer put = stack.put(id);

    Answer answer = stack.post(ORG, "2024", false);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text("/job_id")).isEqualTo(put.text("/job_id"));
  }

  @Test
  void keepsTheLastGoodFiguresWhenAnAggregationFails() {
    String older = stack.aggregated(ORG, "2024");
    String id = stack.aggregated(ORG, "2024");
    stack.fail(stack.put(id).text("/job_id"));

    Answer failed = stack.get(id);
    assertThat(failed.text("/snapshot_status")).isEqualTo("failed");
    assertThat(failed.json().get("cache_valid").booleanValue()).isFalse();
    assertThat(failed.json().at("/sections/0/fields/0/value").intValue()).isEqualTo(1);
    assertThat(statuses()).isEqualTo(Map.of(id, "failed", older, "current"));

    stack.run(stack.put(id).text("/job_id"));
    assertThat(statuses()).isEqualTo(Map.of(id, "current", older, "historical"));
  }

  @Test
  void honoursIfMatch() {
    String id = stack.aggregated(ORG, "2024");
    String etag = stack.get(id).headers().get("ETag");
    String body = "{\"invalidate_cache\": true, \"reason\": \"x\"}";

    assertThat(stack.put(id, body, Map.of("If-Match", "\"999\"")).status()).isEqualTo(412);
    assertThat(stack.delete(id, Map.of("If-Match", "\"999\"")).status()).isEqualTo(412);
    assertThat(stack.put(id, body, Map.of("If-Match", etag)).status()).isEqualTo(202);
    assertThat(stack.put(id, body, Map.of("If-Match", etag)).status()).isEqualTo(412);
  }

  // ---------- deletion ----------------------------------------------------------------------------------------------

  @Test
  void removesASnapshotWithItsCacheEntry() {
    String id = stack.aggregated(ORG, "2024");

    Answer answer = stack.delete(id);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"deleted\":true,\"snapshot_id\":\"" + id + "\",\"cache_cleared\":true}");
    assertThat(stack.get(id).status()).isEqualTo(404);
    assertThat(stack.delete(id).status()).isEqualTo(404);
    assertThat(stack.post(ORG, "2024", false).status()).isEqualTo(202);
  }

  @Test
  void deletionStopsAggregationAndDiscardsItsResult() {
    Answer answer = stack.post(ORG, "2024", false);
    var late = stack.merged(answer.text("/job_id"));

    assertThat(stack.delete(answer.text("/snapshot_id")).status()).isEqualTo(200);

    assertThat(stack.executions.stopped).containsExactly(answer.text("/job_id"));
    assertThatThrownBy(() -> stack.publish(late)).isInstanceOf(SupersededRun.class);
    assertThat(stack.get(answer.text("/snapshot_id")).status()).isEqualTo(404);
    Answer next = stack.post(ORG, "2024", false);
    assertThat(next.status()).isEqualTo(202);
    assertThat(next.text("/snapshot_id")).isNotEqualTo(answer.text("/snapshot_id"));
  }

  @Test
  void acceptsUnchangedReadOnlyMembersInPut() {
    String id = stack.aggregated(ORG, "2024");
    var body = (ObjectNode) stack.get(id).json();
    body.put("invalidate_cache", true).put("reason", "late data");

    Answer other = stack.put(id, body.deepCopy().put("period_id", "2023").toString(), Map.of());
    Answer same = stack.put(id, body.toString(), Map.of());

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().path("errors").findValuesAsText("pointer")).containsExactly("/period_id");
    assertThat(same.status()).isEqualTo(202);
  }

  @Test
  void filtersByStatusUnderBothNamesAndRefusesUnknownWords() {
    stack.aggregated(ORG, "2024");
    for (String name : new String[] {"status", "snapshot_status"}) {
      assertThat(stack.list(Map.of(name, "current")).json().at("/pagination/total").intValue()).isEqualTo(1);
      assertThat(stack.list(Map.of(name, "failed,historical")).json().at("/pagination/total").intValue()).isZero();
      assertThat(stack.list(Map.of(name, "current,done")).status()).isEqualTo(400);
    }
    assertThat(stack.list(Map.of("status", "current", "snapshot_status", "current")).status()).isEqualTo(400);
  }

  @Test
  void staysDeletedAfterLateResults() {
    Answer answer = stack.post(ORG, "2024", false);
    var late = stack.merged(answer.text("/job_id"));
    stack.fail(answer.text("/job_id"));
    stack.delete(answer.text("/snapshot_id"));

    assertThatThrownBy(() -> stack.publish(late)).isInstanceOf(SupersededRun.class);
    assertThat(stack.get(answer.text("/snapshot_id")).status()).isEqualTo(404);
    assertThat(stack.list(Map.of()).json().at("/pagination/total").intValue()).isZero();
  }

  @Test
  void promotesNextBestSnapshotWhenTheCurrentOneIsDeleted() {
    String y2022 = stack.aggregated(ORG, "2022");
    String first = stack.aggregated(ORG, "2024");
    String second = stack.aggregated(ORG, "2024");
    String y2023 = stack.aggregated(ORG, "2023");
    assertThat(statuses()).isEqualTo(
        Map.of(y2022, "historical", first, "historical", second, "current", y2023, "historical"));

    stack.delete(second);
    assertThat(statuses()).isEqualTo(Map.of(y2022, "historical", first, "current", y2023, "historical"));
    stack.delete(first);
    assertThat(statuses()).isEqualTo(Map.of(y2022, "historical", y2023, "current"));
    stack.delete(y2022);
    assertThat(statuses()).isEqualTo(Map.of(y2023, "current"));
  }

  // ---------- current, historical, prior ----------------------------------------------------------------------------

  @Test
  void hasOneCurrentSnapshotOfEachKindOfPeriod() {
    var ids = new HashMap<String, String>();
    for (String period : List.of("2024", "2023", "2024-H1", "2024-H2", "2024-Q4", "2025-Q1")) {
      ids.put(period, stack.aggregated(ORG, period));
    }

    assertThat(statuses()).isEqualTo(Map.of(ids.get("2024"), "current", ids.get("2023"), "historical",
        ids.get("2024-H1"), "historical", ids.get("2024-H2"), "current", ids.get("2024-Q4"), "historical",
        ids.get("2025-Q1"), "current"));
    assertThat(stack.list(Map.of("status", "current")).json().at("/pagination/total").intValue()).isEqualTo(3);
    assertThat(stack.list(Map.of("status", "current,historical")).json().get("data")).hasSize(6);
    assertThat(stack.list(Map.of("period_id", "2024,2024-H1")).json().at("/pagination/total").intValue()).isEqualTo(2);
    assertThat(stack.list(Map.of("period_from", "2024-07-01", "period_to", "2024-12-31")).json().get("data"))
        .hasSize(2);
  }

  @Test
  void keepsCurrentSnapshotCurrentDuringReaggregation() {
    String y2023 = stack.aggregated(ORG, "2023");
    String y2024 = stack.aggregated(ORG, "2024");
    String job = stack.put(y2024).text("/job_id");
    stack.aggregated(ORG, "2022");

    assertThat(statuses()).containsEntry(y2023, "historical").containsEntry(y2024, "processing");
    stack.run(job);
    assertThat(statuses()).containsEntry(y2023, "historical").containsEntry(y2024, "current");
  }

  @Test
  void showsTheFiguresOfTheSameKindOfPeriodOneYearBack() {
    report(ORG, "2023-02-01");
    report(ORG, "2023-05-01");
    stack.aggregated(ORG, "2023");
    String prior = stack.aggregated(ORG, "2023-H1");
    String id = stack.aggregated(ORG, "2024-H1");

    Answer answer = stack.get(id);

    assertThat(answer.json().at("/sections/0/fields/0/value").intValue()).isEqualTo(1);
    assertThat(answer.json().at("/sections/0/fields/0/prior_period_value").intValue()).isEqualTo(2);
    assertThat(answer.text("/prior_period/snapshot_id")).isEqualTo(prior);
    assertThat(answer.text("/prior_period/period_id")).isEqualTo("2023-H1");
    assertThat(answer.text("/prior_period/comparability")).isEqualTo("same");
    assertThat(answer.json().at("/prior_period/not_comparable").toString()).isEqualTo("[]");
    // Looked up when read: a newer snapshot of the prior period is shown at once.
    report(ORG, "2023-06-01");
    String newer = stack.aggregated(ORG, "2023-H1");
    assertThat(stack.get(id).json().at("/sections/0/fields/0/prior_period_value").intValue()).isEqualTo(3);
    stack.delete(newer);
    stack.delete(prior);
    assertThat(stack.get(id).json().get("prior_period").isNull()).isTrue();
  }

  @Test
  void marksFiguresThatCannotBeComparedAcrossACodeChange() {
    stack.aggregated(ORG, "2025");
    Answer answer = stack.get(stack.aggregated(ORG, "2026"));

    assertThat(answer.text("/prior_period/comparability")).isEqualTo("code_break");
    assertThat(answer.text("/prior_period/comparability_reason"))
        .contains("8.2", "reports of concern", "investigations");
    assertThat(answer.json().at("/prior_period/not_comparable").toString())
        .contains("antall_meldinger_henlagt", "antall_barn_plassert_utenfor_hjemmet")
        .doesNotContain("antall_barn_i_fosterhjem\"");
  }

  @Test
  void showsHowOftenTheCasesBreakTheRegistersRules() {
    stack.cases.registerCase(ORG, Map.of("cases", 2L, "elements", 9L, "elements_refused", 1L, "elements_deleted", 2L,
        "Sak 7/WARNING", 3L, "Melding 2c/ERROR", 4L, "Melding 2c/WARNING", 1L));
    String id = stack.aggregated(ORG, "2024");

    Answer answer = stack.checks(id);

    assertThat(answer.json().at("/control_totals").toString()).isEqualTo(
        "{\"cases_assessed\":2,\"elements\":{\"sent\":9,\"taken\":6,\"withdrawn\":2,\"refused\":1}}");
    assertThat(answer.json().at("/checks").toString()).contains("""
        {"rule_id":"Melding 2c","title":"SluttDato er etter sakens SluttDato","severity":"ERROR","count":4,\
        "status":"assessed"},\
        {"rule_id":"Melding 2c","title":"SluttDato er etter sakens SluttDato","severity":"WARNING","count":1,\
        "status":"assessed"},{"rule_id":"Melding 2e","title":"StartDato er før sakens StartDato","severity":"ERROR",\
        "count":0,"status":"assessed"}""");
    assertThat(stack.checks("snap-unknown").status()).isEqualTo(404);
  }

  @Test
  void ignoresCasesInOtherFormatsInChecks() {
    Answer answer = stack.checks(stack.aggregated(ORG, "2024"));

    assertThat(answer.json().at("/control_totals/cases_assessed").asInt()).isZero();
    assertThat(answer.json().at("/checks")).hasSize(RegisterRule.values().length).allSatisfy(check -> {
      assertThat(check.get("count").isNull()).isTrue();
      assertThat(check.get("status").asText()).isEqualTo("not_assessed");
    });
  }

  // ---------- organisations -----------------------------------------------------------------------------------------

  @Test
  void hidesOtherOrganisations() throws Exception {
    report("org-2", "2024-05-01");
    String theirs = stack.aggregated("org-2", "2024");
    String ours = stack.aggregated(ORG, "2024");
    stack.as("org", ORG);

    assertThat(stack.get(theirs).status()).isEqualTo(404);
    assertThat(stack.get(theirs).body()).isEqualTo("{\"message\":\"Not Found\"}");
    assertThat(stack.put(theirs).status()).isEqualTo(404);
    assertThat(stack.delete(theirs).status()).isEqualTo(404);
    assertThat(stack.post("org-2", "2024", false).status()).isEqualTo(404);
    assertThat(stack.ticket("{\"organization_id\": \"org-2\", \"period_id\": \"2024\"}").status()).isEqualTo(404);
    assertThat(names(stack.list(Map.of()).json().get("data"), "snapshot_id")).containsExactly(ours);
    assertThat(stack.list(Map.of("organization_id", "org-2")).json().at("/pagination/total").intValue()).isZero();
    assertThat(Stack.text(stack.watch(Map.of("organization_id", "org-2", "period_id", "2024"), Map.of())))
        .startsWith("{\"statusCode\":404").endsWith("{\"message\":\"Not Found\"}");
  }

  // ---------- repair ------------------------------------------------------------------------------------------------

  @Test
  void startsAggregationsThatCouldNotBeStarted() {
    stack.executions.unreachable = true;
    Answer answer = stack.post(ORG, "2024", false);
    assertThat(answer.status()).isEqualTo(202);
    stack.executions.unreachable = false;

    stack.sweep();

    stack.run(answer.text("/job_id"));
    assertThat(stack.get(answer.text("/snapshot_id")).text("/snapshot_status")).isEqualTo("current");
  }

  @Test
  void failsAggregationsWhoseExecutionEndedSilently() {
    Answer answer = stack.post(ORG, "2024", false);
    stack.executions.standings.put(answer.text("/job_id"), Standing.ENDED);

    stack.sweep();

    assertThat(stack.get(answer.text("/snapshot_id")).text("/snapshot_status")).isEqualTo("failed");
    assertThat(stack.post(ORG, "2024", false).text("/snapshot_id")).isNotEqualTo(answer.text("/snapshot_id"));
  }

  @Test
  void describesNoExecutionThatIsListedAsRunning() {
    stack.post(ORG, "2024", false);
    Answer ended = stack.post(ORG, "2023", false);
    stack.executions.standings.put(ended.text("/job_id"), Standing.ENDED);
    stack.clock.pass(Duration.ofMinutes(1));

    stack.sweep();

    assertThat(stack.executions.asked).containsExactly(ended.text("/job_id"));
  }

  @Test
  void keepsRunningAggregationsAndFailsThoseThatCannotStart() {
    Answer running = stack.post(ORG, "2024", false);
    stack.executions.unreachable = true;
    Answer never = stack.post(ORG, "2023", false);
    stack.sweep();
    assertThat(stack.get(never.text("/snapshot_id")).text("/snapshot_status")).isEqualTo("processing");

    stack.clock.pass(Duration.ofDays(365));
    stack.sweep();

    assertThat(stack.get(running.text("/snapshot_id")).text("/snapshot_status")).isEqualTo("processing");
    assertThat(stack.get(never.text("/snapshot_id")).text("/snapshot_status")).isEqualTo("failed");
  }

  // ---------- races -------------------------------------------------------------------------------------------------

  @Test
  void staysConsistentUnderConcurrentOperations() throws Exception {
    var acts = new ArrayList<Callable<Answer>>();
    for (int i = 0; i < 4; i++) {
      String id = stack.aggregated(ORG, "202" + i % 2);
      acts.add(() -> stack.delete(id));
      acts.add(() -> stack.put(id));
      acts.add(() -> stack.post(ORG, "2020", true));
    }
    atOnce(acts);
    // Every started aggregation ends: half of them well, two at a time.
    var ends = new ArrayList<Callable<Answer>>();
    for (Claim claim : stack.executions.started) {
      ends.add(() -> {
        try {
          if (claim.jobId().hashCode() % 2 == 0) {
            stack.run(claim.jobId());
          } else {
            stack.fail(claim.jobId());
          }
        } catch (SupersededRun e) {
          // one of those that were superseded or had ended before
        }
        return new Answer(0, Map.of(), "{}");
      });
    }
    atOnce(ends);

    assertThat(stack.list(Map.of("status", "processing")).json().at("/pagination/total").intValue()).isZero();
    JsonNode all = stack.list(Map.of("limit", "100")).json();
    assertThat(all.at("/pagination/total").intValue()).isEqualTo(all.get("data").size());
    // Derived once more from what is stored.
    var good = new ArrayList<Snapshots.Stored>();
    all.get("data").forEach(item -> stack.data.snapshots().find(item.get("snapshot_id").textValue())
        .filter(s -> s.snapshot().good()).ifPresent(good::add));
    Optional<String> expected = good.stream().map(s -> SnapshotRef.of(s.snapshot())).max(SnapshotRef::compareTo)
        .map(SnapshotRef::snapshotId);
    assertThat(names(stack.list(Map.of("status", "current")).json().get("data"), "snapshot_id"))
        .isEqualTo(expected.stream().toList());
    for (String period : List.of("2020", "2021")) {
      assertThat(stack.data.snapshots().newestGood(ORG, period).map(s -> SnapshotRef.of(s.snapshot())))
          .isEqualTo(good.stream().map(s -> SnapshotRef.of(s.snapshot())).filter(r -> r.periodId().equals(period))
              .max(SnapshotRef::compareTo));
    }
  }

  // ---------- confidentiality ---------------------------------------------------------------------------------------

  @Test
  void revealsNothingAboutAChild() throws Exception {
    var printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    var seen = new StringBuilder();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      List<CaseRecord> live = new RandomCases(5, 12, List.of("familia")).happen(300, RandomCases.ALL_TYPES);
      stack.cases.replace(ORG, live);
      String id = stack.aggregated(ORG, "2024");
      stack.fail(stack.put(id).text("/job_id"));
      Answer put = stack.put(id);
      stack.run(put.text("/job_id"));
      seen.append(put.body()).append(stack.get(id).body()).append(stack.list(Map.of()).body())
          .append(Stack.text(stack.watch(Map.of("organization_id", ORG, "period_id", "2024", "last_event_id", "0"),
              Map.of())));
    } finally {
      System.setOut(before);
    }
    stack.states.forEach(seen::append);
    client.scanPaginator(scan -> scan.tableName(table)).items().forEach(seen::append);
    seen.append(printed.toString(StandardCharsets.UTF_8));

    assertThat(seen.toString()).contains("data_updated", "antall_meldinger_mottatt", "aggregation_failed")
        .doesNotContain("barn-1", "barn-2", "stilling-r", "\"r1", "2023-11-30", "2024-02-29");
  }

  // ---------- fixtures ----------------------------------------------------------------------------------------------

  private void report(String orgId, String received) {
    int n = reports++;
    stack.cases.add(orgId, new Melding("m-" + n, "familia", Instant.EPOCH, "b-" + n,
        LocalDate.parse(received), Optional.empty(), OptionalInt.empty()));
  }

  private Map<String, String> statuses() {
    var statuses = new HashMap<String, String>();
    stack.list(Map.of("limit", "100")).json().get("data")
        .forEach(item -> statuses.put(item.get("snapshot_id").textValue(), item.get("snapshot_status").textValue()));
    return statuses;
  }

  private static List<String> names(JsonNode list, String member) {
    return StreamSupport.stream(list.spliterator(), false).map(item -> item.get(member).textValue()).toList();
  }

  private static <T> List<T> atOnce(List<Callable<T>> acts) throws Exception {
    var barrier = new CyclicBarrier(acts.size());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = acts.stream().map(act -> threads.submit(() -> {
        barrier.await();
        return act.call();
      })).toList();
      var results = new ArrayList<T>();
      for (var future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }
}
