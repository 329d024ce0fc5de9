package no.rapport.sourceimports;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.function.BooleanSupplier;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;

/// The source of rows: the facts about a file that affect how its rows are read.
///
/// @param importedAt when the file was put into the bucket, milliseconds since 1970
/// @param file a number that distinguishes files that were put in the same millisecond
/// @param now when the rows are read
/// @param leadingZerosLost whether municipality numbers of the file have lost their leading zeros; evaluated only if
///     needed
record ImportSource(long importedAt, long file, Instant now, BooleanSupplier leadingZerosLost) {

  /// The tolerated difference between clocks.
  private static final long MAX_SECONDS_AHEAD = 600;
  /// A longer span is an error: no child is in care for longer, and no measure is planned further ahead.
  private static final int MAX_YEARS = 26;
  private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");

  static ImportSource of(String key, Instant importedAt, Instant now, BooleanSupplier leadingZerosLost) {
    return new ImportSource(
        importedAt.toEpochMilli(), Long.parseLong(SourceDataTable.shortHash(key), 0, 7, 16), now, leadingZerosLost);
  }

  /// Creates a source whose cells have not lost zeros and whose rows are read at the moment of the put.
  ImportSource(long importedAt, long file) {
    this(importedAt, file, Instant.ofEpochMilli(importedAt), () -> false);
  }

  /// Returns the row's `updated_at`. A time in the future is rejected, because it would outrank every later correction.
  Instant updatedAt(Cells cells) {
    Instant updatedAt = cells.instant("updated_at");
    if (updatedAt.isAfter(now.plusSeconds(MAX_SECONDS_AHEAD))) {
      cells.reject("updated_at", "is more than 10 minutes ahead of now");
    }
    return updatedAt;
  }

  /// Returns the first date that a case record may have.
  LocalDate earliest() {
    return LocalDate.of(now.atZone(OSLO).getYear() - MAX_YEARS, 1, 1);
  }

  /// Returns the last date that a case record may have.
  LocalDate latest() {
    return LocalDate.of(now.atZone(OSLO).getYear() + MAX_YEARS, 12, 31);
  }

  Version version(Instant updatedAt, long line) {
    return new Version(ActivityItem.nanos(updatedAt), importedAt, file, line);
  }
}
