package no.rapport.reporting;

import java.util.Arrays;
import java.util.Optional;

/// The forms of a report file.
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

  /// File name extension without the dot; also the contracts' word for the format.
  public String extension() {
    return extension;
  }

  public String contentType() {
    return contentType;
  }

  /// The format that a contract's word names: `xlsx` or its synonym `excel`, `csv`, `pdf`, `json`.
  public static Optional<ReportFormat> ofWord(String word) {
    String extension = word.equals("excel") ? "xlsx" : word;
    return Arrays.stream(values()).filter(format -> format.extension.equals(extension)).findFirst();
  }
}
