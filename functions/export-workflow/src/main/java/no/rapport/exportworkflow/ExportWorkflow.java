package no.rapport.exportworkflow;

import java.time.Clock;
import java.time.Instant;
import no.rapport.api.Environment;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportObjects;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportProgress;
import no.rapport.exportjobs.ExportQuota;
import no.rapport.exportjobs.ExportServices;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Records;
import no.rapport.reporting.ReportDescription;
import no.rapport.reportrecords.ReportRecords;
import no.rapport.reportrecords.SealedData;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.OrganizationRegister;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/// What the tasks of exports work with: the jobs with their services, and where rows are read and files written.
public final class ExportWorkflow {

  private final ExportServices services;
  private final RowSources rowSources;
  private final WorkflowFiles.Sending sending;

  /// @param s3 also used by the tasks to read and write files in `bucket`
  ExportWorkflow(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn, String bucket,
      String exportMachineArn, String retryMachineArn, RowSources rowSources, Clock clock) {
    this(records, s3, presigner, sfn, bucket, exportMachineArn, retryMachineArn, rowSources, clock,
        WorkflowFiles.Sending.DEFAULT);
  }

  /// @param sending how the tasks send their requests to `s3`
  ExportWorkflow(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn, String bucket,
      String exportMachineArn, String retryMachineArn, RowSources rowSources, Clock clock,
      WorkflowFiles.Sending sending) {
    this(new ExportServices(records, s3, presigner, sfn, bucket, exportMachineArn, retryMachineArn, clock), rowSources,
        sending);
  }

  private ExportWorkflow(ExportServices services, RowSources rowSources, WorkflowFiles.Sending sending) {
    this.services = services;
    this.rowSources = rowSources;
    this.sending = sending;
  }

  /// Where today's rows of a job are read.
  interface RowSources {
    RowSource current(ExportJob job, Instant now);
  }

  /// Reads `SOURCE_DATA_TABLE` and what [ExportServices#fromEnvironment] reads.
  ///
  /// @throws IllegalStateException naming the setting that is missing
  public static ExportWorkflow fromEnvironment() {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    DynamoDbClient dynamoDb = DynamoDbClient.builder().httpClient(http).build();
    String sourceData = Environment.required("SOURCE_DATA_TABLE");
    ExportServices services = ExportServices.fromEnvironment(http, dynamoDb);
    var activities = new Activities(dynamoDb, sourceData);
    var organizations = new OrganizationRegister(dynamoDb, sourceData);
    return new ExportWorkflow(services, (job, now) ->
        new CurrentRows(activities, organizations, services.records(), job.orgId(), job.order(), now),
        WorkflowFiles.Sending.DEFAULT);
  }

  /// What the contracts' functions work with.
  public ExportServices services() {
    return services;
  }

  Records records() {
    return services.records();
  }

  ExportJobs jobs() {
    return services.jobs();
  }

  Executions executions() {
    return services.executions();
  }

  ExportObjects objects() {
    return services.objects();
  }

  ExportProgress progress() {
    return services.progress();
  }

  ExportQuota quota() {
    return services.quota();
  }

  WorkflowFiles files() {
    return new WorkflowFiles(services.s3(), services.bucket(), sending);
  }

  Instant now() {
    return services.now();
  }

  /// The job, where this attempt is the one to do the work.
  ///
  /// @throws StaleAttempt otherwise
  ExportJob currentJob(AttemptRef ref) {
    return jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> job.isAt(ref.attempt())).orElseThrow(() -> new StaleAttempt(ref));
  }

  /// Removes what an attempt may have written, where its job was cancelled, failed or started again meanwhile. What a
  /// completed job or a worker named stays.
  void removeAbandoned(AttemptRef ref) {
    jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> !job.isAt(ref.attempt()) && job.state() != ExportState.COMPLETED && job.file().isEmpty())
        .ifPresent(job -> job.leftovers(ref.attempt()).forEach(objects()::removeBelow));
  }

  /// The report cannot be deleted while it is re-exported: its record is there.
  private String sealedSha256(ExportJob job) {
    return job.order().reportId().flatMap(new ReportRecords(records())::find).flatMap(stored -> stored.report().sealed())
        .map(SealedData::sha256)
        .orElseThrow(() -> new IllegalStateException("The report has no sealed rows: " + job.order().reportId()));
  }

  RowSource rows(ExportJob job) {
    return job.order().sealedManifest().filter(_ -> !job.order().refresh())
        .<RowSource>map(key -> new SealedRows(files(), key, sealedSha256(job), job.order()))
        .orElseGet(() -> rowSources.current(job, now()));
  }

  static ReportDescription description(ExportJob job, String organizationName) {
    ExportOrder order = job.order();
    return new ReportDescription(job.orgId(), organizationName, order.period(), order.activityTypes(), order.locale(),
        order.includeAnnexes(), order.suppression());
  }
}
