package no.rapport.bufdirexports;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import no.rapport.api.Body;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// The body of `POST /api/v1/bufdir-exports`.
record BufdirExportOrder(String orgId, ExportOrder order) {

  private static final Pattern ACTIVITY_TYPE = Pattern.compile("[a-z0-9_]{1,64}");
  private static final int MAX_YEARS = 5;

  /// @param canSubmit whether a connector to Bufdir is configured
  static BufdirExportOrder parse(Body body, boolean canSubmit) {
    String orgId = body.required("org_id", body.id("org_id"), "");
    String format = body.required("format", body.word("format",
        word -> ReportFormat.ofWord(word).map(_ -> word), "must be excel, xlsx, csv, pdf or json"), "xlsx");
    Body.DateRange dates = body.dateRange("period_from", "period_to", MAX_YEARS);
    List<String> types = body.words("activity_types", ACTIVITY_TYPE, 100, "must be a code of a-z, 0-9 and _");
    boolean attachments = body.bool("include_attachments").orElse(false);
    boolean submit = body.bool("submit_to_bufdir_api").orElse(false);
    if (submit && !canSubmit) {
      body.wrong("submit_to_bufdir_api", "cannot be true: no connector to Bufdir is configured");
    }
    ReportLocale locale = body.word("locale", ReportLocale::ofTag, "must be nb-NO, nn-NO, se-NO or en")
        .orElse(ReportLocale.NB);
    boolean annexes = body.bool("include_annexes").orElse(true);
    Suppression suppression = body.word("suppression", Suppression::ofWord, "must be none, lt3, le3 or le5")
        .orElse(Suppression.NONE);
    return new BufdirExportOrder(orgId, new ExportOrder(new Period(dates.from(), dates.to()), types, format, locale,
        annexes, attachments, suppression, submit, false, false, Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty()));
  }
}
