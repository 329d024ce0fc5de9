package no.rapport.bufdirexports;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportServices;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Documents;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.sourcedata.Activities;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;

class CreateBufdirExportTest {

  private static final Activities NO_ACTIVITIES = new Activities(null, "none");

  private final InMemoryRecords records = new InMemoryRecords();
  private final List<StartExecutionRequest> started = new ArrayList<>();

  @Test
  void acceptsAnOrderWithAttachments() throws IOException {
    ExportOrder order = accepted(post(false, ", \"include_attachments\": true"));
    assertThat(order.includeAttachments()).isTrue();
    assertThat(order.submitToBufdir()).isFalse();
    assertThat(started).hasSize(1);
  }

  @Test
  void namesActivityTypesThatAreInNoList() throws IOException {
    JsonNode answer = Documents.mapper().readTree(
        post(false, ", \"activity_types\": [\"group_session\", \"gruppesamling\", \"lecture\", \"x\"]").getBody());
    assertThat(answer.at("/warnings").findValuesAsText("pointer"))
        .containsExactly("/activity_types/1", "/activity_types/3");
    assertThat(answer.at("/warnings/0/message").textValue())
        .isEqualTo("is not a known activity type: only rows imported with this very code are in the file");
    JsonNode known = Documents.mapper().readTree(post(false, ", \"activity_types\": [\"lecture\"]").getBody());
    assertThat(known.has("warnings")).isFalse();
  }

  @Test
  void refusesASubmissionWithoutAConnector() throws IOException {
    APIGatewayProxyResponseEvent answer = post(false, ", \"submit_to_bufdir_api\": true");
    assertThat(answer.getStatusCode()).isEqualTo(422);
    JsonNode problem = Documents.mapper().readTree(answer.getBody());
    assertThat(problem.at("/errors/0/pointer").textValue()).isEqualTo("/submit_to_bufdir_api");
    assertThat(started).isEmpty();
  }

  @Test
  void acceptsASubmissionIfAConnectorIsConfigured() throws IOException {
    ExportOrder order = accepted(post(true, ", \"submit_to_bufdir_api\": true"));
    assertThat(order.submitToBufdir()).isTrue();
    assertThat(started).hasSize(1);
  }

  @Test
  void runsTenExportsOfAnOrganisationQueuesNinetyAndRefusesMore() {
    for (int i = 0; i < 100; i++) {
      assertThat(post(false, "").getStatusCode()).isEqualTo(202);
    }
    assertThat(started).as("executions started; the other jobs wait").hasSize(10);
    var refused = post(false, "");
    assertThat(refused.getStatusCode()).isEqualTo(429);
    assertThat(refused.getHeaders()).containsEntry("Retry-After", "30");
    assertThat(records.list(Listing.of("bufdir-exports", "org-1", Set.of(), 1)).total()).isEqualTo(100);
  }

  @Test
  void refusesARetryIfTheQueueIsFull() throws IOException {
    String failed = Documents.mapper().readTree(post(false, "").getBody()).get("export_id").textValue();
    new ExportJobs(records).move(ExportKind.BUFDIR_EXPORT, failed, job -> Optional.of(job.reported(ExportState.FAILED,
        Optional.empty(), Optional.empty(), Optional.empty(), Instant.now())));
    for (int i = 0; i < 99; i++) {
      post(false, "");
    }
    assertThat(retry(failed).getStatusCode()).isEqualTo(202);
    new ExportJobs(records).move(ExportKind.BUFDIR_EXPORT, failed, job -> Optional.of(job.reported(ExportState.FAILED,
        Optional.empty(), Optional.empty(), Optional.empty(), Instant.now())));
    post(false, "");

    var refused = retry(failed);

    assertThat(refused.getStatusCode()).isEqualTo(429);
    assertThat(refused.getHeaders()).containsEntry("Retry-After", "30");
    assertThat(new ExportJobs(records).find(ExportKind.BUFDIR_EXPORT, failed).orElseThrow().job().state())
        .isEqualTo(ExportState.FAILED);
  }

  @Test
  void estimatesDurationFromAFixedTimeAndRowsNotFromDays() {
    assertThat(BufdirExports.estimatedSeconds(0)).isEqualTo(5);
    assertThat(BufdirExports.estimatedSeconds(1_000_000)).isEqualTo(55);
    var exports = new BufdirExports(services(), NO_ACTIVITIES, false);
    LocalDate day = LocalDate.of(2025, 1, 1);
    assertThat(exports.estimatedSeconds("org-1", new Period(day, day.plusYears(5)))).as("no completed export")
        .isEqualTo(5);
    ExportJob oneDay = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, "exp-0", "org-1", Instant.EPOCH, "key",
        ExportOrder.of(new Period(day, day), List.of(), "csv", ReportLocale.NB));
    var jobs = new ExportJobs(records);
    jobs.accept(oneDay);
    // Changes the stored document to a completed export of one row.
    jobs.move(ExportKind.BUFDIR_EXPORT, "exp-0", job -> Optional.of(Documents.read(Documents.write(job)
        .replace("\"state\":\"QUEUED\"", "\"state\":\"COMPLETED\"").replace("\"row_count\":0", "\"row_count\":1"),
        ExportJob.class)));
    assertThat(exports.estimatedSeconds("org-1", new Period(day, day.plusYears(5)))).isEqualTo(5);
  }

  private APIGatewayProxyResponseEvent retry(String id) {
    return new RetryBufdirExport(new BufdirExports(services(), NO_ACTIVITIES, false)).handleRequest(request("POST")
        .withPath("/api/v1/bufdir-exports/" + id + "/retry").withPathParameters(Map.of("export_id", id)), null);
  }

  private ExportOrder accepted(APIGatewayProxyResponseEvent answer) throws IOException {
    assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(202);
    String id = Documents.mapper().readTree(answer.getBody()).get("export_id").textValue();
    return new ExportJobs(records).find(ExportKind.BUFDIR_EXPORT, id).orElseThrow().job().order();
  }

  private APIGatewayProxyResponseEvent post(boolean canSubmit, String more) {
    return new CreateBufdirExport(new BufdirExports(services(), NO_ACTIVITIES, canSubmit)).handleRequest(request("POST")
        .withPath("/api/v1/bufdir-exports").withHeaders(Map.of("Content-Type", "application/json"))
        .withBody("{\"org_id\": \"org-1\", \"format\": \"excel\", \"period_from\": \"2025-01-01\", "
            + "\"period_to\": \"2025-12-31\"" + more + "}"), null);
  }

  private static APIGatewayProxyRequestEvent request(String method) {
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req-1");
    context.setAuthorizer(Map.of("caller", "key_admin", "role", "admin", "organizations", "*"));
    return new APIGatewayProxyRequestEvent().withHttpMethod(method).withRequestContext(context);
  }

  private ExportServices services() {
    var sfn = new SfnClient() {
      @Override
      public StartExecutionResponse startExecution(StartExecutionRequest request) {
        started.add(request);
        return StartExecutionResponse.builder().executionArn("arn").build();
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {
        // holds nothing
      }
    };
    return new ExportServices(records, null, null, sfn, "bucket", "arn:a:states:b:c:stateMachine:export",
        "arn:a:states:b:c:stateMachine:retry", Clock.systemUTC());
  }
}
