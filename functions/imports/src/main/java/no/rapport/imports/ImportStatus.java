package no.rapport.imports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// How far an import has come.
public enum ImportStatus {
  /// Announced; the file has not arrived.
  AWAITING_UPLOAD,
  /// The file is being read.
  PROCESSING,
  /// The file was read to its end; single rows may have been rejected.
  COMPLETED,
  /// No row, or no further row, could be read.
  FAILED,
  /// The file did not arrive within a day.
  EXPIRED;

  static final Set<String> WORDS = Arrays.stream(values()).map(ImportStatus::word).collect(Collectors.toUnmodifiableSet());

  /// The word in answers and filters.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether the import has ended and never changes again.
  public boolean isFinal() {
    return this == COMPLETED || this == FAILED;
  }

  boolean isWithoutFile() {
    return this == AWAITING_UPLOAD || this == EXPIRED;
  }
}
