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

/// What is asked for (`POST /api/v1/report-reexports`): a report once more, with some of its parameters replaced.
///
/// @param asSent `export_params` exactly as they were sent
/// @param formatWord as it was sent; `excel` is a synonym of `xlsx`
/// @param refresh whether today's data is read instead of the report's own
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

  /// The order of a file: the report's own parameters, unless others are asked for. The rows are those that were
  /// sealed with it, if any. Attachments are not part of a re-export: they were not sealed.
  ExportOrder of(ReportRecord report) {
    ReportParameters own = report.parameters().orElse(ReportParameters.DEFAULT);
    return new ExportOrder(report.period(), own.activityTypes(), formatWord.orElse(own.format().extension()),
        locale.orElse(own.locale()), includeAnnexes.orElse(own.includeAnnexes()), false, own.suppression(), false,
        refresh, notifyOnCompletion, Optional.of(report.reportId()), report.sealed().map(SealedData::manifestKey),
        Optional.empty(), Optional.of(asSent));
  }
}
