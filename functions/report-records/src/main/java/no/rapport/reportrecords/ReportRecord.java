package no.rapport.reportrecords;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import no.rapport.reporting.Period;

/// One report of an organisation's history, entered by a client or left by a completed export.
///
/// Times are UTC, whole seconds. A report whose file Rapport wrote is completed from the beginning, and its file's
/// key, size and SHA-256 never change.
///
/// @param fileRef key of the file in the bucket, below `reports/{org_id}/`; a client's may name an absent object
/// @param fileSizeBytes as Rapport wrote it, or as a client says
/// @param generatedBy id of the user or key that had it made
/// @param fileSha256 of the file that Rapport wrote, lower-case hexadecimal
/// @param exportId the export that left this record
/// @param parameters what Rapport made it with
/// @param sealed the rows it was made of
/// @param owned whether Rapport wrote the file, and therefore removes it with the record
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

  /// The type of what a Bufdir export leaves here.
  public static final String ACTIVITY_EXPORT = "activity_export";

  /// Where the file of a generated report lies.
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

  /// The same report as a client changed it.
  ReportRecord changed(ReportStatus nextStatus, Optional<String> nextFileRef, Optional<Long> nextSize,
      Optional<Instant> nextGeneratedAt, Instant now) {
    return new ReportRecord(reportId, orgId, reportType, period, nextStatus, nextFileRef, nextSize, generatedBy,
        nextGeneratedAt, createdAt, now.isAfter(updatedAt) ? now : updatedAt, fileSha256, exportId, parameters, sealed,
        owned);
  }
}
