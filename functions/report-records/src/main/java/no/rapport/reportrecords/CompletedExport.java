package no.rapport.reportrecords;

import java.time.Instant;
import no.rapport.reporting.Period;

/// A Bufdir export as it enters the history when it completes.
///
/// @param reportId the id that was set aside for the record, `rpt_…`
/// @param exportId the export
/// @param fileSizeBytes exact size of the history's own copy of the file
/// @param fileSha256 of that copy, lower-case hexadecimal
/// @param generatedBy who ordered the export
/// @param completedAt UTC, whole seconds
public record CompletedExport(String reportId, String exportId, String orgId, Period period,
    ReportParameters parameters, long fileSizeBytes, String fileSha256, SealedData sealed, String generatedBy,
    Instant completedAt) {

  /// Where the history's own copy of the file has to lie before the record is committed.
  public String fileRef() {
    return ReportRecord.fileRef(orgId, period, reportId, parameters.extension());
  }
}
