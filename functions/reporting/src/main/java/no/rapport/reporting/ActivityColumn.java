package no.rapport.reporting;

/// The columns of the activities, in order. Rapport adds the last one: the reason why Bufdir would not count the row.
public enum ActivityColumn {
  ACTIVITY_ID("activity_id", 15, "Aktivitets-ID", "Aktivitets-ID", "Doaibma-ID", "Activity ID"),
  ACTIVITY_TYPE("activity_type", 21, "Aktivitetstype", "Aktivitetstype", "Doaibmašládja", "Activity type"),
  DATE("date", 11, "Dato", "Dato", "Dáhton", "Date"),
  PARTICIPANTS("participant_count", 15, "Antall deltakere", "Talet på deltakarar", "Oassálastiid lohku",
      "Participants"),
  DURATION("duration_minutes", 14, "Varighet (minutter)", "Varigheit (minutt)", "Minuhtat", "Duration (minutes)"),
  LOCATION("location", 16, "Sted", "Stad", "Báiki", "Place"),
  MUNICIPALITY("municipality", 13, "Kommune", "Kommune", "Gielda", "Municipality"),
  COUNTY("county", 15, "Fylke", "Fylke", "Fylka", "County"),
  TARGET_GROUP("target_group", 19, "Målgruppe", "Målgruppe", "Ulbmiljoavku", "Target group"),
  TITLE("title", 34, "Tittel", "Tittel", "Bajilčála", "Title"),
  NOTES("notes", 36, "Merknad", "Merknad", "Mearkkašupmi", "Note"),
  ATTACHMENTS("attachments", 20, "Vedlegg", "Vedlegg", "Mildosat", "Attachments"),
  NOT_COUNTED_BECAUSE("not_counted_because", 26, "Teller ikke fordi", "Tel ikkje fordi", "", "Not counted because");

  private final String key;
  private final int width;
  private final LocalizedText heading;

  ActivityColumn(String key, int width, String nb, String nn, String se, String en) {
    this.key = key;
    this.width = width;
    this.heading = new LocalizedText(nb, nn, se, en);
  }

  /// Returns the column's name in imported files.
  public String key() {
    return key;
  }

  public boolean holdsNumbers() {
    return this == PARTICIPANTS || this == DURATION;
  }

  public String heading(ReportLocale locale) {
    return heading.in(locale);
  }

  /// Returns the width in characters.
  public int width() {
    return width;
  }
}
