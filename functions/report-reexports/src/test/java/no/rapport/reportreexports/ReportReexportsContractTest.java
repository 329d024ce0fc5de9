package no.rapport.reportreexports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportworkflow.WorkflowRun;
import no.rapport.records.InMemoryRecords;
import no.rapport.reportrecords.ReportStatus;
import org.junit.jupiter.api.Test;

/// Compares answers with every example of the contract, including the order of members.
class ReportReexportsContractTest {

  private final InMemoryRecords records = new InMemoryRecords();
  private final WorkflowRun run = new WorkflowRun(records, new InMemoryS3(), null, "bucket");
  private final ReportReexports reexports = new ReportReexports(run.services());

  private ExportJob anExample(String id, ExportState state) {
    JsonNode example = Examples.json("get-response");
    Optional<ExportFile> file = state == ExportState.COMPLETED ? Optional.of(ExportFile.reported(
        example.get("output_file_ref").asText(), "x", Optional.of(example.get("output_file_size_bytes").longValue())))
        : Optional.empty();
    ExportJob job = Reexports.aReexport(id, state, example.get("export_params"), file);
    run.services().jobs().accept(job);
    return job;
  }

  @Test
  void listsAsTheContractShows() {
    anExample("reexp_01KA2L5P6Q7R8S9T0U1V2W3X", ExportState.COMPLETED);

    var answer = Call.get().to(new ListReportReexports(reexports));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString()).isEqualTo(Examples.json("list-response").toString());
  }

  @Test
  void showsAReexportAsTheContractShowsFollowedByTheExtensions() {
    anExample("reexp_01KA2L5P6Q7R8S9T0U1V2W3X", ExportState.COMPLETED);

    var answer = Call.get("reexp_01KA2L5P6Q7R8S9T0U1V2W3X").to(new GetReportReexport(reexports));

    ObjectNode expected = (ObjectNode) Examples.json("get-response");
    expected.putNull("data_as_of").put("execution_arn",
        "arn:aws:states:eu-north-1:123456789012:execution:rapport-export:reexp_01KA2L5P6Q7R8S9T0U1V2W3X");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString()).isEqualTo(expected.toString());
    assertThat(answer.headers()).containsEntry("ETag", "\"1\"").doesNotContainKey("Retry-After");
  }

  @Test
  void acceptsAReexportAsTheContractShows() {
    Reexports.enterReport(records, Reexports.REPORT, ReportStatus.COMPLETED);

    var answer = Call.post(Examples.text("create-request")).as("user_09AXKL2", "org", Reexports.ORG)
        .to(new CreateReportReexport(reexports));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text("reexport_id")).matches("reexp_[0-9A-HJKMNP-TV-Z]{26}");
    assertThat(answer.headers()).containsEntry("Location", "/api/v1/report-reexports/" + answer.text("reexport_id"))
        .containsKey("Retry-After").containsKey("ETag");
    assertSameExcept(answer.json(), Examples.json("create-response"), "reexport_id", "requested_at");
    assertThat(run.started).containsExactly(answer.text("reexport_id"));
  }

  @Test
  void acceptsAWorkersReportAsTheContractShows() {
    ExportJob pending = anExample("reexp_02KB3M6Q7R8S9T0U1V2W3X4Y", ExportState.QUEUED);

    var answer = Call.put(pending.id(), Examples.text("update-request")).as("key_w", "worker", "*")
        .to(new UpdateReportReexport(reexports));

    assertThat(answer.status()).isEqualTo(200);
    assertSameExcept(answer.json(), Examples.json("update-response"), "requested_at");
    assertThat(answer.text("requested_at")).isEqualTo("2026-03-26T09:00:00Z");
  }

  @Test
  void cancelsAsTheContractShows() {
    anExample("reexp_02KB3M6Q7R8S9T0U1V2W3X4Y", ExportState.QUEUED);

    var answer = Call.delete("reexp_02KB3M6Q7R8S9T0U1V2W3X4Y").to(new DeleteReportReexport(reexports));

    assertThat(answer.status()).isEqualTo(200);
    assertSameExcept(answer.json(), Examples.json("delete-response"), "cancelled_at");
  }

  private static void assertSameExcept(JsonNode actual, JsonNode expected, String... ours) {
    assertThat(Call.members(actual)).isEqualTo(Call.members(expected));
    assertThat(((ObjectNode) actual.deepCopy()).without(List.of(ours)).toString())
        .isEqualTo(((ObjectNode) expected.deepCopy()).without(List.of(ours)).toString());
  }
}
