package no.rapport.reportrecords;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import no.rapport.reporting.Period;

/// One report in an organisation's history. A client entered it, or a completed export created it.
///
/// Times are UTC, whole seconds. A report whose file Rapport wrote is `completed` from the beginning; its file's key,
/// size and SHA-256 never change.
///
/// @param fileRef key of the file in the bucket, below `reports/{org_id}/`; a key from a client may name an object that
///     does not exist
/// @param fileSizeBytes size of the file, as written by Rapport or stated by a client
/// @param generatedBy id of the user or key that ordered it
/// @param fileSha256 of the file that Rapport wrote, lower-case hexadecimal
/// @param exportId the export that created this record
/// @param parameters the parameters with which Rapport generated it
/// @param sealed the rows from which it was generated
/// @param owned whether Rapport wrote the file; if so, deleting the record removes the file
public record ReportRecord(
    String reportId,
    String orgId,
    String reportType,
    Period period,
    ReportStatus status,
    Optional<String> fileRef,
    Optional<Long> fileSizeBytes,
    String generatedBy,
    Optional<Instant> generatedAt,
    Instant createdAt,
    Instant updatedAt,
    Optional<String> fileSha256,
    Optional<String> exportId,
    Optional<ReportParameters> parameters,
    Optional<SealedData> sealed,
    boolean owned) {

  /// The report type of a record that a Bufdir export creates.
  public static final String ACTIVITY_EXPORT = "activity_export";

  /// Returns the key of a generated report's file.
  public static String fileRef(String orgId, Period period, String reportId, String extension) {
    return "reports/" + orgId + "/" + period.folder() + "/" + reportId + "." + extension;
  }

  @JsonIgnore
  Map<String, String> filters() {
    var filters = new HashMap<String, String>();
    filters.put("report_type", reportType);
    filters.put("period_from", period.from().toString());
    filters.put("period_to", period.to().toString());
    filters.put("generated_by", generatedBy);
    exportId.ifPresent(id -> filters.put("export_id", id));
    sealed.flatMap(SealedData::figures).ifPresent(figures -> filters.put(StaleReports.FIGURES, figures));
    return filters;
  }

  /// Returns this report with a client's changes.
  ReportRecord changed(ReportStatus nextStatus, Optional<String> nextFileRef, Optional<Long> nextSize,
      Optional<Instant> nextGeneratedAt, Instant now) {
    return new ReportRecord(reportId, orgId, reportType, period, nextStatus, nextFileRef, nextSize, generatedBy,
        nextGeneratedAt, createdAt, now.isAfter(updatedAt) ? now : updatedAt, fileSha256, exportId, parameters, sealed,
        owned);
  }
}
