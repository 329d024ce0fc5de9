package no.rapport.reportreexports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportworkflow.WorkflowRun;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class UpdateReportReexportTest {

  private static final String FILE = "reports/" + Reexports.ORG + "/reexports/a.xlsx";
  private static final Map<ExportState, String> WORDS = Map.of(ExportState.QUEUED, "pending", ExportState.PROCESSING,
      "running", ExportState.COMPLETED, "completed", ExportState.FAILED, "failed", ExportState.CANCELLED, "cancelled");

  private final InMemoryRecords records = new InMemoryRecords();
  private final InMemoryS3 s3 = new InMemoryS3();
  private final WorkflowRun run = new WorkflowRun(records, s3, null, "bucket");
  private final ReportReexports reexports = new ReportReexports(run.services());
  private final UpdateReportReexport update = new UpdateReportReexport(reexports);

  private void store(String id, ExportState state) {
    run.services().jobs().accept(Reexports.aReexport(id, state, JsonNodeFactory.instance.objectNode(),
        Optional.of(ExportFile.reported(FILE, "x", Optional.of(5L)))));
  }

  private Call.Answer put(String id, String body) {
    return Call.put(id, body).as("key_w", "worker", Reexports.ORG).to(update);
  }

  @Test
  void allowsExactlyTheStatusChangesOfTheContract() {
    Set<ExportState> ends = Set.of(ExportState.COMPLETED, ExportState.FAILED, ExportState.CANCELLED);
    for (ExportState from : WORDS.keySet()) {
      for (ExportState to : WORDS.keySet()) {
        String id = "reexp_" + from + "_" + to;
        store(id, from);

        var answer = put(id, "{\"status\": \"" + WORDS.get(to) + "\"}");

        boolean allowed = from == to || from.isUnfinished() && (ends.contains(to) || to == ExportState.PROCESSING);
        assertThat(answer.status()).as("%s to %s", from, to).isEqualTo(allowed ? 200 : 409);
        assertThat(Call.get(id).to(new GetReportReexport(reexports)).text("status"))
            .isEqualTo(WORDS.get(allowed ? to : from));
      }
    }
  }

  @Test
  void changesOnlyNotifiedAfterTheEnd() {
    store("reexp_1", ExportState.CANCELLED);

    assertThat(put("reexp_1", "{\"output_file_size_bytes\": 6}").status()).isEqualTo(409);
    assertThat(put("reexp_1", "{\"output_file_ref\": \"" + FILE + "x\"}").status()).isEqualTo(409);
    assertThat(put("reexp_1", "{\"status\": \"cancelled\"}").status()).isEqualTo(200);
    var notified = put("reexp_1", "{\"notified\": true}");

    assertThat(notified.status()).isEqualTo(200);
    assertThat(notified.json().get("notified").asBoolean()).isTrue();
    assertThat(notified.text("status")).isEqualTo("cancelled");
  }

  @Test
  void repeatedReportChangesNothing() {
    store("reexp_1", ExportState.COMPLETED);
    String body = "{\"status\": \"completed\", \"output_file_ref\": \"" + FILE + "\", \"output_file_size_bytes\": 5,"
        + " \"completed_at\": \"2026-03-26T09:02:15Z\", \"notified\": true}";

    assertThat(put("reexp_1", body).etag()).isEqualTo("\"1\"");
    assertThat(put("reexp_1", body.replace("09:02:15", "09:02:16")).status()).isEqualTo(409);
  }

  @Test
  void requiresAFileToComplete() {
    run.services().jobs().accept(Reexports.aReexport("reexp_1", ExportState.PROCESSING,
        JsonNodeFactory.instance.objectNode(), Optional.empty()));

    assertThat(put("reexp_1", "{\"status\": \"completed\"}").json().findValuesAsText("pointer"))
        .containsExactly("/output_file_ref");
    assertThat(put("reexp_1", "{\"output_file_size_bytes\": 3}").json().findValuesAsText("pointer"))
        .containsExactly("/output_file_size_bytes");
    assertThat(put("reexp_1", "{\"status\": \"completed\", \"output_file_ref\": \"reports/other/a.xlsx\"}").status())
        .isEqualTo(422);
    var done = put("reexp_1", "{\"status\": \"completed\", \"output_file_ref\": \"" + FILE + "\"}");
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.json().get("output_file_size_bytes").isNull()).isTrue();
    assertThat(done.json().get("completed_at").isNull()).isFalse();
  }

  @Test
  void stopsTheExecutionAndRemovesItsFilesWhenAWorkerReportsTheEnd() {
    run.services().jobs().accept(Reexports.aReexport("reexp_1", ExportState.PROCESSING,
        JsonNodeFactory.instance.objectNode(), Optional.empty()));
    String own = "reports/" + Reexports.ORG + "/reexports/" + Reexports.REPORT + "_reexp_1_1.xlsx";
    s3.keys.put(own, true);
    s3.keys.put(FILE, true);

    put("reexp_1", "{\"status\": \"completed\", \"output_file_ref\": \"" + FILE + "\"}");
    assertThat(s3.keys).containsOnlyKeys(FILE);
    s3.keys.put(own, true);
    run.sweep();

    assertThat(run.stopped).containsExactly("reexp_1");
    assertThat(s3.keys).containsOnlyKeys(FILE);
  }

  @Test
  void keepsTheFileThatAWorkerNamesEvenIfTheWorkflowWroteIt() {
    run.services().jobs().accept(Reexports.aReexport("reexp_1", ExportState.PROCESSING,
        JsonNodeFactory.instance.objectNode(), Optional.empty()));
    String own = "reports/" + Reexports.ORG + "/reexports/" + Reexports.REPORT + "_reexp_1_1.xlsx";
    s3.keys.put(own, true);

    put("reexp_1", "{\"status\": \"completed\", \"output_file_ref\": \"" + own + "\"}");
    run.sweep();

    assertThat(s3.keys).containsOnlyKeys(own);
  }

  @Test
  void allowsOnlyWorkersAndAdministrators() {
    store("reexp_1", ExportState.QUEUED);
    String body = "{\"status\": \"running\"}";

    assertThat(Call.put("reexp_1", body).as("k", "org", Reexports.ORG).to(update).status()).isEqualTo(403);
    assertThat(Call.put("reexp_1", body).as("k", "worker", "org_other").to(update).status()).isEqualTo(404);
    assertThat(Call.put("reexp_1", body).as("k", "admin", "*").to(update).status()).isEqualTo(200);
  }

  @Test
  void honoursIfMatch() {
    store("reexp_1", ExportState.QUEUED);

    assertThat(Call.put("reexp_1", "{\"status\": \"running\"}").header("If-Match", "\"9\"").to(update).status())
        .isEqualTo(412);
    assertThat(Call.delete("reexp_1").header("If-Match", "\"9\"").to(new DeleteReportReexport(reexports)).status())
        .isEqualTo(412);
  }
}
