package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.Activity;
import no.rapport.reporting.NationalIdMask;
import no.rapport.reportrecords.SealedManifest;

/// Task `RenderPart`: reads one part's rows, seals them if the export adds a report to the history, and renders them as
/// one share of the file. Memory does not grow with the number of rows.
public final class RenderPart implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// Rows between two progress reports, each with a check that the attempt is current.
  private static final int ROWS_PER_REPORT = 5_000;

  private final ExportWorkflow workflow;

  public RenderPart() {
    this(ExportWorkflow.fromEnvironment());
  }

  RenderPart(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// The summary of a rendered part, stored next to it.
  ///
  /// @param attachments number of attachments in its rows; 0 if the file has no attachments
  record Rendered(ShareSummary share, Optional<SealedManifest.Part> sealed, long attachments) {}

  /// @param input the attempt, `plan` and its `part`
  /// @return `index`, `rows` and `run` (the name in the keys of this run's objects)
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> render(input));
  }

  private Map<String, Object> render(Map<String, Object> input) {
    var ref = Tasks.attemptRef(input);
    var part = Tasks.part(input);
    ExportJob job = workflow.currentJob(ref);
    WorkflowFiles files = workflow.files();
    var plan = files.getJson(String.valueOf(input.get("plan")), PlanExport.Plan.class);
    var objects = new PartObjects(job, part.index(), Tasks.newRun());
    try (var share = files.upload(objects.share(), "application/octet-stream");
        var sealer = job.isSealed() ? new SealedRows.Sealer(files, objects.sealed()) : null;
        var notes = job.order().includeAttachments()
            ? new AttachmentReferences.Notes(files, objects.attachments()) : null) {
      ShareWriter writer = ReportWriters.of(job.order().format())
          .share(share, ExportWorkflow.description(job, plan.organizationName()), part.index(), part.rowsBefore());
      var rows = new Rows(ref, job, part.index(), writer, Optional.ofNullable(sealer), Optional.ofNullable(notes));
      workflow.rows(job).read(part, rows::write);
      ShareSummary summary = writer.finish();
      share.complete();
      Optional<SealedManifest.Part> sealed = sealer == null ? Optional.empty() : Optional.of(sealer.finish());
      long attachments = notes == null ? 0 : notes.finish();
      files.putJson(objects.summary(), new Rendered(summary, sealed, attachments));
      workflow.progress().report(job, part.index(), summary.rows(), workflow.now());
      requireCurrent(ref, objects);
      return Map.of("index", part.index(), "rows", summary.rows(), "run", objects.run());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes this run's objects if the attempt is no longer current.
  ///
  /// @throws StaleAttempt if the attempt is no longer current
  private void requireCurrent(AttemptRef ref, PartObjects objects) {
    try {
      workflow.currentJob(ref);
    } catch (StaleAttempt stale) {
      workflow.objects().removeBelow(objects.prefix());
      throw stale;
    }
  }

  /// The keys of one run of a part. Each run has its own, because a task may run twice at once and rows may change in
  /// between. Objects of runs that are not selected are removed with the folder of the parts.
  record PartObjects(ExportJob job, int index, String run) {

    String prefix() {
      return job.partsPrefix() + "%05d-%s.".formatted(index, run);
    }

    String share() {
      return prefix() + "share";
    }

    String sealed() {
      return prefix() + "jsonl.gz";
    }

    String summary() {
      return prefix() + "json";
    }

    String attachments() {
      return prefix() + "attachments.jsonl";
    }
  }

  private final class Rows {

    private final AttemptRef ref;
    private final ExportJob job;
    private final int index;
    private final ShareWriter writer;
    private final Optional<SealedRows.Sealer> sealer;
    private final Optional<AttachmentReferences.Notes> notes;
    private long written;

    Rows(AttemptRef ref, ExportJob job, int index, ShareWriter writer, Optional<SealedRows.Sealer> sealer,
        Optional<AttachmentReferences.Notes> notes) {
      this.ref = ref;
      this.job = job;
      this.index = index;
      this.writer = writer;
      this.sealer = sealer;
      this.notes = notes;
    }

    void write(Activity row) {
      try {
        writer.row(NationalIdMask.mask(row));
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
        workflow.currentJob(ref);
        workflow.progress().report(job, index, written, workflow.now());
      }
    }
  }
}
