package no.rapport.imports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The kinds of imported files.
public enum ImportKind {
  /// Activities.
  ACTIVITIES(ImportKind.MAX_ROW_FILE_BYTES),
  /// Case records, or documents of the national register.
  CASES(ImportKind.MAX_ROW_FILE_BYTES),
  /// The organisation's name and numbers.
  ORGANIZATION(64 * 1024);

  /// The largest file of rows that imports accept.
  public static final long MAX_ROW_FILE_BYTES = 2L * 1024 * 1024 * 1024;

  private final long maxBytes;

  ImportKind(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Returns the largest accepted file, in bytes.
  public long maxBytes() {
    return maxBytes;
  }

  /// Returns the word that requests, answers and keys use.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ImportKind> ofWord(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }
}
