package no.rapport.exportfiles;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import no.rapport.api.Body;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// A named template with the parameters of its export files.
///
/// @param id a positive integer, as in WebAdMIT
/// @param createdAt UTC, whole seconds
/// @param order the parameters of each file
record ExportTemplate(long id, String orgId, String name, Instant createdAt, String createdBy, ExportOrder order) {

  private static final Pattern ACTIVITY_TYPE = Pattern.compile("[a-z0-9_]{1,64}");
  private static final int MAX_YEARS = 5;

  /// The body of `POST /api/v1/exports`.
  record Ordered(String orgId, String name, ExportOrder order) {

    static Ordered parse(Body body) {
      String orgId = body.required("org_id", body.id("org_id"), "");
      String name = body.required("name", body.text("name", 200), "");
      String format = body.required("format", body.word("format",
          word -> ReportFormat.ofWord(word).map(_ -> word), "must be excel, xlsx, csv, pdf or json"), "xlsx");
      Body.DateRange dates = body.dateRange("period_from", "period_to", MAX_YEARS);
      List<String> types = body.words("activity_types", ACTIVITY_TYPE, 100, "must be a code of a-z, 0-9 and _");
      boolean attachments = body.bool("include_attachments").orElse(false);
      ReportLocale locale = body.word("locale", ReportLocale::ofTag, "must be nb-NO, nn-NO, se-NO or en")
          .orElse(ReportLocale.NB);
      boolean annexes = body.bool("include_annexes").orElse(true);
      Suppression suppression = body.word("suppression", Suppression::ofWord, "must be none, lt3, le3 or le5")
          .orElse(Suppression.NONE);
      return new Ordered(orgId, name, new ExportOrder(new Period(dates.from(), dates.to()), types, format, locale,
          annexes, attachments, suppression, false, false, false, Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty()));
    }
  }

  /// Returns the order of one file of this template.
  ExportOrder orderOfOneFile() {
    return new ExportOrder(order.period(), order.activityTypes(), order.formatWord(), order.locale(),
        order.includeAnnexes(), order.includeAttachments(), order.suppression(), false, false, false, Optional.empty(),
        Optional.empty(), Optional.of(id), Optional.empty());
  }
}
