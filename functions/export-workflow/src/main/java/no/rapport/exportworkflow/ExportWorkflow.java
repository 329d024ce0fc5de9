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

/// The services of the export tasks: jobs, row sources and files.
public final class ExportWorkflow {

  private final ExportServices services;
  private final RowSources rowSources;
  private final WorkflowFiles.Sending sending;

  /// @param s3 client that the tasks also use to read and write files in `bucket`
  ExportWorkflow(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn, String bucket,
      String exportMachineArn, String retryMachineArn, RowSources rowSources, Clock clock) {
    this(records, s3, presigner, sfn, bucket, exportMachineArn, retryMachineArn, rowSources, clock,
        WorkflowFiles.Sending.DEFAULT);
  }

  /// @param sending settings of uploads to `s3`
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

  /// Creates the source of a job's current rows.
  interface RowSources {
    RowSource current(ExportJob job, Instant now);
  }

  /// Reads `SOURCE_DATA_TABLE` and the settings of [ExportServices#fromEnvironment].
  ///
  /// @throws IllegalStateException if a setting is missing; the message names it
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

  /// Returns the services of the contracts' functions.
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

  /// Returns the job of an attempt.
  ///
  /// @throws StaleAttempt if the job has ended or has a newer attempt
  ExportJob currentJob(AttemptRef ref) {
    return jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> job.isAt(ref.attempt())).orElseThrow(() -> new StaleAttempt(ref));
  }

  /// Removes an attempt's files if its job was cancelled, failed or restarted in the meantime. Files that a completed
  /// job or a worker refers to stay.
  void removeAbandoned(AttemptRef ref) {
    jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> !job.isAt(ref.attempt()) && job.state() != ExportState.COMPLETED && job.file().isEmpty())
        .ifPresent(job -> job.leftovers(ref.attempt()).forEach(objects()::removeBelow));
  }

  /// The report exists, because it cannot be deleted while it is re-exported.
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
