package no.rapport.reportfiles.formats;

import no.rapport.reportfiles.ReportWriter;
import no.rapport.reportfiles.pdf.PdfWriter;
import no.rapport.reportfiles.text.CsvWriter;
import no.rapport.reportfiles.text.JsonWriter;
import no.rapport.reportfiles.xlsx.XlsxWriter;
import no.rapport.reporting.ReportFormat;

/// Knows the writer of each format.
public final class ReportWriters {

  private ReportWriters() {}

  /// Returns the writer of that format.
  public static ReportWriter of(ReportFormat format) {
    return switch (format) {
      case CSV -> new CsvWriter();
      case JSON -> new JsonWriter();
      case XLSX -> new XlsxWriter();
      case PDF -> new PdfWriter();
    };
  }
}
