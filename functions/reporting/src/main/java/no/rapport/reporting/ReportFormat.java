package no.rapport.reporting;

import java.util.Arrays;
import java.util.Optional;

/// The file formats of a report.
public enum ReportFormat {
  XLSX("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
  CSV("csv", "text/csv; charset=utf-8"),
  PDF("pdf", "application/pdf"),
  JSON("json", "application/json");

  private final String extension;
  private final String contentType;

  ReportFormat(String extension, String contentType) {
    this.extension = extension;
    this.contentType = contentType;
  }

  /// Returns the file name extension without the dot, which is also the format's word in the contracts.
  public String extension() {
    return extension;
  }

  public String contentType() {
    return contentType;
  }

  /// Returns the format for a contract's word: `xlsx` or its synonym `excel`, `csv`, `pdf`, `json`.
  public static Optional<ReportFormat> ofWord(String word) {
    String extension = word.equals("excel") ? "xlsx" : word;
    return Arrays.stream(values()).filter(format -> format.extension.equals(extension)).findFirst();
  }
}
