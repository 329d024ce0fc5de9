package no.rapport.imports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What an imported file holds.
public enum ImportKind {
  /// Activities.
  ACTIVITIES(ImportKind.MAX_ROW_FILE_BYTES),
  /// Case records, or documents of the national register.
  CASES(ImportKind.MAX_ROW_FILE_BYTES),
  /// The organisation's name and numbers.
  ORGANIZATION(64 * 1024);

  /// The largest file of rows that the import reads.
  public static final long MAX_ROW_FILE_BYTES = 2L * 1024 * 1024 * 1024;

  private final long maxBytes;

  ImportKind(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// The largest file that is taken, in bytes.
  public long maxBytes() {
    return maxBytes;
  }

  /// The word in requests, answers and keys.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ImportKind> ofWord(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }
}
