package no.rapport.reportrecords;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How far a report is. The legal moves stand here and nowhere else.
public enum ReportStatus {
  PENDING,
  PROCESSING,
  COMPLETED,
  FAILED;

  /// The contract's word.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static Set<String> words() {
    return Arrays.stream(values()).map(ReportStatus::word).collect(Collectors.toSet());
  }

  public static Optional<ReportStatus> ofWord(String word) {
    return Arrays.stream(values()).filter(status -> status.word().equals(word)).findFirst();
  }

  /// Where a report may go from here: forwards, steps skipped or not, and from a failure back to the beginning.
  Set<ReportStatus> next() {
    return switch (this) {
      case PENDING -> EnumSet.of(PROCESSING, COMPLETED, FAILED);
      case PROCESSING -> EnumSet.of(COMPLETED, FAILED);
      case FAILED -> EnumSet.of(PENDING);
      case COMPLETED -> EnumSet.noneOf(ReportStatus.class);
    };
  }

  /// Whether this status may follow; the present one may always be repeated.
  boolean mayBecome(ReportStatus other) {
    return other == this || next().contains(other);
  }

  /// What is allowed, for a person to read.
  String allowed() {
    return next().isEmpty() ? "nothing follows"
        : "what may follow is " + next().stream().map(ReportStatus::word).collect(Collectors.joining(", "));
  }
}
