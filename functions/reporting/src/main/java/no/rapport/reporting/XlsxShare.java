package no.rapport.reporting;

import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// A share of a workbook: rows of the sheet of activities as raw deflate that ends on a byte boundary, then rows of the
/// sheet of attachments likewise. Cells carry no references, so that rows can stand anywhere in a sheet. Attachments'
/// rows wait, compressed, in memory until the activities are through.
final class XlsxShare implements ShareWriter {

  static final String ACTIVITIES = "activities";
  static final String ATTACHMENTS = "attachments";

  private static final int CHUNK = 1 << 16;
  private static final long EPOCH_DAY_OF_EXCEL = 25_569;
  /// The serial number of 1 March 1900; Excel believes that a 29 February went before it.
  private static final long FIRST_TRUE_SERIAL = 61;
  private static final LocalDate FIRST_DATE = LocalDate.of(1900, 1, 1);

  private static final byte[] ROW = Bytes.ascii("<row>");
  private static final byte[] ROW_END = Bytes.ascii("</row>");
  private static final byte[] TEXT_END = Bytes.ascii("</t></is></c>");
  private static final byte[] VALUE_END = Bytes.ascii("</v></c>");
  private static final byte[] SHORT = inlineString(XlsxStyle.TEXT, "");
  private static final byte[] SHORT_PRESERVED = inlineString(XlsxStyle.TEXT, " xml:space=\"preserve\"");
  private static final byte[] LONG = inlineString(XlsxStyle.LONG_TEXT, "");
  private static final byte[] LONG_PRESERVED = inlineString(XlsxStyle.LONG_TEXT, " xml:space=\"preserve\"");
  private static final byte[] EMPTY = Bytes.ascii("<c/>");
  private static final byte[] DATE = value(XlsxStyle.DATE);
  private static final byte[] INTEGER = value(XlsxStyle.INTEGER);

  private final OutputStream out;
  private final ReportLocale locale;
  private final boolean withAttachments;
  private final int index;
  private final Run activities;
  private final List<Run> attachments = new ArrayList<>();
  private final ActivityTotals.Builder totals = new ActivityTotals.Builder();
  private boolean finished;

  XlsxShare(OutputStream out, ReportDescription description, int index) {
    this.out = out;
    this.locale = description.locale();
    this.withAttachments = description.includeAnnexes();
    this.index = index;
    this.activities = new Run();
  }

  private static byte[] inlineString(XlsxStyle style, String attribute) {
    return Bytes.ascii("<c s=\"" + style.ordinal() + "\" t=\"inlineStr\"><is><t" + attribute + ">");
  }

  private static byte[] value(XlsxStyle style) {
    return Bytes.ascii("<c s=\"" + style.ordinal() + "\"><v>");
  }

  @Override
  public void row(Activity activity) throws IOException {
    Joining.requireRoom(finished, activities.rows);
    Countability countability = Countability.of(activity);
    totals.add(activity, countability);
    Bytes xml = activities.xml;
    xml.put(ROW);
    putText(xml, activity.activityId());
    putText(xml, ActivityTypes.name(activity.activityType(), locale));
    putDate(xml, activity.date());
    putInteger(xml, activity.participantCount());
    putInteger(xml, activity.durationMinutes());
    putText(xml, activity.location());
    putText(xml, activity.municipality());
    putText(xml, activity.county());
    putText(xml, activity.targetGroup());
    putLongText(xml, activity.title());
    putLongText(xml, activity.notes());
    putLongText(xml, Joining.attachments(activity));
    if (!countability.counts()) {
      putText(xml, countability.reason(locale));
    }
    xml.put(ROW_END);
    activities.endRow(out);
    if (withAttachments && !activity.attachments().isEmpty()) {
      for (String name : activity.attachments()) {
        attachment(activity, name);
      }
    }
  }

  private void attachment(Activity activity, String name) throws IOException {
    if (attachments.isEmpty() || attachments.getLast().rows == ReportWriter.MAX_SHARE_ROWS) {
      attachments.add(new Run());
    }
    Run run = attachments.getLast();
    run.xml.put(ROW);
    putText(run.xml, activity.activityId());
    putDate(run.xml, activity.date());
    putLongText(run.xml, activity.title());
    putLongText(run.xml, name);
    run.xml.put(ROW_END);
    run.endRow(null);
  }

  private void putText(Bytes xml, String text) {
    putText(xml, text, SHORT, SHORT_PRESERVED);
  }

  private void putLongText(Bytes xml, String text) {
    putText(xml, text, LONG, LONG_PRESERVED);
  }

  private void putText(Bytes xml, String text, byte[] plain, byte[] preserved) {
    if (text.isEmpty()) {
      xml.put(EMPTY);
      return;
    }
    String fitted = XlsxText.fitted(text, locale);
    xml.put(XlsxText.needsPreserving(fitted) ? preserved : plain);
    XlsxText.put(xml, fitted);
    xml.put(TEXT_END);
  }

  private void putDate(Bytes xml, LocalDate date) {
    if (date.isBefore(FIRST_DATE) || date.getYear() > 9999) {
      putText(xml, ReportDates.format(date, locale));
      return;
    }
    xml.put(DATE);
    xml.putNumber(serial(date));
    xml.put(VALUE_END);
  }

  static long serial(LocalDate date) {
    long serial = date.toEpochDay() + EPOCH_DAY_OF_EXCEL;
    return serial < FIRST_TRUE_SERIAL ? serial - 1 : serial;
  }

  private static void putInteger(Bytes xml, int number) {
    xml.put(INTEGER);
    xml.putNumber(number);
    xml.put(VALUE_END);
  }

  @Override
  public ShareSummary finish() throws IOException {
    finished = true;
    List<ShareSummary.Section> sections = new ArrayList<>();
    sections.add(activities.finish(ACTIVITIES, 0, out));
    long offset = activities.written;
    for (Run run : attachments) {
      sections.add(run.finish(ATTACHMENTS, offset, null));
      run.kept.writeTo(out);
      offset += run.written;
    }
    out.flush();
    return new ShareSummary(index, activities.rows, offset, sections, totals.build(), Map.of());
  }

  /// Rows on their way through deflate, either to a stream or kept.
  private static final class Run {

    private final Bytes xml = new Bytes(CHUNK + (CHUNK >> 1));
    private final Bytes kept = new Bytes(1024);
    private final CRC32 crc = new CRC32();
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final byte[] deflated = new byte[CHUNK];
    private long rows;
    private long uncompressed;
    private long written;

    private void endRow(OutputStream to) throws IOException {
      rows++;
      if (xml.length >= CHUNK) {
        deflate(to, Deflater.NO_FLUSH);
      }
    }

    private ShareSummary.Section finish(String name, long offset, OutputStream to) throws IOException {
      if (rows > 0) {
        deflate(to, Deflater.SYNC_FLUSH);
      }
      deflater.end();
      return new ShareSummary.Section(name, offset, written, uncompressed, crc.getValue(), rows);
    }

    private void deflate(OutputStream to, int flush) throws IOException {
      crc.update(xml.array, 0, xml.length);
      uncompressed += xml.length;
      deflater.setInput(xml.array, 0, xml.length);
      int count;
      do {
        count = deflater.deflate(deflated, 0, deflated.length, flush);
        if (to == null) {
          kept.put(deflated, 0, count);
        } else {
          to.write(deflated, 0, count);
        }
        written += count;
      } while (count == deflated.length || !deflater.needsInput());
      xml.length = 0;
    }
  }
}
