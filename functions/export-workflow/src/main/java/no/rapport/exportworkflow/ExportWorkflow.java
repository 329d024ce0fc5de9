package no.rapport.exportworkflow;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import no.rapport.api.DownloadLinks;
import no.rapport.api.Environment;
import no.rapport.api.Idempotency;
import no.rapport.api.Priming;
import no.rapport.records.Documents;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;
import no.rapport.reportrecords.ReportRecords;
import no.rapport.reportrecords.SealedData;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.OrganizationRegister;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/// What the handlers and tasks of exports work with: clients, stores and the clock, made once per function.
public final class ExportWorkflow {

  private final Records records;
  private final S3Client s3;
  private final S3Presigner presigner;
  private final SfnClient sfn;
  private final String bucket;
  private final String exportMachineArn;
  private final String retryMachineArn;
  private final RowSources rowSources;
  private final Clock clock;
  private final Files.Sending sending;

  /// @param s3 also used by the tasks to read and write files in `bucket`
  ExportWorkflow(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn, String bucket,
      String exportMachineArn, String retryMachineArn, RowSources rowSources, Clock clock) {
    this(records, s3, presigner, sfn, bucket, exportMachineArn, retryMachineArn, rowSources, clock,
        Files.Sending.DEFAULT);
  }

  /// @param sending how the tasks send their requests to `s3`
  ExportWorkflow(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn, String bucket,
      String exportMachineArn, String retryMachineArn, RowSources rowSources, Clock clock,
      Files.Sending sending) {
    this.records = records;
    this.s3 = s3;
    this.presigner = presigner;
    this.sfn = sfn;
    this.bucket = bucket;
    this.exportMachineArn = exportMachineArn;
    this.retryMachineArn = retryMachineArn;
    this.rowSources = rowSources;
    this.clock = clock;
    this.sending = sending;
  }

  /// Where today's rows of a job are read.
  interface RowSources {
    RowSource today(ExportJob job, Instant now);
  }

  /// Reads `RECORDS_TABLE`, `SOURCE_DATA_TABLE`, `BUCKET`, `EXPORT_STATE_MACHINE_ARN` and `RETRY_STATE_MACHINE_ARN`.
  ///
  /// @throws IllegalStateException naming the setting that is missing
  public static ExportWorkflow fromEnvironment() {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    DynamoDbClient dynamoDb = DynamoDbClient.builder().httpClient(http).build();
    String sourceData = Environment.required("SOURCE_DATA_TABLE");
    S3Client s3 = S3Client.builder().httpClient(http).forcePathStyle(pathStyle()).build();
    S3Presigner presigner = S3Presigner.builder()
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(pathStyle()).build()).build();
    var records = new DynamoRecords(dynamoDb, Environment.required("RECORDS_TABLE"));
    Priming.beforeSnapshot(Environment.required("RECORDS_TABLE"), nowhere -> practise(nowhere, presigner));
    var activities = new Activities(dynamoDb, sourceData);
    var organizations = new OrganizationRegister(dynamoDb, sourceData);
    return new ExportWorkflow(records, s3, presigner, SfnClient.builder().httpClient(http).build(),
        Environment.required("BUCKET"), Environment.required("EXPORT_STATE_MACHINE_ARN"),
        Environment.required("RETRY_STATE_MACHINE_ARN"),
        (job, now) -> new TodaysRows(activities, organizations, records, job.orgId(), job.order(), now),
        Clock.systemUTC());
  }

  /// What a request does: finds and lists jobs, accepts one and starts it, links to a file.
  private static void practise(SdkHttpClient nowhere, S3Presigner presigner) {
    var records = new DynamoRecords(DynamoDbClient.builder().httpClient(nowhere).build(), "priming");
    var workflow = forRequests(records, S3Client.builder().httpClient(nowhere).build(), presigner,
        SfnClient.builder().httpClient(nowhere).build(), "priming", "arn:aws:states:::stateMachine:priming",
        "arn:aws:states:::stateMachine:priming", Clock.systemUTC());
    var day = LocalDate.EPOCH;
    var job = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, "priming", "priming", workflow.now(), "priming",
        ExportOrder.of(new Period(day, day), List.of(), "csv", ReportLocale.NB));
    workflow.jobs().find(ExportKind.BUFDIR_EXPORT, "priming");
    records.list(Listing.of(ExportKind.BUFDIR_EXPORT.collection(), "priming", Set.of(), 1));
    records.list(Listing.of(ExportKind.BUFDIR_EXPORT.collection(), "priming", Set.of("completed"), 1));
    workflow.requests().refusalIfFull("priming");
    workflow.requests().begin(job);
    Documents.read(Documents.write(job), ExportJob.class);
    workflow.progress().of(job, workflow.now());
    Priming.once(workflow.idempotency());
    workflow.links().to("exports/priming/priming.csv", "priming.csv", "text/csv");
  }

  /// What the contracts' handlers work with, which read no rows.
  public static ExportWorkflow forRequests(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn,
      String bucket, String exportMachineArn, String retryMachineArn, Clock clock) {
    return new ExportWorkflow(records, s3, presigner, sfn, bucket, exportMachineArn, retryMachineArn, (job, _) -> {
      throw new IllegalStateException("Job " + job.id() + " is to be rendered where no rows are read");
    }, clock);
  }

  private static boolean pathStyle() {
    return Boolean.parseBoolean(Environment.optional("S3_PATH_STYLE", "false"));
  }

  public Records records() {
    return records;
  }

  public ExportJobs jobs() {
    return new ExportJobs(records);
  }

  public Executions executions() {
    return new Executions(sfn, exportMachineArn, retryMachineArn);
  }

  public ExportRequests requests() {
    return new ExportRequests(jobs(), executions(), places(), files());
  }

  public DownloadLinks links() {
    return new DownloadLinks(presigner, bucket);
  }

  /// Whether there is an object of that key.
  public boolean exists(String key) {
    return files().exists(key);
  }

  public Idempotency idempotency() {
    return new Idempotency(records, clock);
  }

  public ExportProgress progress() {
    return new ExportProgress(records);
  }

  Places places() {
    return new Places(jobs(), executions(), clock);
  }

  Files files() {
    return new Files(s3, bucket, sending);
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /// The report cannot be deleted while it is re-exported: its record is there.
  private String sealedSha256(ExportJob job) {
    return job.order().reportId().flatMap(new ReportRecords(records)::find).flatMap(stored -> stored.report().sealed())
        .map(SealedData::sha256)
        .orElseThrow(() -> new IllegalStateException("The report has no sealed rows: " + job.order().reportId()));
  }

  RowSource rows(ExportJob job) {
    return job.order().sealedManifest().filter(_ -> !job.order().refresh())
        .<RowSource>map(key -> new SealedRows(files(), key, sealedSha256(job), job.order()))
        .orElseGet(() -> rowSources.today(job, now()));
  }

  static ReportDescription description(ExportJob job, String organizationName) {
    ExportOrder order = job.order();
    return new ReportDescription(job.orgId(), organizationName, order.period(), order.activityTypes(), order.locale(),
        order.includeAnnexes(), order.suppression());
  }
}
