package no.rapport.sourceimports;

import java.time.Instant;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;

/// Which file rows come from, as far as their versions depend on it.
///
/// @param importedAt when the file was put into the bucket, milliseconds since 1970
/// @param file tells files apart that were put in the same millisecond
record ImportSource(long importedAt, long file) {

  static ImportSource of(String key, Instant importedAt) {
    return new ImportSource(importedAt.toEpochMilli(), Long.parseLong(SourceDataTable.shortHash(key), 0, 7, 16));
  }

  Version version(Instant updatedAt, long line) {
    return new Version(ActivityItem.nanos(updatedAt), importedAt, file, line);
  }
}
