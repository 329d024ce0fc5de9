package no.rapport.local;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;

/// Generates a year of activities of an invented organisation. The rows are the same every time.
///
/// They contain values that software often handles wrongly: letters of Norwegian and the Sami languages, municipality
/// numbers with a leading zero, phone numbers, texts that look like formulas, quotes, and line breaks.
final class SampleData {

  static final String ORGANIZATION = "org-1042";
  static final String ORGANIZATION_NAME = "Nordlys Familiestøtte – Davviguovssu Bearašdoarjja";
  static final int YEAR = 2025;
  static final int ROWS = 6_000;

  private record Place(String location, String municipality, String county) {}

  private static final List<Place> PLACES = List.of(
      new Place("Grünerløkka familiehus", "0301", "Oslo"),
      new Place("Bærum sanitetsforening", "3201", "Akershus"),
      new Place("Tromsø frivilligsentral", "5501", "Troms"),
      new Place("Kárášjoga kultuvrraviessu", "5610", "Finnmark"),
      new Place("Guovdageainnu searvelanja", "5612", "Finnmark"),
      new Place("Álttá bearašguovddáš", "5601", "Finnmark"),
      new Place("Unjárgga giellaguovddáš", "5636", "Finnmark"),
      new Place("Bodø Røde Kors-huset", "1804", "Nordland"),
      new Place("Møteplassen på Nygårdshøyden", "4601", "Vestland"),
      new Place("Ålesund krisesenter", "1508", "Møre og Romsdal"),
      new Place("Værnes «Åpent hus»", "5035", "Trøndelag"),
      new Place("Ærfuglveien 7, Vadsø", "5607", "Finnmark"));

  private static final List<String> TYPES = List.of(
      "group_session", "individual_counseling", "support_group", "children_group", "peer_conversation",
      "phone_support", "digital_meeting", "home_visit", "course", "leisure_activity", "open_meeting_place", "lecture");

  private static final List<String> GROUPS =
      List.of("barn", "ungdom", "foreldre", "familier", "pårørende", "besteforeldre", "unge voksne");

  private static final List<String> TITLES = List.of(
      "Fredagsklubben", "Samtalegruppe for foreldre", "Mánáid lávlunboddu", "Nuoraid giđđadeaivvadeapmi",
      "Temakveld: søvn og døgnrytme", "Besøk fra «Hjerterom»", "Båltur til Øvre Ånestad", "Čoahkkin ja káfestallan",
      "Kurs i stressmestring", "Sommerskole på Sørøya", "Veiledning etter avtale", "Åpen dør");

  private static final List<String> NOTES = List.of(
      "", "", "", "", "",
      "Tolk: đárogiella/davvisámegiella", "=møtet ble flyttet til kl. 18", "+4722000000 (vakttelefon)",
      "Deltok: 3/4 av gruppa", "Leder sa \"godt oppmøte\"; kaffe, kake og kort", "Første linje\nandre linje",
      "-2 i forhold til påmeldte", "@alle: husk påmelding", "Ŋávdi, šiehtadallan ja ŧearpmat", "004722");

  private SampleData() {}

  /// Returns the organisation's name and number as JSON.
  static byte[] organization() {
    return ("{\"name\": \"" + ORGANIZATION_NAME + "\", \"organization_number\": \"" + SampleCases.ORGANIZATION_NUMBER
        + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  /// Returns the activities as CSV: UTF-8, semicolons, with a header row.
  static byte[] activities() {
    var random = new SplittableRandom(YEAR);
    var csv = new StringBuilder(1 << 20);
    csv.append("activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
        + "target_group;title;notes;attachments;updated_at\r\n");
    for (int row = 1; row <= ROWS; row++) {
      var date = LocalDate.ofYearDay(YEAR, 1 + random.nextInt(365));
      var place = PLACES.get(random.nextInt(PLACES.size()));
      var type = TYPES.get(Math.min(random.nextInt(TYPES.size()), random.nextInt(TYPES.size())));
      var alone = type.equals("individual_counseling") || type.equals("phone_support") || type.equals("home_visit");
      append(csv, "act-%05d".formatted(row), ORGANIZATION, type, date.toString(),
          String.valueOf(alone ? 1 : 2 + random.nextInt(28)), String.valueOf(15 * (1 + random.nextInt(12))),
          place.location(), place.municipality(), place.county(), pick(GROUPS, random),
          pick(TITLES, random) + (random.nextInt(4) == 0 ? " " + (1 + random.nextInt(12)) + "/12" : ""),
          pick(NOTES, random), "", date.plusDays(1) + "T08:00:00Z");
    }
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String pick(List<String> words, SplittableRandom random) {
    return words.get(random.nextInt(words.size()));
  }

  private static void append(StringBuilder csv, String... fields) {
    for (int i = 0; i < fields.length; i++) {
      if (i > 0) {
        csv.append(';');
      }
      var field = fields[i];
      if (field.contains(";") || field.contains("\"") || field.contains("\n")) {
        csv.append('"').append(field.replace("\"", "\"\"")).append('"');
      } else {
        csv.append(field);
      }
    }
    csv.append("\r\n");
  }
}
