package no.rapport.reportfiles.pdf;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.Deflater;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.Joining;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;

/// A share of a PDF report: rows ready to be placed, grouped by type, in deflated chunks. The report lists activities
/// by type, so the compressed rows (some 60 bytes each) stay in memory until the share ends.
final class PdfShare implements ShareWriter {

  /// The trait that holds the characters used in the rows.
  static final String CHARACTERS = "characters";

  private static final int CHUNK = 1 << 15;

  private final OutputStream out;
  private final ReportLocale locale;
  private final int index;
  private final PdfColumn[] columns;
  private final Map<String, Rows> types = new HashMap<>();
  private final BitSet used = new BitSet();
  private final ActivityTotals.Builder totals = new ActivityTotals.Builder();
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final byte[] deflated = new byte[CHUNK];
  private long rows;
  private boolean finished;

  private final class Rows {
    private final Bytes raw = new Bytes(1024);
    private final Bytes stored = new Bytes(1024);
    private final PdfRow row = new PdfRow(columns, raw, used, new BitSet());
    private long count;
    private long uncompressed;
  }

  PdfShare(OutputStream out, ReportDescription description, int index) {
    this.out = out;
    this.locale = description.locale();
    this.index = index;
    this.columns = columns(locale);
  }

  /// The columns of the tables of activities.
  static PdfColumn[] columns(ReportLocale locale) {
    String place = heading(ActivityColumn.LOCATION, locale) + " / " + inner(ActivityColumn.MUNICIPALITY, locale)
        + " / " + inner(ActivityColumn.COUNTY, locale);
    String title = heading(ActivityColumn.TITLE, locale) + " / " + inner(ActivityColumn.NOTES, locale);
    String[] headings = {heading(ActivityColumn.DATE, locale), heading(ActivityColumn.ACTIVITY_ID, locale), title,
        place, heading(ActivityColumn.TARGET_GROUP, locale), Wording.PARTICIPANTS.in(locale),
        heading(ActivityColumn.DURATION, locale), heading(ActivityColumn.ATTACHMENTS, locale),
        heading(ActivityColumn.NOT_COUNTED_BECAUSE, locale)};
    int[] widths = {520, 850, 1800, 1080, 850, 580, 540, 750, 649};
    PdfColumn[] columns = new PdfColumn[widths.length];
    int x = PdfPages.LEFT;
    for (int i = 0; i < widths.length; i++) {
      columns[i] = new PdfColumn(x, widths[i], i == 5 || i == 6, headings[i]);
      // Adds space between right-aligned text and the left-aligned text after it.
      x += i == 6 ? widths[i] + 80 : widths[i];
    }
    return columns;
  }

  private static String heading(ActivityColumn column, ReportLocale locale) {
    return column.heading(locale);
  }

  /// A heading behind another one.
  private static String inner(ActivityColumn column, ReportLocale locale) {
    return column.heading(locale).toLowerCase(Locale.ROOT);
  }

  @Override
  public void row(Activity activity) {
    Joining.requireRoom(finished, rows);
    Countability countability = Countability.of(activity);
    totals.add(activity, countability);
    rows++;
    Rows ofType = types.get(activity.activityType());
    if (ofType == null) {
      ofType = new Rows();
      types.put(activity.activityType(), ofType);
    }
    PdfRow row = ofType.row.begin()
        .cell(PdfStyle.REGULAR, ReportDates.format(activity.date(), locale))
        .cell(PdfStyle.REGULAR, activity.activityId())
        .cell(PdfStyle.REGULAR, activity.title()).text(PdfStyle.NOTE, activity.notes())
        .cell(PdfStyle.REGULAR, activity.location())
        .text(PdfStyle.NOTE, (activity.municipality() + " " + activity.county()).strip())
        .cell(PdfStyle.REGULAR, activity.targetGroup())
        .cell(PdfStyle.REGULAR, ReportDates.format(activity.participantCount(), locale))
        .cell(PdfStyle.REGULAR, ReportDates.format(activity.durationMinutes(), locale))
        .cell();
    for (String name : activity.attachments()) {
      row.text(PdfStyle.NOTE, name);
    }
    row.cell(PdfStyle.NOTE, countability.reason(locale)).end();
    ofType.count++;
    if (ofType.raw.length >= CHUNK) {
      store(ofType);
    }
  }

  /// Moves rows to a chunk: sizes deflated and as they were, four bytes each, and the deflated bytes.
  private void store(Rows ofType) {
    if (ofType.raw.length == 0) {
      return;
    }
    Bytes stored = ofType.stored;
    int start = stored.length;
    putInt(stored, 0);
    putInt(stored, ofType.raw.length);
    deflater.reset();
    deflater.setInput(ofType.raw.array, 0, ofType.raw.length);
    deflater.finish();
    while (!deflater.finished()) {
      stored.put(deflated, 0, deflater.deflate(deflated));
    }
    int end = stored.length;
    stored.length = start;
    putInt(stored, end - start - 8);
    stored.length = end;
    ofType.uncompressed += ofType.raw.length;
    ofType.raw.length = 0;
  }

  private static void putInt(Bytes bytes, int number) {
    bytes.put(number >>> 24);
    bytes.put(number >>> 16);
    bytes.put(number >>> 8);
    bytes.put(number);
  }

  @Override
  public ShareSummary finish() throws IOException {
    finished = true;
    List<ShareSummary.Section> sections = new ArrayList<>();
    long offset = 0;
    for (String type : ActivityTypes.inOrder(types.keySet())) {
      Rows ofType = types.get(type);
      store(ofType);
      ofType.stored.writeTo(out);
      sections.add(new ShareSummary.Section(type, offset, ofType.stored.length, ofType.uncompressed, 0, ofType.count));
      offset += ofType.stored.length;
    }
    deflater.end();
    out.flush();
    StringBuilder characters = new StringBuilder();
    used.stream().forEach(c -> characters.append((char) c));
    return new ShareSummary(index, rows, offset, sections, totals.build(), Map.of(CHARACTERS, characters.toString()));
  }
}
