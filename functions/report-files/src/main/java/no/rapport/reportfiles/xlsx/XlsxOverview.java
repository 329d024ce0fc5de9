package no.rapport.reportfiles.xlsx;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import no.rapport.reportfiles.MonthlyActivities;
import no.rapport.reportfiles.ReportTexts;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.ShownFigure;

/// The sheets of a workbook that tell about the report rather than list rows: summary, key figures, methods and sources.
final class XlsxOverview {

  private static final int LABEL_WIDTH = 34;
  private static final int CARD_WIDTH = 22;
  private static final int TABLE_COLUMNS = 6;
  /// How many characters of a footnote stand on a line across the table.
  private static final int FOOTNOTE_CHARACTERS = 140;
  private static final int METHODS_HEADING_ROW = 3;
  private static final int MATRIX_COLUMN = 7;
  private static final int MATRIX_HEADING_ROW = XlsxChart.rows() + 3;

  private final ReportDescription description;
  private final ReportLocale locale;
  private final KeyFigures figures;
  private final ActivityTotals totals;
  private final MonthlyActivities monthly;
  private final MonthlyActivities.Table months;
  private final List<Map.Entry<String, String>> topics;
  /// The rules of the figures by their keys.
  private final Map<String, String> rules;
  /// The figures' keys in the order of their rules.
  private final List<String> ruled;
  private final List<ShownFigure> shown;
  private final List<Consumer<XlsxSheet>> table;

  XlsxOverview(ReportDescription description, KeyFigures figures) {
    this.description = description;
    this.locale = description.locale();
    this.figures = figures;
    this.totals = figures.totals();
    this.monthly = MonthlyActivities.of(description.period(), totals, locale);
    this.months = monthly.table(locale);
    this.topics = ReportTexts.methodTopics(description);
    this.rules = figures.snapshot().map(snapshot -> ReportTexts.rules(snapshot, locale)).orElse(Map.of());
    this.ruled = List.copyOf(rules.keySet());
    this.shown = figures.snapshot().map(snapshot -> ShownFigure.of(snapshot, description.suppression()))
        .orElse(List.of());
    this.table = table();
  }

