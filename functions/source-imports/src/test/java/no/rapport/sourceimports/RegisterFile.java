package no.rapport.sourceimports;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Creates register documents for tests from rows of the other import formats. All identity data is invented and
/// recognizable, so that tests can search for it where it must not be.
final class RegisterFile {

  static final String ORGANIZATION = "944117784";
  static final String SYSTEM = "Fagsystem";
  static final String IDENTITY_NUMBER = "02011088123";
  static final String DUF_NUMBER = "201012345678";
  static final String JOURNAL = "JOURNAL-CANARY";
  static final String FREE_TEXT = "PRESISERING-CANARY";

  private RegisterFile() {}

  static String document(String caseId, String extractedAt, String parts) {
    return document(caseId, extractedAt, "StartDato=\"2012-01-01\"", ORGANIZATION, personalia("2010-01-02") + parts);
  }

  static String document(String caseId, String extractedAt, String caseAttributes, String organization, String parts) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <Barnevern Id="8ed88ce5-07cc-40ff-8e3d-b8d9a2421de6" DatoUttrekk="%s">
          <Fagsystem Versjon="1.0" Navn="%s" Leverandor="Leverandør"/>
          <Avgiver Kommunenummer="3401" Kommunenavn="Kongsvinger kommune" Organisasjonsnummer="%s"/>
          <Sak Id="%s" Journalnummer="%s" %s>
        %s
          </Sak>
        </Barnevern>
        """.formatted(extractedAt, SYSTEM, organization, caseId, JOURNAL, caseAttributes, parts);
  }

  static String personalia(String born) {
    return "<Personalia Id=\"%s\" StartDato=\"2012-01-01\" Fodselsnummer=\"%s\" Fodseldato=\"%s\" Kjonn=\"1\" DUFnummer=\"%s\"/>\n"
        .formatted(id(1), IDENTITY_NUMBER, born, DUF_NUMBER);
  }

  static String melding(String id, String start, String conclusion) {
    return "<Melding Id=\"%s\" StartDato=\"%s\"><Melder Kode=\"22\" Presisering=\"%s\"/><Saksinnhold Kode=\"18\" "
        .formatted(id, start, FREE_TEXT) + "Presisering=\"" + FREE_TEXT + "\"/>" + conclusion + "</Melding>\n";
  }

  static String conclusion(String end, String code) {
    return "<Konklusjon SluttDato=\"" + end + "\"" + (code.isEmpty() ? "" : " Kode=\"" + code + "\"") + "/>";
  }

  static String tiltak(String id, String start, String category, String content) {
    return """
        <Tiltak Id="%s" StartDato="%s">
          <Lovhjemmel><Lov>BVL2021</Lov><Kapittel>5</Kapittel><Paragraf>1</Paragraf></Lovhjemmel>
          <Kategori Kode="%s"/>%s
        </Tiltak>
        """.formatted(id, start, category, content);
  }

  static String relation(String fromType, String from, String toType, String to) {
    return "<Relasjon Id=\"%s\" FraId=\"%s\" FraType=\"%s\" TilId=\"%s\" TilType=\"%s\"/>\n".formatted(
        id(Math.abs((from + to).hashCode())), from, fromType, to, toType);
  }

  static String id(long number) {
    return "00000000-0000-4000-8000-%012x".formatted(number);
  }

  /// Returns the document of a case with these rows as its records.
  static String of(String caseId, String extractedAt, List<Map<String, String>> rows) {
    var parts = new StringBuilder();
    rows.stream().filter(row -> row.get("type").equals("sak")).forEach(row -> parts.append(personalia(row.get("fodt"))));
    List<Map<String, String>> visits = rows.stream().filter(row -> row.get("type").equals("besok")).toList();
    boolean first = true;
    for (Map<String, String> row : rows) {
      if (row.get("type").equals("tiltak")) {
        parts.append(measure(row, first ? visits : List.of()));
        first = false;
      } else {
        parts.append(part(row));
      }
    }
    return document(caseId, extractedAt, "StartDato=\"2001-01-01\"", ORGANIZATION, parts.toString());
  }

  private static String part(Map<String, String> row) {
    String id = row.get("record_id");
    return switch (row.get("type")) {
      case "melding" -> melding(id, row.get("mottatt_dato"), row.containsKey("konkludert_dato")
          ? conclusion(row.get("konkludert_dato"), row.get("konklusjon")) : "");
      case "undersokelse" -> "<Undersokelse Id=\"%s\" StartDato=\"%s\">%s%s</Undersokelse>\n".formatted(id,
          row.get("start"), row.get("utvidet_frist").equals("true")
              ? "<UtvidetFrist StartDato=\"2024-01-01\" Innvilget=\"1\"/>" : "",
          row.containsKey("slutt") ? conclusion(row.get("slutt"), row.get("konklusjon")) : "");
      case "plan" -> "<Plan Id=\"%s\" StartDato=\"%s\" Plantype=\"%s\">%s%s</Plan>\n".formatted(id, row.get("start"),
          row.get("plan_type"), list(row, "evalueringer").map(day -> "<Evaluering UtfortDato=\"" + day + "\"/>")
              .collect(Collectors.joining()), row.containsKey("slutt") ? conclusion(row.get("slutt"), "") : "");
      case "flytting" -> "<Flytting Id=\"%s\" SluttDato=\"%s\"><ArsakFra Kode=\"%s\"/><FlyttingTil Kode=\"1\"/></Flytting>\n"
          .formatted(id, row.get("dato"), row.get("arsak"));
      case "ettervern" -> "<Ettervern Id=\"%s\" TilbudSendtDato=\"2001-02-01\">%s</Ettervern>\n".formatted(id,
          conclusion(row.get("konkludert"), row.get("konklusjon")));
      default -> "";
    };
  }

  private static String measure(Map<String, String> row, List<Map<String, String>> visits) {
    var basis = new StringBuilder("<Lov>%s</Lov><Kapittel>%s</Kapittel><Paragraf>%s</Paragraf>".formatted(
        row.get("lov"), row.get("kap"), row.get("par")));
    list(row, "ledd").forEach(ledd -> basis.append("<Ledd>").append(ledd).append("</Ledd>"));
    String further = list(row, "jmfr").map(section -> section.split("-"))
        .map(section -> "<JmfrLovhjemmel><Lov>BVL</Lov><Kapittel>%s</Kapittel><Paragraf>%s</Paragraf></JmfrLovhjemmel>"
            .formatted(section[0], section[1])).collect(Collectors.joining());
    return "<Tiltak Id=\"%s\" StartDato=\"%s\"><Lovhjemmel>%s</Lovhjemmel>%s<Kategori Kode=\"%s\"/>%s%s%s</Tiltak>\n"
        .formatted(row.get("record_id"), row.get("start"), basis, further, row.get("kategori"),
            visits("Tilsyn", row.get("hyppighet_tilsyn"), visits, "tilsyn"),
            visits("Oppfolging", row.get("hyppighet_oppf"), visits, "oppfolging"),
            row.containsKey("slutt") ? conclusion(row.get("slutt"), "") : "");
  }

  private static String visits(String element, String frequency, List<Map<String, String>> visits, String kind) {
    String other = frequency.equals("4") ? "2" : "4";
    return "<%s><Hyppighet Id=\"%s\" StartDato=\"2019-01-01\" Kode=\"%s\"/><Hyppighet Id=\"%s\" StartDato=\"2020-01-01\" Kode=\"%s\"/>"
        .formatted(element, id(2), other, id(3), frequency)
        + visits.stream().filter(visit -> visit.get("besok_type").equals(kind)).map(visit ->
            "<Utfort Id=\"%s\" UtfortDato=\"%s\"/>".formatted(visit.get("record_id").substring(kind.length() + 1),
                visit.get("dato"))).collect(Collectors.joining())
        + "</" + element + ">";
  }

  private static Stream<String> list(Map<String, String> row, String column) {
    return Stream.of(row.getOrDefault(column, "").split("\\|")).filter(entry -> !entry.isEmpty());
  }

  /// Returns the same rows as JSON Lines.
  static String jsonLines(List<Map<String, String>> rows) {
    return rows.stream().map(row -> new TreeMap<>(row).entrySet().stream().map(entry -> "\"" + entry.getKey() + "\":"
        + switch (entry.getKey()) {
          case "konklusjon", "plan_type", "hyppighet_oppf", "hyppighet_tilsyn", "utvidet_frist" -> entry.getValue();
          case "ledd" -> "[" + entry.getValue().replace('|', ',') + "]";
          case "jmfr", "evalueringer" -> Stream.of(entry.getValue().split("\\|")).filter(one -> !one.isEmpty())
              .map(one -> "\"" + one + "\"").collect(Collectors.joining(",", "[", "]"));
          default -> "\"" + entry.getValue() + "\"";
        }).collect(Collectors.joining(",", "{", "}\n"))).collect(Collectors.joining());
  }

  static byte[] zip(List<String> documents) {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String document : documents) {
        zip.putNextEntry(new ZipEntry("mappe/" + IDENTITY_NUMBER + "-" + number++ + ".xml"));
        zip.write(document.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }
}
