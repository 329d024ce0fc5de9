package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import no.rapport.records.Listing;
import no.rapport.reporting.Activity;
import no.rapport.sourceimports.ImportFile.Outcome;
import no.rapport.sourceimports.ImportKey.RowFile;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/// Checks that a paused and continued import has the same result as one that does not pause.
class PausedImportTest {

  private static final String CSV = "\uFEFFactivity_id,org_id,activity_type,date,participant_count,duration_minutes,"
      + "location,municipality,county,target_group,title,notes,ekstra,updated_at\r\n"
      + "a-1,org-042,course,2025-01-02,3,45,\"Sted, med komma\",0301,Oslo,,Æøå,,x,2025-01-03T00:00:00Z\r\n"
      + "a-2,org-042,course,2025-01-02,3,45,,0301,Oslo,,\"To\r\nlinjer \"\"sitat\"\"\",,x,2025-01-03T00:00:00Z\r\n"
      + "\r\n"
      + "a-3,org-042,course,2025-13-02,3,45,,0301,Oslo,,,,x,2025-01-03T00:00:00Z\r\n"
      + "a-4,org-042,course,2025-01-02,3,45,,0301,Oslo,,,\"never closed,x,2025-01-03T00:00:00Z\r\n"
      + "a-1,org-042,course,2025-03-04,4,45,,0301,Oslo,,č đ ŋ,Ring 01010750160 nå,x,2025-01-03T00:00:00Z\r\n"
      + "a-5,org-042,course,2025-01-05,5,45,,0301,Oslo,,Siste,,x,2025-01-03T00:00:00Z";

  @Test
  void hasSameResultWhereverItPauses() {
    var atOnce = new SourceData();
    JsonNode whole = atOnce.importText(atOnce.activitiesKey("file.csv"), CSV);
    List<Activity> rows = atOnce.read("2025-01-01", "2025-12-31");
    assertThat(whole.at("/counts/read").asInt()).isEqualTo(6);
    assertThat(whole.at("/counts/imported").asInt()).isEqualTo(4);
    assertThat(whole.at("/rejected").size()).isEqualTo(2);
    assertThat(whole.at("/masked").toString()).isEqualTo("[{\"line\":8,\"columns\":[\"notes\"]}]");

    for (int first = 1; first <= 6; first++) {
      for (int each = 1; each <= 3; each++) {
        var data = new SourceData();
        String key = data.activitiesKey("file.csv");
        data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
        importInSteps(data, key, first, each);

        JsonNode report = data.report(key);
        for (String part : List.of("counts", "rejected", "masked", "unknown_columns", "status")) {
          assertThat(report.get(part)).as(part + " paused after " + first).isEqualTo(whole.get(part));
        }
        assertThat(data.read("2025-01-01", "2025-12-31")).isEqualTo(rows);
        assertThat(data.keys(key)).containsExactly(key, key + ".report.json");
        assertThat(data.keys(stateOf(key))).as("states of paused imports").isEmpty();
      }
    }
  }

  @Test
  void restartsIfFileIsReplacedDuringPause() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    assertThat(begin(data, key, 3)).isEqualTo(Outcome.PAUSED);
    data.put(key, CSV.replace("Siste", "Sist").getBytes(StandardCharsets.UTF_8));

    assertThat(resume(data, key, 100)).isEqualTo(Outcome.SUPERSEDED);

