package no.rapport.reportrecords;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The status of a report. This class alone defines the legal transitions.
public enum ReportStatus {
  PENDING,
  PROCESSING,
  COMPLETED,
  FAILED;

  /// Returns the status word of the contract.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static Set<String> words() {
    return Arrays.stream(values()).map(ReportStatus::word).collect(Collectors.toSet());
  }

  public static Optional<ReportStatus> ofWord(String word) {
    return Arrays.stream(values()).filter(status -> status.word().equals(word)).findFirst();
  }

  /// Returns the statuses that may follow this one: any later one, and the first one after a failure.
  Set<ReportStatus> next() {
    return switch (this) {
      case PENDING -> EnumSet.of(PROCESSING, COMPLETED, FAILED);
      case PROCESSING -> EnumSet.of(COMPLETED, FAILED);
      case FAILED -> EnumSet.of(PENDING);
      case COMPLETED -> EnumSet.noneOf(ReportStatus.class);
    };
  }

  /// Returns whether the given status may follow this one. Repeating the present status is always allowed.
  boolean mayBecome(ReportStatus other) {
    return other == this || next().contains(other);
  }

  /// Returns a description of the allowed transitions for error messages.
  String allowed() {
    return next().isEmpty() ? "nothing follows"
        : "what may follow is " + next().stream().map(ReportStatus::word).collect(Collectors.joining(", "));
  }
}
