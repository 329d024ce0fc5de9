package no.rapport.reportrecords;

import java.util.List;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// What a generated report was made with; a re-export starts from it.
///
/// @param activityTypes codes that were asked for; empty means all
/// @param includeAnnexes whether the annexes were written
/// @param includeAttachments whether the file is a ZIP of the report and its attachments
public record ReportParameters(ReportFormat format, ReportLocale locale, List<String> activityTypes,
    boolean includeAnnexes, boolean includeAttachments, Suppression suppression) {

  public ReportParameters {
    activityTypes = List.copyOf(activityTypes);
  }

  /// What a report is made with when nobody has said anything else, as a Bufdir export has it.
  public static final ReportParameters DEFAULT =
      new ReportParameters(ReportFormat.XLSX, ReportLocale.NB, List.of(), true, false, Suppression.NONE);

  /// Extension of the file, without the dot.
  public String extension() {
    return includeAttachments ? "zip" : format.extension();
  }
}
