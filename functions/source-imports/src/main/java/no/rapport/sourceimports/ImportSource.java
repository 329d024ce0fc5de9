package no.rapport.sourceimports;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.function.BooleanSupplier;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;

/// Where rows come from, as far as it decides how they are read.
///
/// @param importedAt when the file was put into the bucket, milliseconds since 1970
/// @param file tells files apart that were put in the same millisecond
/// @param now when the rows are read
/// @param leadingZerosLost whether the file shows that its municipalities lost their leading zeros; asked only where it
///     matters
record ImportSource(long importedAt, long file, Instant now, BooleanSupplier leadingZerosLost) {

  /// Clocks differ by so much.
  private static final long MAX_SECONDS_AHEAD = 600;
  /// Nobody is in the care of the service for longer, and no measure is planned further ahead.
  private static final int MAX_YEARS = 26;
  private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");

  static ImportSource of(String key, Instant importedAt, Instant now, BooleanSupplier leadingZerosLost) {
    return new ImportSource(
        importedAt.toEpochMilli(), Long.parseLong(SourceDataTable.shortHash(key), 0, 7, 16), now, leadingZerosLost);
  }

  /// Where no cell can have lost a zero, read as soon as it was put.
  ImportSource(long importedAt, long file) {
    this(importedAt, file, Instant.ofEpochMilli(importedAt), () -> false);
  }

  /// The row's `updated_at`. One in the future would keep every later correction from counting.
  Instant updatedAt(Cells cells) {
    Instant updatedAt = cells.instant("updated_at");
    if (updatedAt.isAfter(now.plusSeconds(MAX_SECONDS_AHEAD))) {
      cells.reject("updated_at", "is more than 10 minutes ahead of now");
    }
    return updatedAt;
  }

  /// The first date that a case record may have.
  LocalDate earliest() {
    return LocalDate.of(now.atZone(OSLO).getYear() - MAX_YEARS, 1, 1);
  }

  /// The last date that a case record may have.
  LocalDate latest() {
    return LocalDate.of(now.atZone(OSLO).getYear() + MAX_YEARS, 12, 31);
  }

  Version version(Instant updatedAt, long line) {
    return new Version(ActivityItem.nanos(updatedAt), importedAt, file, line);
  }
}
