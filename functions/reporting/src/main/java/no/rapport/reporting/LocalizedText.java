package no.rapport.reporting;

/// A text in the languages of a report. If the Northern Sami text is empty, the Bokmål text is used.
public record LocalizedText(String nb, String nn, String se, String en) {

  /// Returns the text in that language.
  public String in(ReportLocale locale) {
    return switch (locale) {
      case NB -> nb;
      case NN -> nn;
      case SE -> se.isEmpty() ? nb : se;
      case EN -> en;
    };
  }
}
