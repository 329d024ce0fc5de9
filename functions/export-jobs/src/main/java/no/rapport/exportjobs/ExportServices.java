package no.rapport.exportjobs;

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
import no.rapport.reporting.ReportLocale;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/// Creates the clients, stores and clock of export jobs, once per function.
public final class ExportServices {

  /// Default of `MAX_ORDERS_PER_HOUR`: exports that an organisation may order within an hour.
  public static final int MAX_ORDERS_PER_HOUR = 300;

  private final Records records;
  private final S3Client s3;
  private final S3Presigner presigner;
  private final SfnClient sfn;
  private final String bucket;
  private final String exportMachineArn;
  private final String retryMachineArn;
  private final int maxOrdersPerHour;
  private final Clock clock;

  public ExportServices(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn, String bucket,
      String exportMachineArn, String retryMachineArn, Clock clock) {
    this(records, s3, presigner, sfn, bucket, exportMachineArn, retryMachineArn, MAX_ORDERS_PER_HOUR, clock);
  }

  /// @param maxOrdersPerHour how many exports an organisation may order within an hour
  ExportServices(Records records, S3Client s3, S3Presigner presigner, SfnClient sfn, String bucket,
      String exportMachineArn, String retryMachineArn, int maxOrdersPerHour, Clock clock) {
    this.records = records;
    this.s3 = s3;
    this.presigner = presigner;
    this.sfn = sfn;
    this.bucket = bucket;
    this.exportMachineArn = exportMachineArn;
    this.retryMachineArn = retryMachineArn;
    this.maxOrdersPerHour = maxOrdersPerHour;
    this.clock = clock;
  }

  /// Returns services for the settings `RECORDS_TABLE`, `BUCKET`, `EXPORT_STATE_MACHINE_ARN`, `RETRY_STATE_MACHINE_ARN`
  /// and the optional `MAX_ORDERS_PER_HOUR`.
  ///
  /// @throws IllegalStateException if a setting is missing; the message names it
  public static ExportServices fromEnvironment() {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return fromEnvironment(http, DynamoDbClient.builder().httpClient(http).build());
  }

  /// Returns services that share the caller's clients.
  public static ExportServices fromEnvironment(SdkHttpClient http, DynamoDbClient dynamoDb) {
    boolean pathStyle = Boolean.parseBoolean(Environment.optional("S3_PATH_STYLE", "false"));
    S3Client s3 = S3Client.builder().httpClient(http).forcePathStyle(pathStyle).build();
    S3Presigner presigner = S3Presigner.builder()
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(pathStyle).build()).build();
    String table = Environment.required("RECORDS_TABLE");
    Priming.beforeSnapshot(table, nowhere -> prime(nowhere, presigner));
    return new ExportServices(new DynamoRecords(dynamoDb, table), s3, presigner,
        SfnClient.builder().httpClient(http).build(), Environment.required("BUCKET"),
        Environment.required("EXPORT_STATE_MACHINE_ARN"), Environment.required("RETRY_STATE_MACHINE_ARN"),
        Integer.parseInt(Environment.optional("MAX_ORDERS_PER_HOUR", String.valueOf(MAX_ORDERS_PER_HOUR))),
        Clock.systemUTC());
  }

  /// Runs the steps of a typical request: finds and lists jobs, accepts one and starts it, creates a download link.
  private static void prime(SdkHttpClient nowhere, S3Presigner presigner) {
    var records = new DynamoRecords(DynamoDbClient.builder().httpClient(nowhere).build(), "priming");
    var services = new ExportServices(records, S3Client.builder().httpClient(nowhere).build(), presigner,
        SfnClient.builder().httpClient(nowhere).build(), "priming", "arn:aws:states:::stateMachine:priming",
        "arn:aws:states:::stateMachine:priming", Clock.systemUTC());
    var day = LocalDate.EPOCH;
    var job = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, "priming", "priming", services.now(), "priming",
        ExportOrder.of(new Period(day, day), List.of(), "csv", ReportLocale.NB));
    services.jobs().find(ExportKind.BUFDIR_EXPORT, "priming");
    records.list(Listing.of(ExportKind.BUFDIR_EXPORT.collection(), "priming", Set.of(), 1));
    records.list(Listing.of(ExportKind.BUFDIR_EXPORT.collection(), "priming", Set.of("completed"), 1));
    services.requests().exceededQuota("priming", services.now());
    services.requests().begin(job);
    Documents.read(Documents.write(job), ExportJob.class);
    services.progress().read(job, services.now());
    Priming.once(services.idempotency());
    services.links().to("priming", "priming/priming", "exports/priming/priming.csv", "priming.csv", "text/csv");
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
    return new ExportRequests(jobs(), executions(), quota(), objects());
  }

  public ExportQuota quota() {
    return new ExportQuota(jobs(), executions(), maxOrdersPerHour, clock);
  }

  public ExportProgress progress() {
    return new ExportProgress(records);
  }

  public ExportObjects objects() {
    return new ExportObjects(s3, bucket);
  }

  public DownloadLinks links() {
    return new DownloadLinks(presigner, bucket, records, clock);
  }

  public Idempotency idempotency() {
    return new Idempotency(records, clock);
  }

  public S3Client s3() {
    return s3;
  }

  public String bucket() {
    return bucket;
  }

  /// Returns the current time in whole seconds.
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
