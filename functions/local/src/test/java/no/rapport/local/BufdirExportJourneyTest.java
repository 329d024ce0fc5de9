package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// Imports source data, exports it and downloads the file over HTTP, on the whole local stack.
class BufdirExportJourneyTest {

  private static final AtomicInteger ORGANIZATIONS = new AtomicInteger();

  private static final List<String> HAZARDS = List.of("=1+1", "0301", "+4722000000", "3/4", "čájehit đ ŋ ŧ ž",
      "\"quoted\"; and more", "two\nlines", "-12", "@home", "004722", "1e5", "TRUE", " leading and trailing ");

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);
  private final String organization = "org-journey-" + ORGANIZATIONS.incrementAndGet();

  @AfterEach
  void clearFaults() {
    Faults.clear();
  }

  @Test
  void saysInADryRunWhatAnExportWouldHoldAndMakesNone() {
    client.importActivities(organization, "2025.csv", """
        activity_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;target_group;title;attachments;updated_at
        a1;course;2025-03-01;5;60;;0301;Oslo;;;bl\u00e5.pdf|borte.pdf;2025-03-02T00:00:00Z
        a2;lecture;2025-04-01;5;60;;0301;Oslo;;;;2025-03-02T00:00:00Z
        a3;course;2024-04-01;5;60;;0301;Oslo;;;;2025-03-02T00:00:00Z
        """);
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET)
        .key("attachments/" + organization + "/a1/bla\u030a.pdf"), RequestBody.fromString("x"));

    var answer = client.post("/api/v1/bufdir-exports?dry_run=true", """
        {"org_id": "%s", "format": "csv", "period_from": "2025-01-01", "period_to": "2025-12-31",
         "activity_types": ["course"], "include_attachments": true}""".formatted(organization));

    assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(200);
    assertThat(OpenApi.description().objections("POST", "/api/v1/bufdir-exports", 200, answer.headers(), answer.body()))
        .isEmpty();
    assertThat(answer.body().path("export_id").isNull()).isTrue();
    assertThat(answer.body().path("estimated_duration_seconds").asInt()).isEqualTo(5);
    assertThat(answer.body().path("dry_run")).hasToString("{\"rows\":1,\"rows_complete\":true,\"not_counted\":"
        + "[{\"reason\":\"activity_type_not_ordered\",\"count\":1}],\"attachments_missing\":1,"
        + "\"identity_numbers_masked\":0}");
    assertThat(client.get("/api/v1/bufdir-exports?org_id=" + organization).body().at("/pagination/total").asInt()).isZero();
    assertThat(client.post("/api/v1/bufdir-exports?dry_run=1", "{}").status()).isEqualTo(400);
  }

  @Test
  void exportsAWorkbookThatAnotherLibraryReads() throws Exception {
    assertThat(client.importActivities(organization, "2025.csv", activities(200)).path("imported").asInt())
        .isEqualTo(200);

    var export = client.ended(client.order(organization, "excel"));

    assertThat(export.path("status").asText()).as(export.toString()).isEqualTo("completed");
    assertThat(export.path("row_count").asInt()).isEqualTo(200);
    assertThat(export.path("progress").path("percent").asInt()).isEqualTo(100);
    var file = client.download(export.path("file_url").asText());
    assertThat(file.statusCode()).isEqualTo(200);
    assertThat(file.headers().firstValue("Content-Type"))
        .hasValue("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    assertThat(file.headers().firstValue("Content-Disposition").orElseThrow()).startsWith("attachment; filename=");
    assertThat(file.body()).hasSize(export.path("file_size_bytes").asInt());
    assertThat(sha256(file.body())).isEqualTo(export.path("file_sha256").asText());
    assertRowsAreThere(file.body());
    for (String word : List.of("excel", "xlsx", "csv,xlsx")) {
      assertThat(client.get("/api/v1/bufdir-exports?org_id=" + organization + "&format=" + word).body()
          .at("/pagination/total").asInt()).as(word).isEqualTo(1);
    }
  }

  private static void assertRowsAreThere(byte[] workbook) throws Exception {
    try (var read = new ReadableWorkbook(new ByteArrayInputStream(workbook));
        var lines = read.findSheet("Aktiviteter").orElseThrow().openStream()) {
      var rows = lines.filter(row -> row.getCellCount() > 9 && row.getCellText(0).startsWith("act-")).toList();
      assertThat(rows).hasSize(200);
      var byId = rows.stream().collect(Collectors.toMap(row -> row.getCellText(0), row -> row));
      for (int i = 0; i < 200; i++) {
        Row row = byId.get("act-%04d".formatted(i));
        assertThat(row.getCell(2).getType()).isEqualTo(CellType.NUMBER);
        assertThat(row.getCell(2).asDate().toLocalDate()).isEqualTo(date(i));
        assertThat(row.getCell(3).asNumber().intValue()).isEqualTo(3 + i % 20);
        assertThat(row.getCell(6).getType()).isEqualTo(CellType.STRING);
        assertThat(row.getCellText(6)).isEqualTo("0301");
        assertThat(row.getCell(10).getType()).isEqualTo(CellType.STRING);
        assertThat(row.getCellText(10)).isEqualTo(HAZARDS.get(i % HAZARDS.size()));
      }
    }
  }

  @Test
  void exportsCsvThatAnotherLibraryReads() throws Exception {
    client.importActivities(organization, "2025.csv", activities(30));

    var export = client.ended(client.order(organization, "csv"));

    var text = new String(client.download(export.path("file_url").asText()).body(), StandardCharsets.UTF_8);
    assertThat(text).startsWith("\uFEFF").contains("\r\n");
    try (var rows = CsvReader.builder().fieldSeparator(';').ofCsvRecord(text.substring(1))) {
      var ids = rows.stream().map(record -> record.getField(0)).filter(id -> id.startsWith("act-")).toList();
      assertThat(ids).hasSize(30).doesNotHaveDuplicates();
    }
  }

  @Test
  void acceptsOnlyTheUnchangedLink() {
    client.importActivities(organization, "2025.csv", activities(5));
    var link = client.ended(client.order(organization, "csv")).path("file_url").asText();

    assertThat(link).contains("X-Amz-Expires=25");
    assertThat(client.download(link).statusCode()).isEqualTo(200);
    assertThat(client.download(link.replace("X-Amz-Expires=25", "X-Amz-Expires=99")).statusCode()).isEqualTo(403);
    assertThat(client.download(link.replaceAll("\\?.*", "")).statusCode()).isEqualTo(403);
    assertThat(client.download(link.replace(organization, "org-another")).statusCode()).isEqualTo(403);
  }

  @Test
  void cancelsARunningExportAndRemovesItsFiles() {
    client.importActivities(organization, "2025.csv", activities(50));
    Faults.add(new Faults.Fault("DynamoDb", "Query", "SourceDataTable", "InternalServerError", 1000));
    var id = client.order(organization, "excel");
    Eventually.holds("the execution of " + id, () -> status(id) == ExecutionStatus.RUNNING);

    var cancelled = client.put("/api/v1/bufdir-exports/" + id + "/cancel", "{\"reason\": \"Wrong period\"}");

    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(cancelled.body().path("status").asText()).isEqualTo("cancelled");
    Eventually.holds("a stop of " + id, () -> status(id) == ExecutionStatus.ABORTED);
    Faults.clear();
    assertThat(client.export(id).path("status").asText()).isEqualTo("cancelled");
    assertThat(client.export(id).path("cancellation_reason").asText()).isEqualTo("Wrong period");
    assertThat(client.export(id).path("file_url").isNull()).isTrue();
    Eventually.holds("no file of " + id, () -> files(id).isEmpty());
    assertThat(client.put("/api/v1/bufdir-exports/" + id + "/cancel", "{\"reason\": \"Again\"}").status())
        .isEqualTo(409);
  }

  @Test
  void completesARetryAfterAFailure() {
    client.importActivities(organization, "2025.csv", activities(40));
    Faults.add(new Faults.Fault("DynamoDb", "Query", "SourceDataTable", "AccessDeniedException", 1000));
    var id = client.order(organization, "excel");
    var failed = client.ended(id);
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("error_message").asText()).endsWith(".").doesNotContain("Exception");
    Faults.clear();

    var retry = client.post("/api/v1/bufdir-exports/" + id + "/retry", "{}");

    assertThat(retry.status()).as(String.valueOf(retry.body())).isEqualTo(202);
    var completed = client.ended(id);
    assertThat(completed.path("status").asText()).isEqualTo("completed");
    assertThat(completed.path("retry_count").asInt()).isEqualTo(1);
    assertThat(client.download(completed.path("file_url").asText()).statusCode()).isEqualTo(200);
    assertThat(completed.path("execution_arn").asText()).endsWith(":" + id + "-r1");
  }

  @Test
  void completesDespiteATransientFault() {
    client.importActivities(organization, "2025.csv", activities(20));
    Faults.add(new Faults.Fault("S3", "", "exports/" + organization, "SlowDown", 6));

    var export = client.ended(client.order(organization, "excel"));

    assertThat(export.path("status").asText()).isEqualTo("completed");
    assertThat(export.path("retry_count").asInt()).isZero();
  }

  @Test
  void deletesAnExportWithItsFiles() {
    client.importActivities(organization, "2025.csv", activities(10));
    var id = client.order(organization, "csv");
    var link = client.ended(id).path("file_url").asText();

    var deleted = client.delete("/api/v1/bufdir-exports/" + id);

    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.body().toString()).isEqualTo("{\"deleted\":true,\"export_id\":\"" + id + "\"}");
    assertThat(client.get("/api/v1/bufdir-exports/" + id).status()).isEqualTo(404);
    assertThat(client.download(link).statusCode()).isNotEqualTo(200);
    Eventually.holds("no file of " + id, () -> files(id).isEmpty());
  }

  @Test
  void completesAnExportWithoutRows() {
    var export = client.ended(client.order(organization, "excel"));

    assertThat(export.path("status").asText()).isEqualTo("completed");
    assertThat(export.path("row_count").asInt()).isZero();
    assertThat(client.download(export.path("file_url").asText()).statusCode()).isEqualTo(200);
  }

  @Test
  void startsOneJobForOneIdempotencyKey() {
    var body = "{\"org_id\": \"%s\", \"format\": \"csv\", \"period_from\": \"2025-01-01\", \"period_to\": \"2025-01-31\"}"
        .formatted(organization);
    var ids = IntStream.range(0, 4).mapToObj(_ -> client.send("POST", "/api/v1/bufdir-exports", body,
        Map.of("Idempotency-Key", "key-" + organization))).map(answer -> answer.body().path("export_id").asText())
        .distinct().toList();

    assertThat(ids).hasSize(1);
    assertThat(client.get("/api/v1/bufdir-exports?org_id=" + organization).body().path("pagination").path("total")
        .asInt()).isEqualTo(1);
  }

  @Test
  void neverDecreasesProgress() {
    client.importActivities(organization, "2025.csv", activities(400));
    var seen = new ConcurrentHashMap<String, Integer>();
    var id = client.order(organization, "excel");

    Eventually.holds("an end of " + id, () -> {
      JsonNode export = client.export(id);
      var percent = export.path("progress").path("percent").asInt();
      assertThat(percent).isGreaterThanOrEqualTo(seen.getOrDefault("percent", 0));
      assertThat(percent == 100).isEqualTo(export.path("status").asText().equals("completed"));
      seen.put("percent", percent);
      return percent == 100;
    });
  }

  @Test
  void findsAnExecutionByJobIdInStepFunctionsAndOnTheTracePage() {
    client.importActivities(organization, "2025.csv", activities(10));
    var id = client.order(organization, "excel");
    var export = client.ended(id);

    var arn = export.path("execution_arn").asText();
    Eventually.holds("the end of " + arn, () -> status(id) == ExecutionStatus.SUCCEEDED);
    var machine = rapport.template().stateMachines().stream()
        .filter(each -> arn.contains(":" + each.name() + ":")).findFirst().orElseThrow();
    assertThat(rapport.sfn().listExecutions(list -> list
        .stateMachineArn(Names.stateMachine(machine.name()))).executions())
        .anySatisfy(execution -> assertThat(execution.name()).isEqualTo(id));

    var trace = client.get("/_local/api/execution?name=" + id).body();
    assertThat(trace.path("status").asText()).isEqualTo("SUCCEEDED");
    for (var state : List.of("PlanExport", "RenderPart", "AssembleFile", "CompleteExport")) {
      assertThat(trace.path("runs").path(state).path(0).path("status").asText()).as(state).isEqualTo("succeeded");
      assertThat(trace.path("runs").path(state).path(0).path("exited").asText()).as(state).isNotEmpty();
    }
    assertThat(trace.path("definition").path("StartAt").asText()).isEqualTo("PlanExport");
  }

  // --- source data and state ---------------------------------------------------------------------------------------

  private ExecutionStatus status(String id) {
    var arn = client.export(id).path("execution_arn").asText();
    try {
      return rapport.sfn().describeExecution(describe -> describe.executionArn(arn)).status();
    } catch (software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException e) {
      return ExecutionStatus.UNKNOWN_TO_SDK_VERSION;
    }
  }

  private List<String> files(String id) {
    return rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET)
        .prefix("exports/" + organization + "/" + id + "/")).contents().stream().map(object -> object.key()).toList();
  }

  private static java.time.LocalDate date(int row) {
    return java.time.LocalDate.of(2025, 1, 1).plusDays(row % 365);
  }

  private String activities(int rows) {
    return "activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
        + "target_group;title;notes;attachments;updated_at\n"
        + IntStream.range(0, rows).mapToObj(row -> String.join(";",
            "act-%04d".formatted(row), organization, "group_session", date(row).toString(),
            String.valueOf(3 + row % 20), "60", "Kárášjohka", "0301", "Oslo", "barn", "Fredagsklubben",
            '"' + HAZARDS.get(row % HAZARDS.size()).replace("\"", "\"\"") + '"', "", "2026-01-01T08:00:00Z"))
        .collect(Collectors.joining("\n"));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
