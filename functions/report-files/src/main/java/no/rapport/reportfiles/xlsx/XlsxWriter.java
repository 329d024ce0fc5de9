package no.rapport.reportfiles.xlsx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import no.rapport.reportfiles.Joining;
import no.rapport.reportfiles.ReportWriter;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.Wording;
import no.rapport.reportfiles.zip.Deflated;
import no.rapport.reportfiles.zip.ZipArchive;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;

/// An Excel workbook: summary, key figures with a chart, activities, attachments, and methods and sources. The sheet of
/// activities is joined from the shares' compressed rows as they are, where they have the numbers that they were expected
/// to have; where a sheet is full, the next share begins another one.
public record XlsxWriter() implements ReportWriter {

  /// The most rows of a sheet below its heading.
  private static final long MAX_SHEET_ROWS = 1_048_575;
  /// What a sheet's rows may take uncompressed, so that it stays an ordinary ZIP entry, with other numbers too.
  private static final long MAX_SHEET_BYTES = ZipArchive.MAX_ENTRY_BYTES - (16 << 20);

  @Override
  public ShareWriter share(OutputStream out, ReportDescription description, int index, long rowsBefore) {
    return new XlsxShare(out, description, index, rowsBefore);
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
    joinSheets(workbook, Wording.ACTIVITIES.in(locale), columns, sheets(shares, XlsxShare.ACTIVITIES,
        ShareSummary.Section::uncompressedBytes), locale, (pieces, sheet) -> activities(pieces, source, sheet));
    if (description.includeAnnexes()) {
      joinSheets(workbook, Wording.ATTACHMENTS.in(locale), attachmentColumns(locale), sheets(shares,
          AttachmentList.SECTION, AttachmentList::mostSheetBytes), locale,
          (pieces, sheet) -> attachments(pieces, source, sheet, locale));
      workbook.methods(overview.methods());
    }
    workbook.finish();
    out.flush();
  }

  private static List<XlsxSheet.Column> attachmentColumns(ReportLocale locale) {
    List<XlsxSheet.Column> columns = new ArrayList<>();
    for (String heading : List.of(ActivityColumn.ACTIVITY_ID.heading(locale), ActivityColumn.DATE.heading(locale),
        ActivityColumn.TITLE.heading(locale), Wording.FILE_NAME.in(locale))) {
      columns.add(new XlsxSheet.Column(heading, AttachmentList.WIDTHS[columns.size()], false));
    }
    return columns;
  }

  private record Piece(ShareSummary share, ShareSummary.Section section) {

    InputStream open(ShareSource source) throws IOException {
      return source.open(share.index(), section.offset(), section.bytes());
    }
  }

  /// Writes the rows of a sheet that are in these pieces.
  @FunctionalInterface
  private interface SheetRows {

    Deflated write(List<Piece> pieces, OutputStream sheet) throws IOException;
  }

  private static void joinSheets(XlsxWorkbook workbook, String name, List<XlsxSheet.Column> columns,
      List<List<Piece>> sheets, ReportLocale locale, SheetRows sheetRows) throws IOException {
    int number = 1;
    for (List<Piece> pieces : sheets) {
      long rows = pieces.stream().mapToLong(piece -> piece.section().rows()).sum();
      OutputStream out =
          workbook.beginSheet(number == 1 ? name : name + " (" + number + ")", columns.size(), rows);
      Deflated start = write(XlsxSheet.bigSheetStart(columns, rows), false, out);
      Deflated written = start.plus(sheetRows.write(pieces, out));
      workbook.endSheet(written.plus(write(XlsxSheet.bigSheetEnd(columns.size(), rows, locale), true, out)));
      number++;
    }
  }

  private static Deflated write(byte[] xml, boolean isLast, OutputStream out) throws IOException {
    byte[] deflated = ZipArchive.deflate(xml, 6, isLast);
    out.write(deflated);
    return new Deflated(ZipArchive.crc32(xml), deflated.length, xml.length);
  }

  /// The pieces of each sheet; at least one sheet, perhaps without any.
  ///
  /// @param sheetBytes how many bytes a section takes on its sheet at most
  private static List<List<Piece>> sheets(List<ShareSummary> shares, String name,
      ToLongFunction<ShareSummary.Section> sheetBytes) {
    List<List<Piece>> sheets = new ArrayList<>();
    sheets.add(new ArrayList<>());
    long rows = 0;
    long bytes = 0;
    for (ShareSummary share : shares) {
      for (ShareSummary.Section section : share.sections()) {
        if (!section.name().equals(name) || section.rows() == 0) {
          continue;
        }
        long more = sheetBytes.applyAsLong(section);
        if (rows > 0 && (rows + section.rows() > MAX_SHEET_ROWS || bytes + more > MAX_SHEET_BYTES)) {
          sheets.add(new ArrayList<>());
          rows = 0;
          bytes = 0;
        }
        sheets.getLast().add(new Piece(share, section));
        rows += section.rows();
        bytes += more;
      }
    }
    return sheets;
  }

  private static Deflated activities(List<Piece> pieces, ShareSource source, OutputStream sheet) throws IOException {
    Deflated written = Deflated.NOTHING;
    long rowsBefore = 0;
    for (Piece piece : pieces) {
      ShareSummary.Section section = piece.section();
      try (InputStream in = piece.open(source)) {
        if (XlsxShare.isNumberedFor(piece.share(), rowsBefore)) {
          Joining.copy(in, sheet, section.bytes());
          written = written.plus(new Deflated(section.crc32(), section.bytes(), section.uncompressedBytes()));
        } else {
          written = written.plus(RenumberedRows.write(in, sheet, rowsBefore));
        }
      }
      rowsBefore += section.rows();
    }
    return written;
  }

  private static Deflated attachments(List<Piece> pieces, ShareSource source, OutputStream sheet, ReportLocale locale)
      throws IOException {
    XlsxRows rows = new XlsxRows(sheet, locale, AttachmentList.KINDS, AttachmentList.WIDTHS, 0);
    for (Piece piece : pieces) {
      try (InputStream in = piece.open(source)) {
        AttachmentList.write(in, piece.section(), rows);
      }
    }
    ShareSummary.Section written = rows.finish(AttachmentList.SECTION, 0);
    return new Deflated(written.crc32(), written.bytes(), written.uncompressedBytes());
  }
}
