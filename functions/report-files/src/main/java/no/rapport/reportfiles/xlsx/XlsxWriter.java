package no.rapport.reportfiles.xlsx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import no.rapport.reportfiles.Joining;
import no.rapport.reportfiles.ReportWriter;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.Wording;
import no.rapport.reportfiles.zip.Crc32s;
import no.rapport.reportfiles.zip.ZipArchive;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;

/// An Excel workbook: summary, key figures with a chart, activities, attachments, and methods and sources. The sheets
/// of activities and attachments are joined from the shares' compressed rows as they are; where a sheet is full, the
/// next share begins another one.
public record XlsxWriter() implements ReportWriter {

  /// The most rows of a sheet below its heading.
  private static final long MAX_SHEET_ROWS = 1_048_575;
  /// What a sheet's rows may take uncompressed, so that it stays an ordinary ZIP entry.
  private static final long MAX_SHEET_BYTES = ZipArchive.MAX_ENTRY_BYTES - (1 << 20);

  @Override
  public ShareWriter share(OutputStream out, ReportDescription description, int index) {
    return new XlsxShare(out, description, index);
  }

  @Override
  public void assemble(OutputStream out, ReportDescription description, KeyFigures figures, List<ShareSummary> shares,
      ShareSource source) throws IOException {
    ReportLocale locale = description.locale();
    XlsxWorkbook workbook = new XlsxWorkbook(out, description);
    XlsxOverview overview = new XlsxOverview(description, figures);
    workbook.summary(overview.summary());
    if (description.includeAnnexes()) {
      XlsxSheet keyFigures = overview.keyFigures();
      workbook.keyFigures(keyFigures, overview.lastKeyFigureRow(), overview.chart());
    }
    List<XlsxSheet.Column> columns = Stream.of(ActivityColumn.values()).map(column ->
        new XlsxSheet.Column(column.heading(locale), column.width(), column.holdsNumbers())).toList();
    joinSheets(workbook, Wording.ACTIVITIES.in(locale), columns, shares, XlsxShare.ACTIVITIES, source, locale);
    if (description.includeAnnexes()) {
      joinSheets(workbook, Wording.ATTACHMENTS.in(locale),
          attachmentColumns(locale),
          shares, XlsxShare.ATTACHMENTS, source, locale);
      workbook.methods(overview.methods());
    }
    workbook.finish();
    out.flush();
  }

  private static List<XlsxSheet.Column> attachmentColumns(ReportLocale locale) {
    List<XlsxSheet.Column> columns = new ArrayList<>();
    for (String heading : List.of(ActivityColumn.ACTIVITY_ID.heading(locale), ActivityColumn.DATE.heading(locale),
        ActivityColumn.TITLE.heading(locale), Wording.FILE_NAME.in(locale))) {
      columns.add(new XlsxSheet.Column(heading, XlsxShare.ATTACHMENT_WIDTHS[columns.size()], false));
    }
    return columns;
  }

  private record Piece(int share, ShareSummary.Section section) {}

  private static void joinSheets(XlsxWorkbook workbook, String name, List<XlsxSheet.Column> columns,
      List<ShareSummary> shares, String section, ShareSource source, ReportLocale locale) throws IOException {
    int number = 1;
    for (List<Piece> pieces : sheets(shares, section)) {
      joinSheet(workbook, number == 1 ? name : name + " (" + number + ")", columns, pieces, source, locale);
      number++;
    }
  }

  /// The pieces of each sheet; at least one sheet, perhaps without any.
  private static List<List<Piece>> sheets(List<ShareSummary> shares, String name) {
    List<List<Piece>> sheets = new ArrayList<>();
    sheets.add(new ArrayList<>());
    long rows = 0;
    long bytes = 0;
    for (ShareSummary share : shares) {
      for (ShareSummary.Section section : share.sections()) {
        if (!section.name().equals(name) || section.rows() == 0) {
          continue;
        }
        if (rows > 0 && (rows + section.rows() > MAX_SHEET_ROWS
            || bytes + section.uncompressedBytes() > MAX_SHEET_BYTES)) {
          sheets.add(new ArrayList<>());
          rows = 0;
          bytes = 0;
        }
        sheets.getLast().add(new Piece(share.index(), section));
        rows += section.rows();
        bytes += section.uncompressedBytes();
      }
    }
    return sheets;
  }

  private static void joinSheet(XlsxWorkbook workbook, String name, List<XlsxSheet.Column> columns,
      List<Piece> pieces, ShareSource source, ReportLocale locale) throws IOException {
    long rows = pieces.stream().mapToLong(piece -> piece.section().rows()).sum();
    byte[] start = XlsxSheet.bigSheetStart(columns, rows);
    byte[] end = XlsxSheet.bigSheetEnd(columns.size(), rows, locale);
    byte[] deflatedStart = ZipArchive.deflate(start, 6, false);
    byte[] deflatedEnd = ZipArchive.deflate(end, 6, true);
    long crc = ZipArchive.crc32(start);
    long bytes = deflatedStart.length + deflatedEnd.length;
    long uncompressed = start.length + end.length;
    for (Piece piece : pieces) {
      ShareSummary.Section section = piece.section();
      crc = Crc32s.combine(crc, section.crc32(), section.uncompressedBytes());
      bytes += section.bytes();
      uncompressed += section.uncompressedBytes();
    }
    crc = Crc32s.combine(crc, ZipArchive.crc32(end), end.length);
    OutputStream out = workbook.beginSheet(name, columns.size(), rows, crc, bytes, uncompressed);
    out.write(deflatedStart);
    for (Piece piece : pieces) {
      try (InputStream in = source.open(piece.share(), piece.section().offset(), piece.section().bytes())) {
        Joining.copy(in, out, piece.section().bytes());
      }
    }
    out.write(deflatedEnd);
  }
}
