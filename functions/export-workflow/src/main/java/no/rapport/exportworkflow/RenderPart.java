package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ReportWriter;
import no.rapport.reporting.ShareSummary;
import no.rapport.reporting.ShareWriter;

/// Task `RenderPart`: reads one part's rows, seals them where they enter the history, and renders them as one share of
/// the file. Memory does not grow with the rows.
public final class RenderPart implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// How often progress is told and the claim looked at again.
  private static final int ROWS_PER_REPORT = 5_000;

  private final ExportWorkflow workflow;

  public RenderPart() {
    this(ExportWorkflow.fromEnvironment());
  }

  RenderPart(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// What is known of a rendered part, kept beside it.
  ///
  /// @param attachments how many its rows name, where they go with the file
  record Rendered(ShareSummary share, Optional<SealedRows.SealedPart> sealed, long attachments) {}

  /// @param input the claim and its `part`
  /// @return `index` and `rows`
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(() -> render(input));
  }

  private Map<String, Object> render(Map<String, Object> input) {
    var claim = Tasks.claim(input);
    var part = Tasks.part(input);
    ExportJob job = workflow.jobs().claimed(claim);
    RowSource source = workflow.rows(job);
    Files files = workflow.files();
    try (var share = files.upload(shareKey(job, part.index()), "application/octet-stream");
        var sealer = job.isSealed() ? new SealedRows.Sealer(files, sealedKey(job, part.index())) : null;
        var notes = job.order().includeAttachments()
            ? new AttachmentReferences.Notes(files, attachmentsKey(job, part.index())) : null) {
      ShareWriter writer = ReportWriter.of(job.order().format())
          .share(share, ExportWorkflow.description(job, source.organizationName()), part.index());
      var rows = new Rows(claim, job, part.index(), writer, Optional.ofNullable(sealer), Optional.ofNullable(notes));
      source.read(part, rows::write);
      ShareSummary summary = writer.finish();
      share.complete();
      Optional<SealedRows.SealedPart> sealed = sealer == null ? Optional.empty() : Optional.of(sealer.finish());
      long attachments = notes == null ? 0 : notes.finish();
      files.putJson(summaryKey(job, part.index()), new Rendered(summary, sealed, attachments));
      workflow.progress().report(job, part.index(), summary.rows(), workflow.now());
      refuseIfStale(claim, job);
      return Map.of("index", part.index(), "rows", summary.rows());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a task of a cancelled job wrote while it was being cancelled goes with the task.
  private void refuseIfStale(Executions.Claim claim, ExportJob job) {
    try {
      workflow.jobs().claimed(claim);
    } catch (StaleAttempt stale) {
      job.leftovers(claim.attempt()).forEach(workflow.files()::removeBelow);
      throw stale;
    }
  }

  private final class Rows {

    private final Executions.Claim claim;
    private final ExportJob job;
    private final int index;
    private final ShareWriter writer;
    private final Optional<SealedRows.Sealer> sealer;
    private final Optional<AttachmentReferences.Notes> notes;
    private long written;

    Rows(Executions.Claim claim, ExportJob job, int index, ShareWriter writer, Optional<SealedRows.Sealer> sealer,
        Optional<AttachmentReferences.Notes> notes) {
      this.claim = claim;
      this.job = job;
      this.index = index;
      this.writer = writer;
      this.sealer = sealer;
      this.notes = notes;
    }

    void write(Activity row) {
      try {
        writer.row(row);
        if (sealer.isPresent()) {
          sealer.get().row(row);
        }
        if (notes.isPresent()) {
          notes.get().row(row);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      written++;
      if (written % ROWS_PER_REPORT == 0) {
        workflow.jobs().claimed(claim);
        workflow.progress().report(job, index, written, workflow.now());
      }
    }
  }

  static String shareKey(ExportJob job, int index) {
    return job.partsPrefix() + "%05d.share".formatted(index);
  }

  static String summaryKey(ExportJob job, int index) {
    return job.partsPrefix() + "%05d.json".formatted(index);
  }

  static String attachmentsKey(ExportJob job, int index) {
    return job.partsPrefix() + "%05d.attachments.jsonl".formatted(index);
  }

  private static String sealedKey(ExportJob job, int index) {
    return job.sealedAttemptPrefix() + "%05d.jsonl.gz".formatted(index);
  }
}
