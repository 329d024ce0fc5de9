package no.rapport.sourcedata;

import java.util.Comparator;

/// The version of a row. The row with the greatest version is kept.
///
/// The order is total and depends only on the row and its file. Imports may therefore be repeated, run concurrently or
/// finish in any order: the same row is kept in the end.
///
/// @param updatedAt the row's `updated_at`, nanoseconds since 1970
/// @param importedAt when the file was put into the bucket, milliseconds since 1970; of rows with the same `updated_at`
///   the last imported one is kept
/// @param file distinguishes files that were put in the same millisecond
/// @param line the row's line in the file
public record Version(long updatedAt, long importedAt, long file, long line) implements Comparable<Version> {

  private static final Comparator<Version> ORDER = Comparator.comparingLong(Version::updatedAt)
      .thenComparingLong(Version::importedAt)
      .thenComparingLong(Version::file)
      .thenComparingLong(Version::line);

  @Override
  public int compareTo(Version other) {
    return ORDER.compare(this, other);
  }
}
