package no.rapport.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Generates the cases of an invented municipal child-welfare service, in the form in which a case system delivers them
/// to the national register: an archive with one document for each case. The documents are the same every time.
/// Children, numbers and texts are invented.
final class SampleCases {

  static final int CASES = 300;
  static final String ORGANIZATION_NUMBER = "999000111";

  private static final LocalDate EXTRACTED = LocalDate.of(2026, 1, 5);
  private static final List<String> ASSISTANCE = List.of("3.7", "3.9", "4.1", "4.2", "4.5", "6.2", "6.4");
  private static final List<String> PLACEMENTS = List.of("2.1", "2.2", "2.2", "2.5", "1.1", "8.2");

  private final SplittableRandom random = new SplittableRandom(SampleData.YEAR);
  private long ids;

  private SampleCases() {}

  /// Returns the archive.
  static byte[] archive() {
    var cases = new SampleCases();
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (int number = 1; number <= CASES; number++) {
        zip.putNextEntry(new ZipEntry("sak-%03d.xml".formatted(number)));
        zip.write(cases.document(number).getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to memory", e);
    }
    return bytes.toByteArray();
  }

  private String document(int number) {
    LocalDate opened = LocalDate.of(2023, 6, 1).plusDays(random.nextInt(900));
    LocalDate born = opened.minusYears(1 + random.nextInt(17)).minusDays(random.nextInt(365));
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <Barnevern Id="%s" DatoUttrekk="%sT03:00:00+01:00">
          <Fagsystem Leverandor="Eksempel AS" Navn="eksempel-fagsystem" Versjon="4.0"/>
          <Avgiver Organisasjonsnummer="%s" Kommunenummer="9999" Kommunenavn="Eksempel kommune"/>
          <Sak Id="%s" StartDato="%s" Journalnummer="eksempel-%d">
            <Personalia Id="%s" StartDato="%s" Fodselsnummer="%s00100" Fodseldato="%s" Kjonn="%d"/>
        %s  </Sak>
        </Barnevern>
        """.formatted(id(), EXTRACTED, ORGANIZATION_NUMBER, id(), opened, number, id(), opened,
            "%02d%02d%02d".formatted(born.getDayOfMonth(), born.getMonthValue(), born.getYear() % 100), born,
            1 + random.nextInt(2), course(opened));
  }

  /// Returns the elements of a report of concern and of the steps that followed it.
  private String course(LocalDate opened) {
    String melding = id();
    LocalDate concluded = opened.plusDays(2 + random.nextInt(7));
    if (random.nextInt(4) == 0) {
      return melding(melding, opened, concluded, "1");
    }
    String undersokelse = id();
    LocalDate ended = concluded.plusDays(40 + random.nextInt(60));
    String begun = melding(melding, opened, concluded, "2") + undersokelse(undersokelse, concluded, ended);
    String relation = relation("Melding", melding, "Undersokelse", undersokelse);
    if (ended.isAfter(EXTRACTED) || random.nextInt(3) == 0) {
      return begun + relation;
    }
    String vedtak = id();
    String tiltak = id();
    boolean isPlaced = random.nextInt(4) == 0;
    return begun + plan(ended, isPlaced) + tiltak(tiltak, ended, isPlaced) + vedtak(vedtak, ended, isPlaced) + relation
        + relation("Undersokelse", undersokelse, "Vedtak", vedtak) + relation("Vedtak", vedtak, "Tiltak", tiltak);
  }

  private String melding(String id, LocalDate received, LocalDate concluded, String code) {
    return "    <Melding Id=\"%s\" StartDato=\"%s\"><Melder Kode=\"11\"/><Saksinnhold Kode=\"25\"/>%s</Melding>%n"
        .formatted(id, received, concluded.isAfter(EXTRACTED) ? ""
            : "<Konklusjon SluttDato=\"%s\" Kode=\"%s\"/>".formatted(concluded, code));
  }

  private String undersokelse(String id, LocalDate start, LocalDate end) {
    return "    <Undersokelse Id=\"%s\" StartDato=\"%s\"><Vedtaksgrunnlag Kode=\"25\"/>%s</Undersokelse>%n".formatted(
        id, start, end.isAfter(EXTRACTED) ? "" : "<Konklusjon SluttDato=\"%s\" Kode=\"1\"/>".formatted(end));
  }

  private String plan(LocalDate start, boolean isPlaced) {
    LocalDate evaluated = start.plusDays(100 + random.nextInt(60));
    return "    <Plan Id=\"%s\" StartDato=\"%s\" Plantype=\"%s\">%s</Plan>%n".formatted(
        id(), start, isPlaced ? "4" : "1",
        evaluated.isAfter(EXTRACTED) ? "" : "<Evaluering UtfortDato=\"%s\"/>".formatted(evaluated));
  }

  private String tiltak(String id, LocalDate start, boolean isPlaced) {
    List<String> categories = isPlaced ? PLACEMENTS : ASSISTANCE;
    String category = categories.get(random.nextInt(categories.size()));
    var visits = new StringBuilder();
    if (category.startsWith("2.")) {
      for (LocalDate day = start.plusDays(80); day.isBefore(EXTRACTED); day = day.plusDays(80 + random.nextInt(30))) {
        visits.append("<Utfort Id=\"%s\" UtfortDato=\"%s\"/>".formatted(id(), day));
      }
      visits.insert(0, "<Oppfolging><Hyppighet Id=\"%s\" StartDato=\"%s\" Kode=\"4\"/>".formatted(id(), start))
          .append("</Oppfolging>");
    }
    LocalDate end = start.plusDays(200 + random.nextInt(400));
    boolean hasEnded = end.isBefore(EXTRACTED);
    return "    <Tiltak Id=\"%s\" StartDato=\"%s\">%s<Kategori Kode=\"%s\"/>%s%s%s</Tiltak>%n".formatted(id, start,
        basis(isPlaced), category, visits, hasEnded && isPlaced ? "<Opphevelse Kode=\"1\"/>" : "",
        hasEnded ? "<Konklusjon SluttDato=\"%s\"/>".formatted(end) : "");
  }

  private String vedtak(String id, LocalDate start, boolean isPlaced) {
    return ("    <Vedtak Id=\"%s\" StartDato=\"%s\">%s<Status Id=\"%s\" EndretDato=\"%s\" Kode=\"1\"/>"
        + "</Vedtak>%n").formatted(id, start, basis(isPlaced), id(), start);
  }

  private static String basis(boolean isPlaced) {
    return "<Lovhjemmel><Lov>BVL2021</Lov><Kapittel>%s</Kapittel><Paragraf>1</Paragraf></Lovhjemmel>"
        .formatted(isPlaced ? "5" : "3");
  }

  private String relation(String fromType, String from, String toType, String to) {
    return "    <Relasjon Id=\"%s\" FraId=\"%s\" FraType=\"%s\" TilId=\"%s\" TilType=\"%s\"/>%n".formatted(
        id(), from, fromType, to, toType);
  }

  private String id() {
    return "00000000-0000-4000-8000-%012x".formatted(++ids);
  }
}
