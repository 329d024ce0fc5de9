package no.rapport.reporting;

import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The known activity types and their names. An unknown type is allowed: reports keep it and show its code.
public final class ActivityTypes {

  private static final Map<String, Map<ReportLocale, String>> NAMES = new LinkedHashMap<>();

  static {
    type("group_session", "Gruppesamling", "Gruppesamling", "Joavkočoahkkin", "Group session");
    type("individual_counseling", "Individuell veiledning", "Individuell rettleiing", "Oktagaslaš bagadallan",
        "Individual counselling");
    type("support_group", "Støttegruppe", "Støttegruppe", "Doarjjajoavku", "Support group");
    type("children_group", "Barnegruppe", "Barnegruppe", "Mánáidjoavku", "Children's group");
    type("peer_conversation", "Likepersonsamtale", "Likepersonsamtale", "", "Peer conversation");
    type("phone_support", "Telefonsamtale", "Telefonsamtale", "Telefonságastallan", "Phone support");
    type("digital_meeting", "Digitalt møte", "Digitalt møte", "Digitála čoahkkin", "Digital meeting");
    type("home_visit", "Hjemmebesøk", "Heimebesøk", "", "Home visit");
    type("course", "Kurs", "Kurs", "Gursa", "Course");
    type("leisure_activity", "Fritidsaktivitet", "Fritidsaktivitet", "Astoáiggedoaibma", "Leisure activity");
    type("open_meeting_place", "Åpen møteplass", "Open møteplass", "Rabas deaivvadansadji", "Open meeting place");
    type("lecture", "Foredrag", "Foredrag", "Logaldallan", "Lecture");
  }

  private ActivityTypes() {}

  private static void type(String code, String nb, String nn, String se, String en) {
    EnumMap<ReportLocale, String> names = new EnumMap<>(ReportLocale.class);
    names.put(ReportLocale.NB, nb);
    names.put(ReportLocale.NN, nn);
    names.put(ReportLocale.SE, se.isEmpty() ? nb : se);
    names.put(ReportLocale.EN, en);
    NAMES.put(code, names);
  }

  /// Returns the known codes, in the order of reports.
  public static List<String> codes() {
    return List.copyOf(NAMES.keySet());
  }

  /// Returns the type's name in that language, or the code itself if the type is unknown.
  public static String name(String code, ReportLocale locale) {
    Map<ReportLocale, String> names = NAMES.get(code);
    return names == null ? code : names.get(locale);
  }

  /// Returns the codes in the order of a report: known ones as in [#codes], then unknown ones by code.
  public static List<String> inOrder(Collection<String> codes) {
    List<String> known = codes();
    return codes.stream().distinct().sorted(Comparator
        .comparingInt((String code) -> known.contains(code) ? known.indexOf(code) : known.size())
        .thenComparing(Comparator.naturalOrder())).toList();
  }
}
