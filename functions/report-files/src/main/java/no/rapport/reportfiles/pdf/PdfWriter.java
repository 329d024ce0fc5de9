package no.rapport.reportfiles.pdf;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import no.rapport.reportfiles.MonthlyActivities;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.ReportTexts;
import no.rapport.reportfiles.ReportWriter;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.ShownFigure;

/// A tagged PDF report on landscape A4 pages: summary, key figures with a chart, activities by type, methods and
/// sources. Notes longer than a page end in an ellipsis. Shares contain rows that are complete except for their
/// position.
public record PdfWriter() implements ReportWriter {

  /// Above this number of rows, each row of activities is one element for assistive technology, instead of one element
  /// for each cell: readers cannot hold millions of elements.
  private static final long MOST_TAGGED_ROWS = 20_000;

  @Override
  public ShareWriter share(OutputStream out, ReportDescription description, int index, long rowsBefore) {
    return new PdfShare(out, description, index);
  }

  @Override
  public void assemble(OutputStream out, ReportDescription description, KeyFigures figures, List<ShareSummary> shares,
      ShareSource source) throws IOException {
    new Report(out, description, figures).write(shares, source);
    out.flush();
  }

  private static final class Report {

    private final ReportDescription description;
    private final ReportLocale locale;
    private final KeyFigures figures;
    private final ActivityTotals totals;
    private final PdfPages pages;
    /// Attributes of an element whose words are Bokmål in a Sami report, so that it is read aloud as Bokmål.
    private final String inBokmal;

    private Report(OutputStream out, ReportDescription description, KeyFigures figures) throws IOException {
      this.description = description;
      this.locale = description.locale();
      this.figures = figures;
      this.totals = figures.totals();
      this.inBokmal = locale == ReportLocale.SE ? "/Lang(" + ReportLocale.NB.tag() + ")" : "";
      this.pages = new PdfPages(new PdfObjects(out), locale,
          ReportTexts.documentTitle(description) + " · " + ReportTexts.period(description));
    }

    private void write(List<ShareSummary> shares, ShareSource source) throws IOException {
      pages.newPage();
      summary();
      if (description.includeAnnexes()) {
        keyFigures();
      }
      activities(shares, source);
      if (description.includeAnnexes()) {
        methods();
      }
      pages.finish(ReportTexts.documentTitle(description), description.organizationName());
    }

    private void line(String type, PdfStyle style, String text, int height) throws IOException {
      line(type, "", style, text, height);
    }

    /// @param attributes further entries of the element's dictionary
    /// @param height of the last line with what is below it
    private void line(String type, String attributes, PdfStyle style, String text, int height) throws IOException {
      List<String> lines = PdfText.lines(style.font(), PdfText.shown(text),
          style.inThousandths(PdfPages.RIGHT - PdfPages.LEFT), 3);
      pages.beginLeaf(type, attributes);
      for (int i = 0; i < lines.size(); i++) {
        pages.moveDown(i == 0 ? 0 : style.size() * 5 / 4);
        pages.putText(style, PdfPages.LEFT, pages.y() - style.size(), lines.get(i));
      }
      pages.endLeaf();
      pages.moveDown(height);
    }

    /// A chapter's heading, on a page with room for what follows.
    private void chapter(String title, int roomBelow) throws IOException {
      if (!pages.hasRoom(260 + roomBelow)) {
        pages.newPage();
      } else if (pages.y() < PdfPages.TOP) {
        pages.moveDown(140);
      }
      pages.bookmark(title);
      line("H2", PdfStyle.CHAPTER, title, 220);
    }

    private PdfColumn[] columns(int[] widths, int firstRight, String... headings) {
      PdfColumn[] columns = new PdfColumn[widths.length];
      int x = PdfPages.LEFT;
      for (int i = 0; i < widths.length; i++) {
        columns[i] = new PdfColumn(x, widths[i], i >= firstRight, headings[i]);
        x += widths[i];
      }
      return columns;
    }

