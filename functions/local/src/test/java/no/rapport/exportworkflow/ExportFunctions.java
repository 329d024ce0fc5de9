package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import no.rapport.emulator.SameThread;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Cleanup;
import no.rapport.records.DynamoRecords;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.OrganizationRegister;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/// Creates the functions of exports with a test's clients and clock.
public final class ExportFunctions {

  private ExportFunctions() {}

  public static ExportWorkflow workflow(DynamoDbClient dynamoDb, String recordsTable, String sourceTable, S3Client s3,
      S3Presigner presigner, SfnClient sfn, String bucket, String exportMachine, String retryMachine, Clock clock) {
    return workflow(dynamoDb, recordsTable, sourceTable, s3, presigner, sfn, bucket, exportMachine, retryMachine, clock,
        CurrentRows.ROWS_PER_PART, WorkflowFiles.Sending.DEFAULT);
  }

  /// Returns a workflow with parts of two rows instead of 50,000, which uploads parts one after the other.
  ///
  /// @param partBytes bytes of one part of a multipart upload
  public static ExportWorkflow inParts(DynamoDbClient dynamoDb, String recordsTable, String sourceTable, S3Client s3,
      S3Presigner presigner, SfnClient sfn, String bucket, String exportMachine, String retryMachine, Clock clock,
      int partBytes) {
    return workflow(dynamoDb, recordsTable, sourceTable, s3, presigner, sfn, bucket, exportMachine, retryMachine, clock, 2,
        new WorkflowFiles.Sending(partBytes, SameThread::new));
  }

  private static ExportWorkflow workflow(DynamoDbClient dynamoDb, String recordsTable, String sourceTable, S3Client s3,
      S3Presigner presigner, SfnClient sfn, String bucket, String exportMachine, String retryMachine, Clock clock,
      int rowsPerPart, WorkflowFiles.Sending sending) {
    var records = new DynamoRecords(dynamoDb, recordsTable);
    var activities = new Activities(dynamoDb, sourceTable);
    var organizations = new OrganizationRegister(dynamoDb, sourceTable);
    return new ExportWorkflow(records, s3, presigner, sfn, bucket, exportMachine, retryMachine, (job, now) ->
        new CurrentRows(activities, organizations, records, job.orgId(), job.order(), now, rowsPerPart), clock, sending);
  }

  public static Map<String, RequestHandler<Map<String, Object>, Map<String, Object>>> tasks(ExportWorkflow workflow) {
    return Map.of(
        "PlanExport", new PlanExport(workflow),
        "RenderPart", new RenderPart(workflow),
        "AssembleFile", new AssembleFile(workflow, ReportArchive.Limits.DEFAULT),
        "CompleteExport", new CompleteExport(workflow),
        "FailExport", new FailExport(workflow),
        "PrepareRetry", new PrepareRetry(workflow),
        "MarkNotified", new MarkNotified(workflow),
        "SweepExports", new SweepExports(workflow));
  }

  /// Returns the open duties: follow-ups and removals.
  public static List<String> duties(ExportWorkflow workflow, Instant now) {
    return java.util.stream.Stream.concat(
        FollowUps.open(workflow.records(), 100, now).stream().map(note -> "follow-up " + note.sort()),
        Cleanup.open(workflow.records(), "", 100, now).stream().map(note -> "removal " + note.sort())).toList();
  }
}
