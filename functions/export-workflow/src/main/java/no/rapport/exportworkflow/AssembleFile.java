package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.rapport.records.Documents;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportWriter;
import no.rapport.reporting.ShareSummary;

/// Task `AssembleFile`: joins the rendered shares into the file, in one pass and with constant memory, adds the
/// attachments where they were ordered, and seals the list of sealed parts.
public final class AssembleFile implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// How often the claim is looked at again while attachments are copied.
  private static final int ATTACHMENTS_PER_LOOK = 50;

  private final ExportWorkflow workflow;
  private final ReportArchive.Limits limits;

  public AssembleFile() {
    this(ExportWorkflow.fromEnvironment(), ReportArchive.Limits.DEFAULT);
  }

  AssembleFile(ExportWorkflow workflow, ReportArchive.Limits limits) {
    this.workflow = workflow;
    this.limits = limits;
  }

  /// What the finished file is, as the later states hand it on.
  ///
  /// @param sealedManifest key of the list of sealed parts; null where rows are not sealed
  /// @param leftOut key of the list of attachments that are not in the file; null where nothing is missing
  record Assembled(ExportFile file, long rows, String sealedManifest, String sealedSha256, String leftOut) {}

  /// @param input the claim and `part_count`
  /// @return the claim and `assembled`
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(() -> assemble(input));
  }

  private Map<String, Object> assemble(Map<String, Object> input) {
    var claim = Tasks.claim(input);
    int partCount = ((Number) input.get("part_count")).intValue();
    ExportJob job = workflow.jobs().claimed(claim);
    Files files = workflow.files();
    RowSource source = workflow.rows(job);
    List<ShareSummary> shares = new ArrayList<>();
    List<SealedRows.SealedPart> sealed = new ArrayList<>();
    long attachments = 0;
    for (int index = 0; index < partCount; index++) {
      var rendered = files.getJson(RenderPart.summaryKey(job, index), RenderPart.Rendered.class);
      shares.add(rendered.share());
      rendered.sealed().ifPresent(sealed::add);
      attachments += rendered.attachments();
    }
    if (attachments > limits.files()) {
      throw new AttachmentsExceedLimit(attachments + " attachments");
    }
    var totals = shares.stream().map(ShareSummary::totals).reduce(ActivityTotals.NONE, ActivityTotals::plus);
    String name = source.organizationName();
    var figures = new KeyFigures(totals, source.figures());
    ReportArchive.Content report = out -> ReportWriter.of(job.order().format()).assemble(out,
        ExportWorkflow.description(job, name), figures, shares,
        (index, offset, length) -> files.open(RenderPart.shareKey(job, index), offset, length));
    ExportFile file;
    String leftOut = null;
    try (var upload = files.upload(job.fileKey(), job.contentType())) {
      var out = new BufferedOutputStream(upload, 1 << 16);
      if (job.order().includeAttachments()) {
        List<ReportArchive.LeftOut> missing = archive(claim, job, partCount, report, out);
        if (!missing.isEmpty()) {
          leftOut = job.leftOutKey();
          files.putJson(leftOut, missing);
        }
      } else {
        report.writeTo(out);
      }
      out.flush();
      workflow.jobs().claimed(claim);
      Files.Written written = upload.complete();
      file = new ExportFile(job.fileKey(), job.fileName(), job.contentType(), written.sizeBytes(), written.sha256());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Assembled assembled = new Assembled(file, totals.rows(), null, null, leftOut);
    if (job.isSealed()) {
      var manifest = new SealedRows.Manifest(job.orgId(), name, job.order().period(), job.order().activityTypes(),
          figures.snapshot(), sealed);
      String key = job.sealedAttemptPrefix() + "manifest.json";
      files.putJson(key, manifest);
      assembled = new Assembled(file, totals.rows(), key, Files.sha256(Documents.write(manifest)), leftOut);
    }
    return Tasks.output(claim, Map.of("assembled", Tasks.map(assembled)));
  }

  private List<ReportArchive.LeftOut> archive(Executions.Claim claim, ExportJob job, int partCount,
      ReportArchive.Content report, OutputStream out) throws IOException {
    var archive = new ReportArchive(workflow.files(), job, limits, out);
    archive.report(report);
    int[] copied = {0};
    for (int index = 0; index < partCount; index++) {
      AttachmentReferences.read(workflow.files(), RenderPart.attachmentsKey(job, index), (activityId, file) -> {
        archive.attachment(activityId, file);
        if (++copied[0] % ATTACHMENTS_PER_LOOK == 0) {
          workflow.jobs().claimed(claim);
        }
      });
    }
    return archive.finish();
  }
}