    private void summary() throws IOException {
      line("H1", PdfStyle.TITLE, Wording.REPORT_TITLE.in(locale), 290);
      line("P", PdfStyle.SUBTITLE, description.organizationName() + " · " + ReportTexts.period(description), 130);
      chapter(Wording.SUMMARY.in(locale), 600);
      cards();
      fact(Wording.ORGANIZATION_ID.in(locale), description.orgId());
      fact(Wording.SELECTED_TYPES.in(locale), ReportTexts.selectedTypes(description));
      fact(Wording.SUPPRESSION.in(locale), ReportTexts.suppression(description));
      if (!totals.notCounted().isEmpty()) {
        fact(ActivityColumn.NOT_COUNTED_BECAUSE.heading(locale), notCounted());
      }
      fact(Wording.ATTACHED_FILES.in(locale), ReportDates.format(totals.attachments(), locale));
      if (totals.byType().isEmpty()) {
        pages.moveDown(120);
        line("P", PdfStyle.SUBTITLE, Wording.NO_ROWS.in(locale), 220);
        return;
      }
      chapter(Wording.BY_TYPE.in(locale), 600);
      PdfTable table = new PdfTable(pages, columns(new int[] {3300, 1100, 1100, 1100, 1099}, 1,
          ActivityColumn.ACTIVITY_TYPE.heading(locale), Wording.ROWS.in(locale), Wording.COUNTABLE_ROWS.in(locale),
          Wording.PARTICIPANTS.in(locale), Wording.HOURS.in(locale)), "", Wording.BY_TYPE.in(locale), true);
      table.begin();
      for (String type : ActivityTypes.inOrder(totals.byType().keySet())) {
        counts(table, ActivityTypes.name(type, locale), totals.byType().get(type), PdfStyle.REGULAR);
      }
      counts(table, Wording.TOTAL.in(locale), totals.all(), PdfStyle.BOLD);
      table.end();
    }

    /// The numbers to be seen at once, side by side.
    private void cards() throws IOException {
      ActivityTotals.Count all = totals.all();
      String[] numbers = {ReportDates.format(all.rows(), locale), ReportDates.format(all.countable(), locale),
          ReportDates.format(all.rows() - all.countable(), locale), ReportDates.format(all.participants(), locale),
          ReportDates.format(ReportTexts.hours(all.minutes()), locale)};
      Wording[] labels = {Wording.ROWS, Wording.COUNTABLE_ROWS, Wording.NOT_COUNTED_ROWS, Wording.PARTICIPANTS,
          Wording.HOURS};
      int gap = 100;
      int width = (PdfPages.RIGHT - PdfPages.LEFT - gap * (labels.length - 1)) / labels.length;
      int height = 480;
      for (int i = 0; i < labels.length; i++) {
        int x = PdfPages.LEFT + i * (width + gap);
        pages.beginArtifact();
        pages.putRectangle("0.89 0.93 0.96 rg", x, pages.y() - height, width, height);
        pages.putRectangle("0.07 0.28 0.42 rg", x, pages.y() - height, 30, height);
        pages.endArtifact();
        pages.beginLeaf("P", "");
        pages.putText(PdfStyle.FOOTER, x + 110, pages.y() - 140, PdfText.shown(labels[i].in(locale)));
        pages.putText(PdfStyle.CARD, x + 110, pages.y() - 370, PdfText.shown(numbers[i]));
        pages.endLeaf();
      }
      pages.moveDown(height + 120);
    }

    private String notCounted() {
      StringBuilder text = new StringBuilder();
      String separator = "";
      for (Map.Entry<String, Long> reason : totals.notCounted().entrySet()) {
        String words = Countability.valueOf(reason.getKey()).reason(locale);
        text.append(separator).append(words).append(": ")
            .append(ReportDates.format(reason.getValue(), locale));
        separator = "; ";
      }
      return text.toString();
    }

    private void fact(String label, String value) throws IOException {
      int indent = 1700;
      pages.beginLeaf("P", "");
      pages.putText(PdfStyle.SECTION, PdfPages.LEFT, pages.y() - 80, PdfText.shown(label));
      int room = PdfStyle.REGULAR.inThousandths(PdfPages.RIGHT - PdfPages.LEFT - indent);
      int line = 0;
      for (String text : PdfText.lines(PdfStyle.REGULAR.font(), PdfText.shown(value), room, 5)) {
        pages.putText(PdfStyle.REGULAR, PdfPages.LEFT + indent, pages.y() - 80 - 110 * line++, text);
      }
      pages.endLeaf();
      pages.moveDown(40 + 110 * Math.max(line, 1));
    }

    private void counts(PdfTable table, String label, ActivityTotals.Count count, PdfStyle style) throws IOException {
      table.row().cell(style, label).cell(style, ReportDates.format(count.rows(), locale))
          .cell(style, ReportDates.format(count.countable(), locale))
          .cell(style, ReportDates.format(count.participants(), locale))
          .cell(style, ReportDates.format(ReportTexts.hours(count.minutes()), locale));
      table.add();
    }

