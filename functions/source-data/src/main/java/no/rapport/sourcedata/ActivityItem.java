package no.rapport.sourcedata;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import no.rapport.reporting.Activity;

/// Converts activities to items of the table and back.
public final class ActivityItem {

  private static final long NANOS = 1_000_000_000L;

  private ActivityItem() {}

  /// Returns all values of an activity that are not in the keys or the type attribute.
  public static String pack(Activity activity) {
    return pack(activity, nanos(activity.updatedAt()));
  }

  /// Returns a fingerprint of all values except `updated_at`.
  public static String fingerprint(Activity activity) {
    return SourceDataTable.fingerprint(activity.date() + "#" + activity.activityType() + "#" + pack(activity, 0));
  }

  private static String pack(Activity activity, long updatedAt) {
    var packed = new PackedText.Writer()
        .number(activity.participantCount())
        .number(activity.durationMinutes())
        .number(updatedAt)
        .text(activity.location())
        .text(activity.municipality())
        .text(activity.county())
        .text(activity.targetGroup())
        .text(activity.title())
        .text(activity.notes());
    activity.attachments().forEach(packed::text);
    return packed.pack();
  }

  public static Activity unpack(String orgId, String sortKey, String type, String row) {
    var packed = new PackedText.Reader(row);
    int participants = (int) packed.number();
    int minutes = (int) packed.number();
    Instant updatedAt = instant(packed.number());
    return new Activity(
        sortKey.substring(11),
        orgId,
        type,
        date(sortKey),
        participants,
        minutes,
        packed.text(),
        packed.text(),
        packed.text(),
        packed.text(),
        packed.text(),
        packed.text(),
        texts(packed),
        updatedAt);
  }

  /// Returns nanoseconds since 1970-01-01T00:00Z. Covers the years 1678 to 2261.
  public static long nanos(Instant instant) {
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
  }

  public static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  /// Parses the date in the first ten characters.
  public static LocalDate date(String text) {
    return LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  }

  private static List<String> texts(PackedText.Reader packed) {
    if (!packed.hasNext()) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    while (packed.hasNext()) {
      texts.add(packed.text());
    }
    return texts;
  }

  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + (text.charAt(i) - '0');
    }
    return value;
  }
}
