package no.rapport.reportreexports;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import no.rapport.api.Body;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reportrecords.ReportParameters;
import no.rapport.reportrecords.ReportRecord;
import no.rapport.reportrecords.SealedData;

/// The body of `POST /api/v1/report-reexports`: a report to export again, and the parameters that replace its own.
///
/// @param asSent `export_params` exactly as the caller sent them
/// @param formatWord the format word of the request; `excel` is a synonym of `xlsx`
/// @param refresh whether current rows are read instead of the report's sealed ones
record ReexportOrder(String reportId, ObjectNode asSent, Optional<String> formatWord, Optional<Boolean> includeAnnexes,
    Optional<ReportLocale> locale, boolean refresh, boolean notifyOnCompletion) {

  static ReexportOrder parse(Body body) {
    String reportId = body.required("report_id", body.id("report_id"), "-");
    Optional<Body> params = body.object("export_params");
    return new ReexportOrder(reportId,
        params.map(Body::asSent).orElseGet(JsonNodeFactory.instance::objectNode),
        params.flatMap(p -> p.word("format", word -> ReportFormat.ofWord(word).map(_ -> word),
            "must be xlsx, excel, csv, pdf or json")),
        params.flatMap(p -> p.bool("include_annexes")),
        params.flatMap(p -> p.word("locale", ReportLocale::ofTag, "must be nb-NO, nn-NO, se-NO or en")),
        params.flatMap(p -> p.bool("refresh")).orElse(false),
        body.bool("notify_on_completion").orElse(false));
  }

  /// Returns the order of the new file. Parameters that the request leaves out are the report's own. The rows are the
  /// report's sealed rows, if it has any. Attachments are not sealed, so a re-export has none.
  ExportOrder of(ReportRecord report) {
    ReportParameters own = report.parameters().orElse(ReportParameters.DEFAULT);
    return new ExportOrder(report.period(), own.activityTypes(), formatWord.orElse(own.format().extension()),
        locale.orElse(own.locale()), includeAnnexes.orElse(own.includeAnnexes()), false, own.suppression(), false,
        refresh, notifyOnCompletion, Optional.of(report.reportId()), report.sealed().map(SealedData::manifestKey),
        Optional.empty(), Optional.of(asSent));
  }
}