    private void keyFigures() throws IOException {
      MonthlyActivities monthly = MonthlyActivities.of(description.period(), totals, locale);
      if (!monthly.isEmpty()) {
        pages.newPage();
        chapter(Wording.KEY_FIGURES.in(locale), 0);
        new PdfChart(pages, monthly, locale).draw();
        pages.newPage();
        months(monthly);
      }
      if (figures.snapshot().isPresent()) {
        chapter(Wording.FIGURES.in(locale), 600);
        snapshot(figures.snapshot().get());
      }
    }

    /// The chart's numbers.
    private void months(MonthlyActivities monthly) throws IOException {
      MonthlyActivities.Table numbers = monthly.table(locale);
      int across = numbers.across().size();
      int first = numbers.monthsAcross() ? 1300 : 650;
      int room = PdfPages.RIGHT - PdfPages.LEFT - first - 450;
      int[] widths = new int[across + 2];
      String[] headings = new String[across + 2];
      widths[0] = first;
      headings[0] = numbers.heading();
      for (int i = 1; i <= across; i++) {
        widths[i] = room * i / across - room * (i - 1) / across;
        headings[i] = numbers.across().get(i - 1);
      }
      widths[across + 1] = 450;
      headings[across + 1] = Wording.TOTAL.in(locale);
      String title = Wording.BY_MONTH_AND_TYPE.in(locale);
      line("H3", PdfStyle.SECTION, title, 150);
      PdfTable table = new PdfTable(pages, columns(widths, 1, headings), "", title, true);
      table.begin();
      for (int i = 0; i < numbers.down().size(); i++) {
        monthRow(table, numbers.down().get(i), numbers.counts()[i], PdfStyle.REGULAR);
      }
      monthRow(table, Wording.TOTAL.in(locale), numbers.sums(), PdfStyle.BOLD);
      table.end();
    }

    private void monthRow(PdfTable table, String label, long[] counts, PdfStyle style) throws IOException {
      PdfRow row = table.row().cell(style, label);
      for (long count : counts) {
        row.cell(style, ReportDates.format(count, locale));
      }
      row.cell(PdfStyle.BOLD, ReportDates.format(Arrays.stream(counts).sum(), locale));
      table.add();
    }

    private void snapshot(FigureSnapshot snapshot) throws IOException {
      PdfTable table = new PdfTable(pages, new PdfColumn[] {
          new PdfColumn(PdfPages.LEFT, 3600, false, Wording.FIELD.in(locale)),
          new PdfColumn(PdfPages.LEFT + 3600, 750, true, Wording.VALUE.in(locale)),
          new PdfColumn(PdfPages.LEFT + 4350, 850, true, Wording.PRIOR_PERIOD.in(locale)),
          new PdfColumn(PdfPages.LEFT + 5200, 750, true, Wording.CHANGE.in(locale)),
          new PdfColumn(PdfPages.LEFT + 6000, 750, false, Wording.UNIT.in(locale)),
          new PdfColumn(PdfPages.LEFT + 6750, 949, false, Wording.SOURCE.in(locale))},
          inBokmal, Wording.FIGURES.in(locale), true);
      table.begin();
      String section = "";
      List<ShownFigure> shown = ShownFigure.of(snapshot, description.suppression());
      for (ShownFigure figure : shown) {
        if (!section.equals(figure.section().id())) {
          section = figure.section().id();
          table.section(figure.section().title(locale));
        }
        table.row().cell(PdfStyle.REGULAR, figure.figure().label(locale))
            .cell(PdfStyle.REGULAR, shown(figure.value(), false))
            .cell(PdfStyle.REGULAR, shown(figure.priorValue(), false)
                + (figure.isMarked() ? ShownFigure.NOT_COMPARABLE_MARK : ""))
            .cell(PdfStyle.REGULAR, shown(figure.change(), true))
            .cell(PdfStyle.NOTE, figure.figure().unit().label(locale))
            .cell(PdfStyle.NOTE, figure.dataSource());
        table.add();
      }
      table.end();
      Optional<String> footnote = ReportTexts.footnote(snapshot, shown, locale);
      if (footnote.isPresent()) {
        pages.moveDown(60);
        paragraph(PdfText.lines(PdfStyle.REGULAR.font(), PdfText.shown(footnote.get()),
            PdfStyle.REGULAR.inThousandths(PdfPages.RIGHT - PdfPages.LEFT), 10));
      }
    }

    private String shown(ShownFigure.Value value, boolean signed) {
      return switch (value) {
        case ShownFigure.Hidden() -> ShownFigure.HIDDEN_MARK;
        case ShownFigure.Shown(Optional<BigDecimal> number) -> number.map(
            shown -> (signed && shown.signum() > 0 ? "+" : "") + ReportDates.format(shown, locale)).orElse("");
      };
    }

