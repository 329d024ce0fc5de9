package no.rapport.exportworkflow;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import no.rapport.emulator.HeapS3;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.records.Documents;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.Activity;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/// Runs the export tasks one by one in the order of the state machine, with a test's rows and its own bucket.
final class TaskRun {

  static final String ORG = "org-bufdir-042";
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final S3Client S3 = HeapS3.newClient();

  final String bucket = "run-" + UUID.randomUUID();
  final List<Activity> rows = new ArrayList<>();
  final RecordedExecutions executions = new RecordedExecutions();
  final ExportWorkflow workflow;
  private int rowsPerPart = 1_000;
  private int jobs;

  TaskRun() {
    S3.createBucket(create -> create.bucket(bucket));
    var clock = Clock.fixed(NOW, ZoneOffset.UTC);
    workflow = new ExportWorkflow(new InMemoryRecords(clock), S3, null, executions, bucket, ":stateMachine:export", ":stateMachine:retry", (_, _) -> new TestRows(),
        clock);
  }

  /// Sets the number of rows in each part.
  TaskRun inPartsOf(int count) {
    rowsPerPart = count;
    return this;
  }

  TaskRun row(String activityId, String... attachments) {
    rows.add(anActivity(activityId, attachments));
    return this;
  }

  static Activity anActivity(String activityId, String... attachments) {
    return new Activity(activityId, ORG, "group_session", LocalDate.of(2025, 3, 14), 12, 90, "Tana bru", "5628",
        "Finnmark", "barn og unge", "Samling for søsken", "", List.of(attachments), Instant.EPOCH);
  }

  TaskRun object(String key, byte[] content) {
    S3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(content));
    return this;
  }

  TaskRun attachment(String activityId, String file, byte[] content) {
    return object("attachments/" + ORG + "/" + activityId + "/" + file, content);
  }

  byte[] read(String key) {
    return S3.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asByteArray();
  }

  List<String> keysBelow(String prefix) {
    return S3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
        .map(object -> object.key()).toList();
  }

  static ExportOrder anOrder(String format, boolean attachments, boolean submit) {
    return new ExportOrder(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), format,
        ReportLocale.NB, true, attachments, Suppression.NONE, submit, false, false, Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty());
  }

  ExportJob accept(ExportKind kind, ExportOrder order) {
    var job = ExportJob.accepted(kind, "exp-20260301-" + "%010d".formatted(++jobs), ORG, NOW, "key-1", order);
    return workflow.jobs().accept(job).orElseThrow().job();
  }

  ExportJob job(ExportJob accepted) {
    return workflow.jobs().find(accepted.kind(), accepted.id()).orElseThrow().job();
  }

  /// Runs a job's tasks from planning to completion.
  ///
  /// @return the completed job
  ExportJob run(ExportJob job) {
    new CompleteExport(workflow).handleRequest(assembled(job), null);
    return job(job);
  }

  /// Runs a job's tasks from planning to the finished file.
  ///
  /// @return the output of `AssembleFile`
  Map<String, Object> assembled(ExportJob job) {
    return new AssembleFile(workflow, ReportArchive.Limits.DEFAULT).handleRequest(rendered(job), null);
  }

  /// Plans the parts and renders them.
  ///
  /// @return the input of `AssembleFile`
  Map<String, Object> rendered(ExportJob job) {
    var ref = claim(job);
    var planned = new PlanExport(workflow).handleRequest(ref, null);
    List<?> parts = (List<?>) planned.get("parts");
    var state = with(ref, "plan", planned.get("plan"));
    List<Object> rendered = new ArrayList<>();
    for (Object part : parts) {
      rendered.add(new RenderPart(workflow).handleRequest(with(state, "part", part), null));
    }
    return with(state, "rendered", rendered);
  }

  static Map<String, Object> claim(ExportJob job) {
    return Tasks.map(AttemptRef.of(job));
  }

  static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
    var more = new HashMap<>(map);
    more.put(name, value);
    return more;
  }

  /// Converts a value through JSON, as a state machine does between states.
  static Map<String, Object> throughJson(Map<String, Object> state) {
    return Tasks.map(Documents.read(Documents.write(state), Map.class));
  }

  /// Rows of an organisation without figures.
  abstract static class Rows implements RowSource {

    @Override
    public String organizationName() {
      return "Likepersonforbundet Øst-Finnmark";
    }

    @Override
    public Optional<FigureSnapshot> figures() {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> dataAsOf() {
      return Optional.of(NOW);
    }
  }

  private final class TestRows extends Rows {

    @Override
    public List<Part> plan() {
      List<Part> parts = new ArrayList<>();
      for (int from = 0; from < rows.size(); from += rowsPerPart) {
        int to = Math.min(rows.size(), from + rowsPerPart);
        parts.add(new Part(parts.size(), Integer.toString(from), Integer.toString(to), to - from));
      }
      return parts;
    }

    @Override
    public void read(Part part, Consumer<Activity> consumer) {
      rows.subList(Integer.parseInt(part.after()), Integer.parseInt(part.upTo())).forEach(consumer);
    }
  }
}
