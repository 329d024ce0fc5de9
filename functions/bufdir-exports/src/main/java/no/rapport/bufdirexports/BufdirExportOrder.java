package no.rapport.bufdirexports;

import java.time.LocalDate;
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
  private static final int MOST_YEARS = 5;

  /// @param canSubmit whether a connector to Bufdir is configured
  static BufdirExportOrder parse(Body body, boolean canSubmit) {
    String orgId = body.required("org_id", body.id("org_id"), "");
    String format = body.required("format", body.word("format",
        word -> ReportFormat.ofWord(word).map(_ -> word), "must be excel, xlsx, csv, pdf or json"), "xlsx");
    Period period = period(body);
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
    return new BufdirExportOrder(orgId, new ExportOrder(period, types, format, locale, annexes, attachments, suppression,
        submit, false, false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static Period period(Body body) {
    LocalDate from = body.required("period_from", body.date("period_from"), LocalDate.EPOCH);
    LocalDate to = body.required("period_to", body.date("period_to"), from);
    if (to.isBefore(from)) {
      body.wrong("period_to", "must not be before period_from");
      return new Period(from, from);
    }
    Period period = new Period(from, to);
    if (period.isLongerThanYears(MOST_YEARS)) {
      body.wrong("period_to", "must be within five years of period_from");
    }
    return period;
  }
}
