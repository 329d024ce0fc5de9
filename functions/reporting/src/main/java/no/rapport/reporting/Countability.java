package no.rapport.reporting;

import java.util.Set;

/// Tells whether Bufdir's rules for peer support count an activity. A group needs at least 3 participants and at least
/// 45 minutes. An activity that is not a group always counts.
public enum Countability {
  COUNTS("Teller", "Tel", "", "Counts"),
  TOO_FEW_PARTICIPANTS("Færre enn 3 deltakere", "Færre enn 3 deltakarar", "", "Fewer than 3 participants"),
  TOO_SHORT("Kortere enn 45 minutter", "Kortare enn 45 minutt", "", "Shorter than 45 minutes"),
  TOO_FEW_AND_TOO_SHORT("Færre enn 3 deltakere og kortere enn 45 minutter",
      "Færre enn 3 deltakarar og kortare enn 45 minutt", "", "Fewer than 3 participants and shorter than 45 minutes");

  /// The smallest number of participants of a group that counts.
  public static final int FEWEST_PARTICIPANTS = 3;
  /// The shortest duration of a group that counts, in minutes.
  public static final int SHORTEST_MINUTES = 45;

  private static final Set<String> GROUPS = Set.of("group_session", "support_group", "children_group");

  private final LocalizedText reason;

  Countability(String nb, String nn, String se, String en) {
    this.reason = new LocalizedText(nb, nn, se, en);
  }

  /// Returns the result of the rules for one activity.
  public static Countability of(Activity activity) {
    boolean enough = activity.participantCount() >= FEWEST_PARTICIPANTS;
    boolean longEnough = activity.durationMinutes() >= SHORTEST_MINUTES;
    if (enough && longEnough || !GROUPS.contains(activity.activityType())) {
      return COUNTS;
    }
    return enough ? TOO_SHORT : longEnough ? TOO_FEW_PARTICIPANTS : TOO_FEW_AND_TOO_SHORT;
  }

  public boolean counts() {
    return this == COUNTS;
  }

  /// Returns the reason in the given language, or an empty text for a row that counts.
  public String reason(ReportLocale locale) {
    return counts() ? "" : reason.in(locale);
  }
}