  XlsxSheet summary() {
    XlsxSheet sheet = new XlsxSheet(locale, LABEL_WIDTH, CARD_WIDTH, CARD_WIDTH, CARD_WIDTH, CARD_WIDTH).onOnePage();
    sheet.row(32).text(XlsxStyle.TITLE, Wording.REPORT_TITLE.in(locale));
    sheet.row(0).text(XlsxStyle.SUBTITLE,
        description.organizationName() + " \u00B7 " + ReportTexts.period(description));
    sheet.row(10);
    ActivityTotals.Count all = totals.all();
    sheet.row(34);
    for (Wording label : List.of(Wording.ROWS, Wording.COUNTABLE_ROWS, Wording.NOT_COUNTED_ROWS, Wording.PARTICIPANTS,
        Wording.HOURS)) {
      sheet.text(XlsxStyle.CARD_LABEL, label.in(locale));
    }
    sheet.row(36).number(XlsxStyle.CARD_INTEGER, all.rows()).number(XlsxStyle.CARD_INTEGER, all.countable())
        .number(XlsxStyle.CARD_INTEGER, all.rows() - all.countable())
        .number(XlsxStyle.CARD_INTEGER, all.participants())
        .number(XlsxStyle.CARD_DECIMAL, ReportTexts.hours(all.minutes()));
    sheet.row(10);
    sheet.row(32).text(XlsxStyle.HEADING, ActivityColumn.ACTIVITY_TYPE.heading(locale))
        .text(XlsxStyle.NUMBER_HEADING, Wording.ROWS.in(locale))
        .text(XlsxStyle.NUMBER_HEADING, Wording.COUNTABLE_ROWS.in(locale))
        .text(XlsxStyle.NUMBER_HEADING, Wording.PARTICIPANTS.in(locale))
        .text(XlsxStyle.NUMBER_HEADING, Wording.HOURS.in(locale));
    List<String> types = ActivityTypes.inOrder(totals.byType().keySet());
    int firstType = sheet.currentRow() + 1;
    for (String type : types) {
      counts(sheet, ActivityTypes.name(type, locale), totals.byType().get(type), XlsxStyle.ITEM, XlsxStyle.INTEGER,
          XlsxStyle.DECIMAL);
    }
    if (!types.isEmpty()) {
      sheet.bars("B" + firstType + ":B" + sheet.currentRow());
    }
    counts(sheet, Wording.TOTAL.in(locale), all, XlsxStyle.TOTAL_LABEL, XlsxStyle.TOTAL_INTEGER,
        XlsxStyle.TOTAL_DECIMAL);
    sheet.row(10);
    if (!totals.notCounted().isEmpty()) {
      sheet.row(0).text(XlsxStyle.LABEL, ActivityColumn.NOT_COUNTED_BECAUSE.heading(locale)).empty(XlsxStyle.ITEM, 4);
      for (Map.Entry<String, Long> reason : totals.notCounted().entrySet()) {
        String words = Countability.valueOf(reason.getKey()).reason(locale);
        sheet.row(words.length() > LABEL_WIDTH - 6 ? 32 : 0).text(XlsxStyle.INDENTED_LABEL, words)
            .number(XlsxStyle.INTEGER, reason.getValue()).empty(XlsxStyle.ITEM, 3);
      }
    }
    sheet.row(0).text(XlsxStyle.LABEL, Wording.ATTACHED_FILES.in(locale))
        .number(XlsxStyle.INTEGER, totals.attachments()).empty(XlsxStyle.ITEM, 3);
    fact(sheet, Wording.ORGANIZATION, description.organizationName());
    fact(sheet, Wording.ORGANIZATION_ID, description.orgId());
    fact(sheet, Wording.PERIOD, ReportTexts.period(description));
    fact(sheet, Wording.SELECTED_TYPES, ReportTexts.selectedTypes(description));
    fact(sheet, Wording.SUPPRESSION, ReportTexts.suppression(description));
    return sheet;
  }

  private void fact(XlsxSheet sheet, Wording label, String text) {
    int lines = 1 + text.length() / (4 * CARD_WIDTH - 4);
    sheet.row(XlsxSheet.ROW_HEIGHT + (lines - 1) * 15).text(XlsxStyle.LABEL, label.in(locale))
        .text(XlsxStyle.FACT, text).merge(3).empty(XlsxStyle.FACT, 3);
  }

  private static void counts(XlsxSheet sheet, String label, ActivityTotals.Count count, XlsxStyle text,
      XlsxStyle integer, XlsxStyle decimal) {
    sheet.row(0).text(text, label).number(integer, count.rows()).number(integer, count.countable())
        .number(integer, count.participants()).number(decimal, ReportTexts.hours(count.minutes()));
  }

  /// The table of figures, from column A; to its right the chart and below that its numbers.
  XlsxSheet keyFigures() {
    XlsxSheet sheet = new XlsxSheet(locale, keyFigureWidths());
    sheet.row(32).text(XlsxStyle.HEADING, Wording.FIELD.in(locale))
        .text(XlsxStyle.FILTERED_NUMBER_HEADING, Wording.VALUE.in(locale))
        .text(XlsxStyle.FILTERED_NUMBER_HEADING, Wording.PRIOR_PERIOD.in(locale))
        .text(XlsxStyle.FILTERED_NUMBER_HEADING, Wording.CHANGE.in(locale))
        .text(XlsxStyle.INDENTED_HEADING, Wording.UNIT.in(locale)).text(XlsxStyle.HEADING, Wording.SOURCE.in(locale))
        .tableHeading(TABLE_COLUMNS);
    int matrixRows = monthly.isEmpty() ? 0 : months.down().size() + 2;
    int rows = Math.max(table.size() + 1, matrixRows == 0 ? 0 : MATRIX_HEADING_ROW + matrixRows - 1);
    for (int row = 2; row <= rows; row++) {
      sheet.row(0);
      if (row - 2 < table.size()) {
        table.get(row - 2).accept(sheet);
      }
      int matrixRow = row - MATRIX_HEADING_ROW;
      if (matrixRow >= 0 && matrixRow < matrixRows) {
        matrixRow(sheet.at(MATRIX_COLUMN), matrixRow - 1);
      }
    }
    Optional<String> footnote =
        figures.snapshot().flatMap(snapshot -> ReportTexts.footnote(snapshot, shown, locale));
    if (footnote.isPresent()) {
      footnote(sheet, footnote.get(), rows);
    }
    return sheet.breakAfterColumn(MATRIX_COLUMN);
  }

