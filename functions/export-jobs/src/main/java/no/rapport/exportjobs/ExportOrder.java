package no.rapport.exportjobs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// The parameters of one report file, as a caller ordered it.
///
/// @param formatWord the format word of the request, which answers repeat (`excel` is a synonym of `xlsx`)
/// @param activityTypes codes; empty means all
/// @param includeAttachments whether the file is a ZIP of the report and its attachments
/// @param submitToBufdir whether the finished file is submitted to Bufdir
/// @param refresh whether a re-export reads current rows instead of the sealed ones
/// @param reportId the report that is exported again
/// @param sealedManifest key of the manifest of sealed rows; empty means current rows
/// @param templateId the export template (export-files contract)
/// @param asSent `export_params` exactly as the caller sent them
public record ExportOrder(
    Period period,
    List<String> activityTypes,
    String formatWord,
    ReportLocale locale,
    boolean includeAnnexes,
    boolean includeAttachments,
    Suppression suppression,
    boolean submitToBufdir,
    boolean refresh,
    boolean notifyOnCompletion,
    Optional<String> reportId,
    Optional<String> sealedManifest,
    Optional<Long> templateId,
    Optional<JsonNode> asSent) {

  public ExportOrder {
    activityTypes = List.copyOf(activityTypes);
  }

  /// Returns an order of current rows with the defaults of a Bufdir export.
  public static ExportOrder of(Period period, List<String> activityTypes, String formatWord, ReportLocale locale) {
    return new ExportOrder(period, activityTypes, formatWord, locale, true, false, Suppression.NONE, false, false, false,
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @JsonIgnore
  public ReportFormat format() {
    return ReportFormat.ofWord(formatWord).orElseThrow(() -> new IllegalStateException("Unknown format stored"));
  }
}
