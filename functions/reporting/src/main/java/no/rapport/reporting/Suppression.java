package no.rapport.reporting;

import java.util.Arrays;
import java.util.Optional;

/// The rule by which small counts of figures are hidden in a report.
public enum Suppression {
  NONE("none", 0),
  LT3("lt3", 2),
  LE3("le3", 3),
  LE5("le5", 5);

  private final String word;
  private final int bound;

  Suppression(String word, int bound) {
    this.word = word;
    this.bound = bound;
  }

  public String word() {
    return word;
  }

  /// Returns the largest count that is hidden; 0 hides none.
  public int bound() {
    return bound;
  }

  public static Optional<Suppression> ofWord(String word) {
    return Arrays.stream(values()).filter(rule -> rule.word.equals(word)).findFirst();
  }
}