  /// Below the table, with a row between that keeps filters away from it.
  private static void footnote(XlsxSheet sheet, String text, int lastRow) {
    sheet.row(0);
    sheet.row(15 * (1 + text.length() / FOOTNOTE_CHARACTERS) + 3).text(XlsxStyle.FOOTNOTE, text)
        .merge(TABLE_COLUMNS - 1);
  }

  private double[] keyFigureWidths() {
    double[] widths = new double[MATRIX_COLUMN + 1 + months.across().size() + 1];
    Arrays.fill(widths, months.monthsAcross() ? 10 : 13);
    System.arraycopy(new double[] {56, 13, 16, 13, 18, 24, 4, months.monthsAcross() ? 24 : 16}, 0, widths, 0,
        MATRIX_COLUMN + 1);
    return widths;
  }

  private void matrixRow(XlsxSheet sheet, int row) {
    if (row < 0) {
      sheet.text(XlsxStyle.HEADING, months.heading());
      months.across().forEach(name -> sheet.text(XlsxStyle.SHRUNK_HEADING, name));
      sheet.text(XlsxStyle.SHRUNK_HEADING, Wording.TOTAL.in(locale));
    } else if (row < months.down().size()) {
      matrixRow(sheet, months.down().get(row), months.counts()[row], XlsxStyle.ITEM, XlsxStyle.INTEGER, XlsxStyle.SUM);
    } else {
      matrixRow(sheet, Wording.TOTAL.in(locale), months.sums(), XlsxStyle.TOTAL_LABEL, XlsxStyle.TOTAL_INTEGER,
          XlsxStyle.TOTAL_INTEGER);
    }
  }

  private static void matrixRow(XlsxSheet sheet, String label, long[] counts, XlsxStyle text, XlsxStyle number,
      XlsxStyle sum) {
    sheet.text(text, label);
    for (long count : counts) {
      sheet.number(number, count);
    }
    sheet.number(sum, Arrays.stream(counts).sum());
  }

  int lastKeyFigureRow() {
    return table.size() + 1;
  }

  Optional<XlsxChart> chart() {
    return monthly.isEmpty() ? Optional.empty()
        : Optional.of(new XlsxChart(monthly, locale, MATRIX_HEADING_ROW, MATRIX_COLUMN));
  }

  private List<Consumer<XlsxSheet>> table() {
    List<Consumer<XlsxSheet>> rows = new ArrayList<>();
    section(rows, Wording.ACTIVITIES.in(locale));
    total(rows, Wording.ROWS.in(locale), BigDecimal.valueOf(totals.all().rows()), Wording.UNIT_ACTIVITIES);
    total(rows, Wording.COUNTABLE_ROWS.in(locale), BigDecimal.valueOf(totals.all().countable()),
        Wording.UNIT_ACTIVITIES);
    total(rows, Wording.PARTICIPANTS.in(locale), BigDecimal.valueOf(totals.all().participants()),
        Wording.UNIT_PARTICIPANTS);
    total(rows, Wording.HOURS.in(locale), ReportTexts.hours(totals.all().minutes()), Wording.UNIT_HOURS);
    if (!totals.byType().isEmpty()) {
      section(rows, Wording.BY_TYPE.in(locale));
      for (String type : ActivityTypes.inOrder(totals.byType().keySet())) {
        total(rows, ActivityTypes.name(type, locale), BigDecimal.valueOf(totals.byType().get(type).rows()),
            Wording.UNIT_ACTIVITIES);
      }
      section(rows, Wording.BY_MONTH.in(locale));
      totals.byMonth().forEach((month, count) -> total(rows, MonthlyActivities.label(month, locale),
          BigDecimal.valueOf(count.rows()), Wording.UNIT_ACTIVITIES));
    }
    String section = "";
    for (ShownFigure figure : shown) {
      if (!section.equals(figure.section().id())) {
        section = figure.section().id();
        section(rows, figure.section().title(locale));
      }
      rows.add(sheet -> figure(sheet, figure));
    }
    return rows;
  }

