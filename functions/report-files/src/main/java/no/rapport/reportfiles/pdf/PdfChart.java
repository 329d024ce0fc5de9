package no.rapport.reportfiles.pdf;

import java.io.IOException;
import no.rapport.reportfiles.ChartColours;
import no.rapport.reportfiles.MonthlyActivities;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.ReportLocale;

/// A chart of stacked columns by month and type, drawn as one figure with an alternative text.
final class PdfChart {

  private static final int HEIGHT = 4650;
  private static final int SEPARATOR = 6;
  private static final int AXIS_WIDTH = 420;
  private static final int LEGEND_ROW = 130;
  private static final int MOST_LABELS = 24;

  private final PdfPages pages;
  private final MonthlyActivities monthly;
  private final ReportLocale locale;

  PdfChart(PdfPages pages, MonthlyActivities monthly, ReportLocale locale) {
    this.pages = pages;
    this.monthly = monthly;
    this.locale = locale;
  }

  void draw() throws IOException {
    int top = pages.y();
    pages.beginLeaf("Figure", "/Alt " + PdfText.string(alternative()) + "/A<</O/Layout/BBox[" + PdfPages.LEFT / 10 + " "
        + (top - HEIGHT) / 10 + " " + PdfPages.RIGHT / 10 + " " + top / 10 + "]/Placement/Block>>");
    pages.putText(PdfStyle.SECTION, PdfPages.LEFT, top - 80, PdfText.shown(Wording.BY_MONTH_AND_TYPE.in(locale)));
    int legendTop = top - HEIGHT + legend(0, false);
    int bottom = legendTop + 260;
    columns(bottom, top - 220);
    legend(legendTop, true);
    pages.endLeaf();
    pages.moveDown(HEIGHT + 100);
  }

  /// What the chart shows, in words: the months' totals.
  private String alternative() {
    StringBuilder text = new StringBuilder(Wording.BY_MONTH_AND_TYPE.in(locale)).append(": ");
    for (int month = 0; month < monthly.months().size(); month++) {
      text.append(month == 0 ? "" : ", ").append(MonthlyActivities.label(monthly.months().get(month), locale))
          .append(' ').append(ReportDates.format(monthly.total(month), locale));
    }
    return text.toString();
  }

  private void columns(int bottom, int top) {
    int months = monthly.months().size();
    long most = 1;
    for (int month = 0; month < months; month++) {
      most = Math.max(most, monthly.total(month));
    }
    long step = step(most);
    long scale = (most + step - 1) / step * step;
    int left = PdfPages.LEFT + AXIS_WIDTH;
    for (long mark = 0; mark <= scale; mark += step) {
      int at = bottom + (int) ((top - bottom) * mark / scale);
      pages.putRectangle(mark == 0 ? "0.5 0.55 0.6 rg" : "0.87 0.9 0.92 rg", left, at, PdfPages.RIGHT - left, 5);
      String label = PdfText.shown(ReportDates.format(mark, locale));
      pages.putText(PdfStyle.FOOTER, left - 50 - PdfStyle.FOOTER.width(label), at - 25, label);
    }
    int every = (months + MOST_LABELS - 1) / MOST_LABELS;
    for (int month = 0; month < months; month++) {
      int x = left + (int) ((long) (PdfPages.RIGHT - left) * month / months);
      int space = (PdfPages.RIGHT - left) / months;
      long below = 0;
      for (int series = 0; series < monthly.rows().size(); series++) {
        long count = monthly.rows().get(series)[month];
        int from = bottom + (int) ((top - bottom) * below / scale);
        below += count;
        int to = bottom + (int) ((top - bottom) * below / scale);
        if (to > from) {
          // A thin line of paper keeps neighbours apart, whatever colours a reader can tell.
          int gap = from > bottom && to - from > 3 * SEPARATOR ? SEPARATOR : 0;
          pages.putRectangle(colour(series), x + space / 5, from + gap, space * 3 / 5, to - from - gap);
        }
      }
      String sum = PdfText.shown(ReportDates.format(below, locale));
      if (below > 0 && PdfStyle.FOOTER.width(sum) < space) {
        pages.putText(PdfStyle.FOOTER, x + (space - PdfStyle.FOOTER.width(sum)) / 2,
            bottom + (int) ((top - bottom) * below / scale) + 30, sum);
      }
      if (month % every == 0) {
        String label = PdfText.shown(MonthlyActivities.label(monthly.months().get(month), locale));
        // Long spans have narrow columns: the years suffice where months would run into each other.
        String fitting = PdfStyle.FOOTER.width(label) <= space * every - 20 ? label
            : monthly.months().get(month).substring(2);
        pages.putText(PdfStyle.FOOTER, x + (space - PdfStyle.FOOTER.width(fitting)) / 2, bottom - 110, fitting);
      }
    }
  }

  /// Draws the legend downwards from `top`, or only measures it.
  ///
  /// @return its height
  private int legend(int top, boolean drawn) {
    int x = PdfPages.LEFT + AXIS_WIDTH;
    int row = 1;
    for (int series = 0; series < monthly.names().size(); series++) {
      String name = PdfText.shown(monthly.names().get(series));
      int width = 130 + PdfStyle.FOOTER.width(name) + 150;
      if (x + width > PdfPages.RIGHT) {
        x = PdfPages.LEFT + AXIS_WIDTH;
        row++;
      }
      if (drawn) {
        pages.putRectangle(colour(series), x, top - row * LEGEND_ROW, 80, 80);
        pages.putText(PdfStyle.FOOTER, x + 120, top - row * LEGEND_ROW + 12, name);
      }
      x += width;
    }
    return row * LEGEND_ROW;
  }

  /// A round distance of at most eight grid lines.
  private static long step(long most) {
    long step = 1;
    while (true) {
      for (long factor : new long[] {1, 2, 5}) {
        if (most <= step * factor * 8) {
          return step * factor;
        }
      }
      step *= 10;
    }
  }

  private static String colour(int series) {
    int rgb = Integer.parseInt(ChartColours.of(series), 16);
    StringBuilder colour = new StringBuilder();
    for (int shift = 16; shift >= 0; shift -= 8) {
      int thousandths = (rgb >> shift & 0xFF) * 1000 / 255;
      colour.append(thousandths / 1000).append('.').append("%03d".formatted(thousandths % 1000)).append(' ');
    }
    return colour.append("rg").toString();
  }
}
