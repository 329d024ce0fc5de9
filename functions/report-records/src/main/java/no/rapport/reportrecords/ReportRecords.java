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

/// The report history in the records table: how its entries are read, entered, held and let go. Every change is
/// conditional on what was read.
public final class ReportRecords {

  public static final String COLLECTION = "report-records";


  private final Records records;

  public ReportRecords(Records records) {
    this.records = records;
  }

  /// Reads `RECORDS_TABLE`.
  static ReportRecords fromEnvironment() {
    DynamoDbClient client = DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    String table = Environment.required("RECORDS_TABLE");
    Priming.beforeSnapshot(table, nowhere -> prime(new ReportRecords(
        new DynamoRecords(DynamoDbClient.builder().httpClient(nowhere).build(), table))));
    return new ReportRecords(new DynamoRecords(client, table));
  }

  /// What a request does: enters a report, finds, shows and lists it.
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

  /// A report with the version it was read at.
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

    /// To be committed together with a new re-export of this report: refused when the report has been changed or
    /// deleted since, and makes a deletion that has already looked for re-exports look again.
    ///
    /// A mere check would not do: a deletion that looked before the re-export was there would still find the version
    /// that it saw. The report itself stays as it is; only its version, and with it its ETag, moves on.
    public Change hold() {
      return new Change.Replace(entry, entry.next(entry.status(), entry.filters(), entry.document()));
    }
  }

  public Optional<Stored> find(String reportId) {
    return records.find(COLLECTION, reportId).map(Stored::of);
  }

  /// The report where it exists for this caller.
  public Optional<Stored> visible(String reportId, Caller caller) {
    return records.find(COLLECTION, reportId, caller::maySee).map(Stored::of);
  }

  /// Stores a new report. The same report again, as a request that is repeated under its idempotency key makes it, is
  /// found; where it has been deleted since, it stays so, and the answer is as the first one was.
  Stored create(ReportRecord report) {
    Entry entry = entry(report);
    return records.commit(new Change.Create(entry)) ? new Stored(report, entry)
        : find(report.reportId()).orElseGet(() -> new Stored(report, entry));
  }

  /// To be committed in the transaction that completes a Bufdir export; refused where the record is there already.
  /// The history's own copy of the file must lie at [CompletedExport#fileRef()] before.
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
