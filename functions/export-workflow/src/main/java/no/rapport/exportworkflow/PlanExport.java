package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.exportjobs.ExportJob;
import no.rapport.reportfiles.ReportWriter;
import no.rapport.reporting.FigureSnapshot;

/// Task `PlanExport`: marks the job as processing and divides its rows into parts.
public final class PlanExport implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ExportWorkflow workflow;

  public PlanExport() {
    this(ExportWorkflow.fromEnvironment());
  }

  PlanExport(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// Data that is read once for the whole file, so that repeated tasks write the same bytes.
  record Plan(String organizationName, Optional<FigureSnapshot> figures) {}

  /// @param input the attempt
  /// @return the attempt, `plan` (key of the stored [Plan]) and `parts` (the inputs of `RenderPart`)
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> plan(input));
  }

  private Map<String, Object> plan(Map<String, Object> input) {
    var ref = Tasks.attemptRef(input);
    ExportJob job = workflow.currentJob(ref);
    RowSource source = workflow.rows(job);
    List<RowSource.Part> parts = source.plan();
    long rows = parts.stream().mapToLong(RowSource.Part::rows).sum();
    String planKey = job.partsPrefix() + "plan-" + Tasks.newRun() + ".json";
    workflow.files().putJson(planKey, new Plan(source.organizationName(), source.figures()));
    workflow.jobs().move(ref.exportKind(), ref.exportId(),
            current -> current.started(ref.attempt(), rows, source.dataAsOf()))
        .orElseThrow(() -> new StaleAttempt(ref));
    List<Map<String, Object>> planned = new ArrayList<>();
    List<Long> rowsBefore = ReportWriter.rowsBefore(parts.stream().map(RowSource.Part::rows).toList());
    parts.forEach(part -> planned.add(Map.of("index", part.index(), "after", part.after(), "up_to", part.upTo(),
        "rows", part.rows(), "rows_before", rowsBefore.get(part.index()))));
    return Tasks.output(ref, Map.of("plan", planKey, "parts", planned));
  }
}