    private void activities(List<ShareSummary> shares, ShareSource source) throws IOException {
      for (ShareSummary share : shares) {
        share.traits().get(PdfShare.CHARACTERS).chars().forEach(pages.fonts().used(PdfStyle.REGULAR)::set);
      }
      PdfColumn[] columns = PdfShare.columns(locale);
      boolean first = true;
      for (String type : ActivityTypes.inOrder(totals.byType().keySet())) {
        ActivityTotals.Count count = totals.byType().get(type);
        String name = ActivityTypes.name(type, locale);
        PdfTable table = new PdfTable(pages, columns, "", name, totals.rows() <= MOST_TAGGED_ROWS);
        if (first) {
          pages.newPage();
          first = false;
        }
        chapter(name, table.startHeight() + 150);
        line("P", PdfStyle.FOOTER, countLine(count), 150);
        table.begin();
        for (ShareSummary share : shares) {
          for (ShareSummary.Section section : share.sections()) {
            if (section.name().equals(type)) {
              rows(table, share.index(), section, source);
            }
          }
        }
        table.end();
      }
    }

    private String countLine(ActivityTotals.Count count) {
      return Wording.ROWS.in(locale) + ": " + ReportDates.format(count.rows(), locale) + "  ·  "
          + Wording.COUNTABLE_ROWS.in(locale) + ": " + ReportDates.format(count.countable(), locale) + "  ·  "
          + Wording.PARTICIPANTS.in(locale) + ": " + ReportDates.format(count.participants(), locale) + "  ·  "
          + Wording.HOURS.in(locale) + ": " + ReportDates.format(ReportTexts.hours(count.minutes()), locale);
    }

    private static void rows(PdfTable table, int share, ShareSummary.Section section, ShareSource source)
        throws IOException {
      Inflater inflater = new Inflater(true);
      try (InputStream in = source.open(share, section.offset(), section.bytes());
          DataInputStream chunks = new DataInputStream(in)) {
        byte[] stored = new byte[0];
        byte[] rows = new byte[0];
        for (long left = section.bytes(); left > 0; ) {
          int bytes = chunks.readInt();
          int size = chunks.readInt();
          // A raw inflater expects one extra byte at the end.
          stored = stored.length > bytes ? stored : new byte[bytes + 1];
          rows = rows.length >= size ? rows : new byte[size];
          chunks.readFully(stored, 0, bytes);
          stored[bytes] = 0;
          inflater.reset();
          inflater.setInput(stored, 0, bytes + 1);
          if (inflater.inflate(rows, 0, size) != size) {
            throw new IOException("Share " + share + " is damaged: " + section);
          }
          for (int at = 0; at < size; ) {
            at = table.draw(rows, at);
          }
          left -= 8L + bytes;
        }
      } catch (DataFormatException e) {
        throw new IOException("Share " + share + " is damaged: " + section, e);
      } finally {
        inflater.end();
      }
    }

    private void methods() throws IOException {
      chapter(Wording.METHODS.in(locale), 800);
      int room = PdfPages.RIGHT - PdfPages.LEFT;
      List<Map.Entry<String, String>> topics = new ArrayList<>(ReportTexts.methodTopics(description));
      if (pages.fonts().lackGlyphs()) {
        topics.add(Map.entry(Wording.METHOD_CHARACTERS_TOPIC.in(locale), Wording.METHOD_CHARACTERS.in(locale)));
      }
      figures.snapshot().ifPresent(snapshot -> ReportTexts.rules(snapshot, locale).forEach((key, rule) ->
          topics.add(Map.entry(FigureCatalogue.figure(key).orElseThrow().label(locale), rule))));
      for (Map.Entry<String, String> topic : topics) {
        List<String> lines = PdfText.lines(PdfStyle.REGULAR.font(), PdfText.shown(topic.getValue()),
            PdfStyle.REGULAR.inThousandths(room), 20);
        if (!pages.hasRoom(150 + 115 * lines.size() + 80)) {
          pages.newPage();
        }
        line("H3", inBokmal, PdfStyle.SECTION, topic.getKey(), 135);
        paragraph(lines);
        pages.moveDown(80);
      }
    }

    private void paragraph(List<String> lines) throws IOException {
      if (!pages.hasRoom(115 * lines.size())) {
        pages.newPage();
      }
      pages.beginLeaf("P", inBokmal);
      for (String text : lines) {
        pages.putText(PdfStyle.REGULAR, PdfPages.LEFT, pages.y() - 80, text);
        pages.moveDown(115);
      }
      pages.endLeaf();
    }
  }
}