    assertThat(data.keys(key)).containsExactly(key);
    data.deliver(key, SourceData.NOON.plusSeconds(1), () -> 900_000);
    assertThat(data.report(key).at("/counts/read").asInt()).isEqualTo(6);
  }

  @Test
  void ignoresRepeatedDeliveryOfEvent() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    data.deliver(key, SourceData.NOON, () -> 900_000);
    JsonNode report = data.report(key);

    data.deliver(key, SourceData.NOON, () -> 900_000);

    assertThat(data.report(key)).isEqualTo(report);
    assertThat(data.log).last().asString().contains("import_already_done");
  }

  @Test
  void continuesInAnotherInvocationWhenTimeRunsOut() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    var remaining = new AtomicInteger(100_000);

    data.deliver(key, SourceData.NOON, () -> remaining.addAndGet(-20_000));
    assertThat(data.log).last().asString().contains("import_paused");
    data.deliver(ImportKey.Start.key(SourceData.ORG), SourceData.NOON.plusSeconds(1), () -> 900_000);

    assertThat(data.report(key).at("/counts/imported").asInt()).isEqualTo(4);
  }

  @Test
  void restartsIfStateIsUnreadable() {
    for (String state : List.of("", "{", "null", "[]", "{\"etag\":\"x\"}", "{\"offset\":-1}")) {
      var data = new SourceData();
      String key = data.activitiesKey("file.csv");
      data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
      data.put(stateOf(key) + ".paused.json", state.getBytes(StandardCharsets.UTF_8));

      assertThat(resume(data, key, 100)).isEqualTo(Outcome.COMPLETED);

      assertThat(data.report(key).at("/counts/imported").asInt()).as(state).isEqualTo(4);
    }
  }

  /// An object in an organisation's own folder is never used as a state, whatever its name.
  @Test
  void ignoresStateBesideTheFile() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    String others = "imports/org-666/activities/" + data.folder + "/theirs.csv";
    data.put(others, "secret".getBytes(StandardCharsets.UTF_8));
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    String etag = data.s3.headObject(head -> head.bucket(SourceData.BUCKET).key(key)).eTag();
    String forged = """
        {"etag":"%s","imported_at":0,"offset":0,"line":1,"separator":",","columns":[],"read":0,
         "counts":{"imported":0,"unchanged":0,"withdrawn":0},"rejected":0,"masked":0,"unknown_columns":[],
         "segments":[{"list":"rejected","key":"%s","bytes":6}]}""".formatted(etag.replace("\"", "\\\""), others);
    data.put(key + ".checkpoint.json", forged.getBytes(StandardCharsets.UTF_8));

    data.deliver(key + ".checkpoint.json", SourceData.NOON, () -> 900_000);
    data.deliver(key, SourceData.NOON, () -> 900_000);

    assertThat(data.bytes(others)).asString(StandardCharsets.UTF_8).isEqualTo("secret");
    assertThat(data.report(key).toString()).doesNotContain("secret");
    assertThat(data.report(key).at("/counts/imported").asInt()).isEqualTo(4);
  }

  @Test
  void importsFileWhoseReportIsForged() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    String etag = data.s3.headObject(head -> head.bucket(SourceData.BUCKET).key(key)).eTag().replace("\"", "");
    data.s3.putObject(
        put -> put.bucket(SourceData.BUCKET).key(key + ".report.json")
            .metadata(Map.of("import-of", etag + " " + SourceData.NOON.toEpochMilli())),
        RequestBody.fromString("{}"));

    data.deliver(key, SourceData.NOON, () -> 900_000);

    assertThat(data.report(key).at("/counts/imported").asInt()).isEqualTo(4);
  }

  @Test
  void writesReportThatEarlierRunFailedToWrite() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    var file = (RowFile) ImportKey.of(key).orElseThrow();
    S3Client cutOff = new DelegatingS3Client(data.s3) {
      @Override
      protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        if (request instanceof PutObjectRequest put && put.key().equals(file.reportKey())) {
          throw SdkClientException.create("cut off");
        }
        return operation.apply(request);
      }
    };
    var dying = new ImportFile(
        data.imports, cutOff, data.dynamoDb, data.table, RowWriter.Pause.FULL_JITTER, InstantSource.system());
    assertThatThrownBy(() -> dying.begin(SourceData.BUCKET, file, Optional.of(SourceData.NOON), () -> false))
        .hasMessage("cut off");

    data.deliver(key, SourceData.NOON, () -> 900_000);

    assertThat(data.report(key).path("status").asText()).isEqualTo("completed");
  }

  @Test
  void keepsOneRecordAcrossPausesAndRepeatedEvents() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    assertThat(begin(data, key, 2)).isEqualTo(Outcome.PAUSED);
    assertThat(listed(data, "processing")).isEqualTo(1);
    assertThat(resume(data, key, 100)).isEqualTo(Outcome.COMPLETED);
    assertThat(resume(data, key, 100)).isEqualTo(Outcome.ALREADY_DONE);
    assertThat(begin(data, key, 100)).isEqualTo(Outcome.ALREADY_DONE);

    assertThat(listed(data, "completed")).isEqualTo(1);
    assertThat(listed(data, "processing")).isZero();
  }

  @Test
  void failsRecordOfFileReplacedDuringPause() {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    assertThat(begin(data, key, 2)).isEqualTo(Outcome.PAUSED);
    data.put(key, (CSV + "\n").getBytes(StandardCharsets.UTF_8));
    assertThat(resume(data, key, 100)).isEqualTo(Outcome.SUPERSEDED);

    assertThat(listed(data, "failed")).isEqualTo(1);
    data.deliver(key, SourceData.NOON.plusSeconds(60), () -> 900_000);
    assertThat(listed(data, "completed")).isEqualTo(1);
  }

  private static long listed(SourceData data, String status) {
    return data.records.list(Listing.of("imports", SourceData.ORG, Set.of(status), 10)).total();
  }

  @Test
  void resumesImportWithMillionsOfRejectedRows() throws IOException {
    var data = new SourceData();
    String key = data.activitiesKey("file.csv");
    data.put(key, CSV.getBytes(StandardCharsets.UTF_8));
    assertThat(begin(data, key, 2)).isEqualTo(Outcome.PAUSED);
    var states = new ImportStates(data.s3);
    var file = (RowFile) ImportKey.of(key).orElseThrow();
    ImportState state = states.paused(SourceData.BUCKET, file).orElseThrow();
    List<JsonNode> entries = Collections.nCopies(ReportList.MAX_ENTRIES, IntNode.valueOf(1));
    states.pause(SourceData.BUCKET, file, new ImportState(
        state.etag(), state.importedAt(), 900, state.offset(), state.line(), state.read(), 99, state.counts(),
        new ReportList.Listed(5_000_000, entries), state.masked(), state.warned(), state.zerosLost(),
        state.unknownColumns(), RegisterProgress.Totals.NONE));

    assertThat(resume(data, key, 1)).isEqualTo(Outcome.PAUSED);
    assertThat(resume(data, key, 100)).isEqualTo(Outcome.COMPLETED);

    assertThat(data.report(key).at("/counts/rejected").asLong()).isEqualTo(5_000_002);
    assertThat(data.report(key).at("/rejected").size()).isEqualTo(ReportList.MAX_ENTRIES);
    assertThat(data.report(key).at("/not_listed/rejected").asLong()).isEqualTo(4_990_002);
  }

  private static String stateOf(String key) {
    return "import-state/" + key.substring("imports/".length());
  }

  private static void importInSteps(SourceData data, String key, int first, int each) {
    Outcome outcome = begin(data, key, first);
    while (outcome == Outcome.PAUSED) {
      outcome = resume(data, key, each);
    }
    assertThat(outcome).isEqualTo(Outcome.COMPLETED);
  }

  private static Outcome begin(SourceData data, String key, int rows) {
    var left = new AtomicInteger(rows);
    return importFile(data).begin(
        SourceData.BUCKET, (RowFile) ImportKey.of(key).orElseThrow(), Optional.of(Instant.EPOCH),
        () -> left.decrementAndGet() <= 0);
  }

  private static Outcome resume(SourceData data, String key, int rows) {
    var left = new AtomicInteger(rows);
    return importFile(data).resume(
        SourceData.BUCKET, (RowFile) ImportKey.of(key).orElseThrow(), () -> left.decrementAndGet() <= 0);
  }

  private static ImportFile importFile(SourceData data) {
    return new ImportFile(data.imports, data.s3, data.dynamoDb, data.table, RowWriter.Pause.FULL_JITTER, InstantSource.system());
  }
}