  private static void section(List<Consumer<XlsxSheet>> rows, String title) {
    rows.add(sheet -> sheet.text(XlsxStyle.SECTION, title).empty(XlsxStyle.SECTION, TABLE_COLUMNS - 1));
  }

  private void total(List<Consumer<XlsxSheet>> rows, String label, BigDecimal number, Wording unit) {
    rows.add(sheet -> sheet.text(XlsxStyle.ITEM, label)
        .number(number.scale() > 0 ? XlsxStyle.DECIMAL : XlsxStyle.INTEGER, number)
        .empty(XlsxStyle.ITEM, 2).text(XlsxStyle.INDENTED, unit.in(locale))
        .text(XlsxStyle.ITEM, Wording.SOURCE_ACTIVITIES.in(locale)));
  }

  private void figure(XlsxSheet sheet, ShownFigure figure) {
    String key = figure.figure().key();
    sheet.text(rules.containsKey(key) ? XlsxStyle.LINK : XlsxStyle.ITEM, figure.figure().label(locale));
    if (rules.containsKey(key)) {
      sheet.link(Wording.METHODS.in(locale), "A" + (METHODS_HEADING_ROW + topics.size() + 1 + ruled.indexOf(key)));
    }
    value(sheet, figure.value(), XlsxStyle.INTEGER, XlsxStyle.DECIMAL);
    value(sheet, figure.priorValue(), figure.isMarked() ? XlsxStyle.MARKED_INTEGER : XlsxStyle.INTEGER,
        figure.isMarked() ? XlsxStyle.MARKED_DECIMAL : XlsxStyle.DECIMAL);
    value(sheet, figure.change(), XlsxStyle.SIGNED_INTEGER, XlsxStyle.SIGNED_DECIMAL);
    sheet.text(XlsxStyle.INDENTED, figure.figure().unit().label(locale));
    sheet.text(XlsxStyle.ITEM, figure.dataSource());
  }

  private static void value(XlsxSheet sheet, ShownFigure.Value value, XlsxStyle integer, XlsxStyle decimal) {
    switch (value) {
      case ShownFigure.Hidden() -> sheet.text(XlsxStyle.MARK, ShownFigure.HIDDEN_MARK);
      case ShownFigure.Shown(Optional<BigDecimal> number) -> number.ifPresentOrElse(
          shown -> sheet.number(shown.scale() > 0 ? decimal : integer, shown),
          () -> sheet.empty(XlsxStyle.ITEM, 1));
    }
  }

  XlsxSheet methods() {
    XlsxSheet sheet = new XlsxSheet(locale, 32, 110);
    if (rules.isEmpty()) {
      sheet.onOnePage();
    }
    sheet.row(30).text(XlsxStyle.TITLE, Wording.METHODS.in(locale));
    sheet.row(0);
    sheet.row(22).text(XlsxStyle.HEADING, Wording.TOPIC.in(locale))
        .text(XlsxStyle.HEADING, Wording.EXPLANATION.in(locale));
    topics.forEach(topic -> explanation(sheet, topic.getKey(), topic.getValue()));
    rules.forEach((key, rule) -> explanation(sheet, FigureCatalogue.figure(key).orElseThrow().label(locale), rule));
    return sheet;
  }

  private static void explanation(XlsxSheet sheet, String topic, String text) {
    int lines = Math.max(1 + text.length() / 120, 1 + topic.length() / 32);
    sheet.row(15 * lines + 6).text(XlsxStyle.TOPIC, topic).text(XlsxStyle.WRAPPED, text);
  }
}
