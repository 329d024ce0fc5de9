package no.rapport.exportjobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import no.rapport.records.Documents;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.junit.jupiter.api.Test;

/// Tests that jobs that were stored on 2026-11-28 stay readable when the types change.
class StoredJobsTest {

  private static List<ExportJob> stored() throws IOException {
    try (var in = StoredJobsTest.class.getResourceAsStream("stored-jobs.jsonl")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
          .map(line -> Documents.read(line, ExportJob.class)).toList();
    }
  }

  @Test
  void readsJobsOfEveryState() throws IOException {
    List<ExportJob> jobs = stored();
    assertThat(jobs).extracting(ExportJob::state).containsExactly(ExportState.QUEUED, ExportState.COMPLETED,
        ExportState.FAILED, ExportState.CANCELLED);
    ExportJob queued = jobs.get(0);
    assertThat(queued.order().format().extension()).isEqualTo("xlsx");
    assertThat(queued.order().activityTypes()).containsExactly("course");
    assertThat(queued.order().includeAttachments()).isTrue();
    ExportJob completed = jobs.get(1);
    assertThat(completed.file().orElseThrow()).isEqualTo(new ExportFile(
        "exports/org-1042/exp-20260326-done000001/2/f.csv", "f.csv", "text/csv", 3, "c0ffee"));
    assertThat(completed.completedAt()).contains(Instant.parse("2026-03-26T12:00:09Z"));
    assertThat(completed.leftOut()).isPresent();
    assertThat(completed.attachmentsMissing()).as("the stored form of that day has no such count").isZero();
    assertThat(completed.order().locale()).isEqualTo(ReportLocale.NN);
    assertThat(completed.order().suppression()).isEqualTo(Suppression.LE5);
    assertThat(completed.submission().receiptId()).contains("r-1");
    assertThat(jobs.get(2).errorMessage()).contains("A part of the file could not be made.");
    assertThat(jobs.get(2).order().templateId()).contains(12L);
    assertThat(jobs.get(3).cancellationReason()).contains("wrong report");
    assertThat(jobs.get(3).order().asSent().orElseThrow().path("format").asText()).isEqualTo("xlsx");
  }

  @Test
  void keepsEveryMemberWhenAJobIsWrittenAndReadAgain() throws IOException {
    for (ExportJob job : stored()) {
      assertThat(Documents.read(Documents.write(job), ExportJob.class)).isEqualTo(job);
    }
  }
}
