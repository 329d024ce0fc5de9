package no.rapport.reportrecords;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Caller;
import no.rapport.api.Environment;
import no.rapport.api.Idempotency;
import no.rapport.api.Priming;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The report history in the records table: reads, adds, locks and deletes its entries. Every change is conditional on
/// the version that was read.
public final class ReportRecords {

  public static final String COLLECTION = "report-records";


  private final Records records;

  public ReportRecords(Records records) {
    this.records = records;
  }

  /// Creates the history in the table `RECORDS_TABLE`.
  static ReportRecords fromEnvironment() {
    DynamoDbClient client = DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    String table = Environment.required("RECORDS_TABLE");
    Priming.beforeSnapshot(table, nowhere -> prime(new ReportRecords(
        new DynamoRecords(DynamoDbClient.builder().httpClient(nowhere).build(), table))));
    return new ReportRecords(new DynamoRecords(client, table));
  }

  /// The operations of requests: add, find, show and list reports.
  private static void prime(ReportRecords reports) {
    var report = new ReportRecord("priming", "priming", ReportRecord.ACTIVITY_EXPORT,
        new Period(LocalDate.EPOCH, LocalDate.EPOCH), ReportStatus.PENDING, Optional.empty(), Optional.empty(), "priming",
        Optional.empty(), Instant.EPOCH, Instant.EPOCH, Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty(), false);
    reports.find(report.reportId());
    reports.create(report);
    reports.records.list(Listing.of(COLLECTION, report.orgId(), Set.of(), 1));
    ReportJson.detailed(Stored.of(entry(report)).report());
    Priming.once(new Idempotency(reports.records, Clock.systemUTC()));
  }

  /// A report and the version at which it was read.
  public record Stored(ReportRecord report, Entry entry) {

    static Stored of(Entry entry) {
      return new Stored(Documents.read(entry.document(), ReportRecord.class), entry);
    }

    long version() {
      return entry.version();
    }

    Stored next(ReportRecord next) {
      return new Stored(next, entry.next(next.status().word(), next.filters(), Documents.write(next)));
    }

    /// Returns a change to commit together with a new re-export of this report. The commit fails if the report was
    /// changed or deleted since it was read.
    ///
    /// The change gives the report a new version and ETag, but no new content. A condition check alone would not be
    /// enough: a deletion that looked for re-exports before this commit would still find the version that it read. The
    /// new version makes such a deletion look again.
    public Change hold() {
      return new Change.Replace(entry, entry.next(entry.status(), entry.filters(), entry.document()));
    }
  }

  public Optional<Stored> find(String reportId) {
    return records.find(COLLECTION, reportId).map(Stored::of);
  }

  /// Returns the report if it exists in the caller's organisation.
  public Optional<Stored> visible(String reportId, Caller caller) {
    return records.find(COLLECTION, reportId, caller::maySee).map(Stored::of);
  }

  /// Stores a new report. A retry with the same idempotency key finds the stored report. If that report has been
  /// deleted since, the retry does not create it again, and its answer equals the first one.
  Stored create(ReportRecord report) {
    Entry entry = entry(report);
    return records.commit(new Change.Create(entry)) ? new Stored(report, entry)
        : find(report.reportId()).orElseGet(() -> new Stored(report, entry));
  }

  /// Returns the changes to commit in the transaction that completes a Bufdir export. The commit fails if the record
  /// already exists. The history's own copy of the file must exist at [CompletedExport#fileRef()] before the commit.
  public static Change enter(CompletedExport export) {
    return new Change.Create(entry(new ReportRecord(export.reportId(), export.orgId(), ReportRecord.ACTIVITY_EXPORT,
        export.period(), ReportStatus.COMPLETED, Optional.of(export.fileRef()), Optional.of(export.fileSizeBytes()),
        export.generatedBy(), Optional.of(export.completedAt()), export.completedAt(), export.completedAt(),
        Optional.of(export.fileSha256()), Optional.of(export.exportId()), Optional.of(export.parameters()),
        Optional.of(export.sealed()), true)));
  }

  static Entry entry(ReportRecord report) {
    return Entry.first(COLLECTION, report.orgId(), report.reportId(), report.createdAt(), report.status().word(),
        report.filters(), Documents.write(report));
  }

  Records records() {
    return records;
  }
}
