package no.rapport.reportrecords;

import java.util.List;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// The parameters of a generated report. A re-export uses them as its defaults.
///
/// @param activityTypes requested codes; empty means all
/// @param includeAnnexes whether the annexes were written
/// @param includeAttachments whether the file is a ZIP of the report and its attachments
public record ReportParameters(ReportFormat format, ReportLocale locale, List<String> activityTypes,
    boolean includeAnnexes, boolean includeAttachments, Suppression suppression) {

  public ReportParameters {
    activityTypes = List.copyOf(activityTypes);
  }

  /// Returns the default parameters of a report, which are those of a Bufdir export.
  public static final ReportParameters DEFAULT =
      new ReportParameters(ReportFormat.XLSX, ReportLocale.NB, List.of(), true, false, Suppression.NONE);

  /// Returns the file extension without the dot.
  public String extension() {
    return includeAttachments ? "zip" : format.extension();
  }
}
