package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Map;
import java.util.concurrent.Callable;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.records.Documents;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.KeyFigures;
import no.rapport.reportrecords.SealedManifest;

/// Task `AssembleFile`: joins the rendered shares into one file, in one pass and with constant memory, adds the ordered
/// attachments, and writes the manifest of sealed parts.
public final class AssembleFile implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// Attachments between two checks that the attempt is current.
  private static final int ATTACHMENTS_PER_CHECK = 50;

  private final ExportWorkflow workflow;
  private final ReportArchive.Limits limits;

  public AssembleFile() {
    this(ExportWorkflow.fromEnvironment(), ReportArchive.Limits.DEFAULT);
  }

  AssembleFile(ExportWorkflow workflow, ReportArchive.Limits limits) {
    this.workflow = workflow;
    this.limits = limits;
  }

  /// The finished file, which is part of the input of the later states.
  ///
  /// @param source key of this run's file; it is copied to its final key when the job completes
  /// @param sealedManifest key of the manifest of sealed parts; null if rows are not sealed
  /// @param leftOut key of this run's list of missing attachments; null if none is missing
  /// @param attachmentsMissing number of missing attachments
  /// @param sealedFigures fingerprint of the sealed key figures; null if there are none
  record Assembled(ExportFile file, String source, long rows, String sealedManifest, String sealedSha256,
      String leftOut, long attachmentsMissing, String sealedFigures) {

    Assembled sealed(String manifest, String sha256, Optional<String> figures) {
      return new Assembled(file, source, rows, manifest, sha256, leftOut, attachmentsMissing, figures.orElse(null));
    }
  }

  /// @param input the attempt, `plan` and `rendered` (`index` and `run` of each part)
  /// @return the attempt and `assembled`
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> {
      try {
        return assemble(input);
      } catch (StaleAttempt stale) {
        workflow.removeAbandoned(Tasks.attemptRef(input));
        throw stale;
      }
    });
  }

  private Map<String, Object> assemble(Map<String, Object> input) {
    var ref = Tasks.attemptRef(input);
    ExportJob job = workflow.currentJob(ref);
    WorkflowFiles files = workflow.files();
    var plan = files.getJson(String.valueOf(input.get("plan")), PlanExport.Plan.class);
    List<RenderPart.PartObjects> parts = Tasks.rendered(input, job);
    List<ShareSummary> shares = new ArrayList<>();
    List<SealedManifest.Part> sealed = new ArrayList<>();
    long attachments = 0;
    for (RenderPart.Rendered rendered : files.severalAtOnce(parts.stream().<Callable<RenderPart.Rendered>>map(
        part -> () -> files.getJson(part.summary(), RenderPart.Rendered.class)).toList())) {
      shares.add(rendered.share());
      rendered.sealed().ifPresent(sealed::add);
      attachments += rendered.attachments();
    }
    if (attachments > limits.files()) {
      throw new AttachmentsExceedLimit(attachments + " attachments");
    }
    var totals = shares.stream().map(ShareSummary::totals).reduce(ActivityTotals.NONE, ActivityTotals::plus);
    var figures = new KeyFigures(totals, plan.figures());
    List<String> keys = parts.stream().map(RenderPart.PartObjects::share).toList();
    ReportArchive.Content report = out -> {
      try (var source = new ReadAhead(files, keys, shares)) {
        ReportWriters.of(job.order().format()).assemble(out, ExportWorkflow.description(job, plan.organizationName()),
            figures, shares, source);
      }
    };
    ExportFile file;
    String leftOut = null;
    List<ReportArchive.LeftOut> missing = List.of();
    // Attachments may change between two runs of this task, so each run writes its own objects, and the workflow
    // selects those of one run.
    String source = job.partsPrefix() + "file-" + Tasks.newRun();
    try (var upload = files.upload(source, job.contentType())) {
      var out = new BufferedOutputStream(upload, 1 << 16);
      if (job.order().includeAttachments()) {
        missing = archive(ref, job, parts, report, out);
        if (!missing.isEmpty()) {
          leftOut = source + ".left-out.json";
          files.putJson(leftOut, missing);
        }
      } else {
        report.writeTo(out);
      }
      out.flush();
      workflow.currentJob(ref);
      WorkflowFiles.Written written = upload.complete();
      file = new ExportFile(job.fileKey(), job.fileName(), job.contentType(), written.sizeBytes(), written.sha256());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Assembled assembled = new Assembled(file, source, totals.rows(), null, null, leftOut, missing.size(), null);
    if (job.isSealed()) {
      assembled = seal(job, assembled, plan, totals.all(), sealed);
    }
    workflow.currentJob(ref);
    return Tasks.output(ref, Map.of("assembled", Tasks.map(assembled)));
  }

  private List<ReportArchive.LeftOut> archive(AttemptRef ref, ExportJob job,
      List<RenderPart.PartObjects> parts, ReportArchive.Content report, OutputStream out) throws IOException {
    var archive = new ReportArchive(workflow.files(), job, limits, out);
    archive.report(report);
    int[] copied = {0};
    for (RenderPart.PartObjects part : parts) {
      AttachmentReferences.read(workflow.files(), part.attachments(), (activityId, file) -> {
        archive.attachment(activityId, file);
        if (++copied[0] % ATTACHMENTS_PER_CHECK == 0) {
          workflow.currentJob(ref);
        }
      });
    }
    return archive.finish();
  }

  /// Copies the selected parts to keys that are the same in every run of this task, and writes the manifest.
  private Assembled seal(ExportJob job, Assembled assembled, PlanExport.Plan plan, ActivityTotals.Count totals,
      List<SealedManifest.Part> picked) {
    List<Callable<SealedManifest.Part>> copies = new ArrayList<>();
    for (SealedManifest.Part part : picked) {
      String key = job.sealedAttemptPrefix() + "%05d.jsonl.gz".formatted(copies.size());
      copies.add(() -> {
        workflow.files().copy(part.key(), key);
        return new SealedManifest.Part(key, part.rows(), part.sizeBytes(), part.sha256());
      });
    }
    List<SealedManifest.Part> sealed = workflow.files().severalAtOnce(copies);
    var manifest = new SealedManifest(job.orgId(), plan.organizationName(), job.order().period(),
        job.order().activityTypes(), plan.figures(), sealed, Optional.of(totals));
    String key = job.sealedAttemptPrefix() + "manifest.json";
    workflow.files().putJson(key, manifest);
    return assembled.sealed(key, WorkflowFiles.sha256(Documents.write(manifest)),
        plan.figures().map(FigureSnapshot::fingerprint));
  }
}
