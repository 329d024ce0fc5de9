package no.rapport.sourcedata;

import java.util.Comparator;

/// Which form of a row wins: the greater one.
///
/// The order is total and depends on nothing but the row and where it came from, so that imports may be repeated, run
/// at the same time or overtake each other: whatever is written, the same form is left in the end.
///
/// @param updatedAt the row's `updated_at`, nanoseconds since 1970
/// @param importedAt when the file was put into the bucket, milliseconds since 1970: of equal rows the last imported
///   wins
/// @param file tells files apart that were put in the same millisecond
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
