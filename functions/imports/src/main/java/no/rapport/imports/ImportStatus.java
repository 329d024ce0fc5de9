package no.rapport.imports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// The states of an import.
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

  /// Returns the word that answers and filters use.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Returns whether the import has ended. A final status never changes.
  public boolean isFinal() {
    return this == COMPLETED || this == FAILED;
  }

  boolean isWithoutFile() {
    return this == AWAITING_UPLOAD || this == EXPIRED;
  }
}
