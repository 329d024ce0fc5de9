package no.rapport.reportrecords;

import java.time.Instant;
import no.rapport.reporting.Period;

/// A completed Bufdir export, as it enters the report history.
///
/// @param reportId the id that was reserved for the record, `rpt_…`
/// @param exportId the export
/// @param fileSizeBytes exact size of the history's own copy of the file
/// @param fileSha256 of that copy, lower-case hexadecimal
/// @param generatedBy id of the user or key that ordered the export
/// @param completedAt UTC, whole seconds
public record CompletedExport(String reportId, String exportId, String orgId, Period period,
    ReportParameters parameters, long fileSizeBytes, String fileSha256, SealedData sealed, String generatedBy,
    Instant completedAt) {

  /// Returns the key at which the history's own copy of the file must exist before the record is committed.
  public String fileRef() {
    return ReportRecord.fileRef(orgId, period, reportId, parameters.extension());
  }
}
