package no.rapport.reporting;

/// The columns of the activities, in order. The last one is Rapport's own: why Bufdir would not count the row.
enum ActivityColumn {
  ACTIVITY_ID("activity_id", Wording.ACTIVITY_ID, 15),
  ACTIVITY_TYPE("activity_type", Wording.ACTIVITY_TYPE, 21),
  DATE("date", Wording.DATE, 11),
  PARTICIPANTS("participant_count", Wording.PARTICIPANTS, 15),
  DURATION("duration_minutes", Wording.DURATION, 14),
  LOCATION("location", Wording.LOCATION, 16),
  MUNICIPALITY("municipality", Wording.MUNICIPALITY, 13),
  COUNTY("county", Wording.COUNTY, 15),
  TARGET_GROUP("target_group", Wording.TARGET_GROUP, 19),
  TITLE("title", Wording.TITLE, 34),
  NOTES("notes", Wording.NOTES, 36),
  ATTACHMENTS("attachments", Wording.FILES, 20),
  NOT_COUNTED_BECAUSE("not_counted_because", Wording.NOT_COUNTED_BECAUSE, 26);

  private final String key;
  private final Wording heading;
  private final int width;

  ActivityColumn(String key, Wording heading, int width) {
    this.key = key;
    this.heading = heading;
    this.width = width;
  }

  /// The machine's name, as in imported files.
  String key() {
    return key;
  }

  boolean holdsNumbers() {
    return this == PARTICIPANTS || this == DURATION;
  }

  String heading(ReportLocale locale) {
    return heading.in(locale);
  }

  /// In characters.
  int width() {
    return width;
  }
}
