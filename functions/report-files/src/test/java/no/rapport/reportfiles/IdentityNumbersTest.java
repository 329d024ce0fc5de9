package no.rapport.reportfiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import no.rapport.reporting.Activity;
import no.rapport.reporting.NationalIdMask;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Generates national identity numbers in every spelling, masks the rows as an export does, and looks for the numbers'
/// digits in the files.
class IdentityNumbersTest {

  private static final List<String> SEPARATORS = List.of("", " ", "  ", "-", " - ", ".", "/", ":", "_", "\t", "\n", "\r\n",
      "\u00A0", "\u202F", "\u2009", "\u3000", "\u2011", "\u2013", "\u2212", "\u0085", "\u2028", "\u000B", "\f");
  private static final List<String> INVISIBLE = List.of("", "\u200B", "\u00AD", "\u2060", "\uFEFF", "\u202E", "\u200F",
      "\u0000", "\u0001", "\u001B", "\uFE0F", "\u034F", "\uDB40\uDC41");
  private static final int[] ZEROS = {'0', 0x660, 0x6F0, 0x966, 0x0E50, 0xFF10, 0x1D7CE, 0x2080};
  private static final int[][] GROUPS = {{}, {6}, {2, 4, 6}, {6, 9}, {2, 4, 6, 9}};
  private static final int[][] DUF_GROUPS = {{}, {4}, {4, 10}, {6}};

  @ParameterizedTest
  @EnumSource(ReportFormat.class)
  void masksEverySpellingOfANumber(ReportFormat format) throws IOException {
    Map<String, String> spellings = spellings();
    List<Activity> rows = new ArrayList<>();
    spellings.forEach((number, spelling) -> {
      String text = "ring " + spelling + " nå";
      int place = rows.size();
      rows.add(NationalIdMask.mask(new Activity("a-%05d".formatted(place), "org", place % 97 == 0 ? text : "course",
          LocalDate.of(2025, 3, 1), 5, 60, place % 6 == 1 ? text : "Oslo", "0301", place % 6 == 2 ? text : "Oslo",
          place % 6 == 3 ? text : "barn", place % 6 == 4 ? text : "Kurs", place % 6 == 5 ? text : "",
          place % 6 == 0 ? List.of("a.jpg", spelling + ".pdf") : List.of(), Instant.EPOCH)));
    });
    String inName = spellings.values().iterator().next();
    ReportDescription description = new ReportDescription("org", "Laget " + inName, Reports.year(2025), List.of(inName),
        ReportLocale.NB, true, Suppression.NONE);
    String digits = digits(text(format, Reports.write(format, description, rows, 2, Optional.empty())));
    spellings.forEach((number, spelling) -> assertThat(digits.contains(number))
        .as("%s spelled as %s", number, escaped(spelling)).isFalse());
  }

  private static Map<String, String> spellings() {
    SplittableRandom random = new SplittableRandom(11);
    Map<String, String> spellings = new LinkedHashMap<>();
    for (int[] kind : new int[][] {{0, 0}, {40, 0}, {0, 40}, {0, 65}, {0, 80}, {40, 80}}) {
      for (String separator : SEPARATORS) {
        for (String invisible : INVISIBLE) {
          String number = "%02d%02d%02d%05d".formatted(random.nextInt(1, 29) + kind[0], random.nextInt(1, 13) + kind[1],
              random.nextInt(100), random.nextInt(100_000));
          spellings.put(number, spelled(number, GROUPS[random.nextInt(GROUPS.length)], separator, invisible, random));
        }
      }
    }
    for (String separator : SEPARATORS) {
      String number = "20%010d".formatted(random.nextLong(10_000_000_000L));
      spellings.put(number, spelled(number, DUF_GROUPS[random.nextInt(DUF_GROUPS.length)], separator, "\u200B", random));
    }
    return spellings;
  }

  private static String spelled(String number, int[] groups, String separator, String invisible, SplittableRandom random) {
    int zero = ZEROS[random.nextInt(ZEROS.length)];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < number.length(); i++) {
      for (int group : groups) {
        text.append(group == i ? separator : "");
      }
      text.append(i > 0 && random.nextInt(3) == 0 ? invisible : "");
      text.appendCodePoint(number.charAt(i) - '0' + zero);
    }
    return text.toString();
  }

  /// All digits of a file as ASCII, nothing between them.
  private static String digits(String text) {
    StringBuilder digits = new StringBuilder();
    text.codePoints().filter(c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
        || Character.getType(c) == Character.OTHER_NUMBER).map(Character::getNumericValue).forEach(digits::append);
    return digits.toString();
  }

  private static String text(ReportFormat format, byte[] file) throws IOException {
    return switch (format) {
      case CSV -> new String(file, StandardCharsets.UTF_8);
      case JSON -> new String(file, StandardCharsets.UTF_8).replaceAll("\\\\u[0-9a-f]{4}", "");
      case PDF -> {
        try (PDDocument document = Loader.loadPDF(file)) {
          yield new PDFTextStripper().getText(document) + document.getDocumentInformation().getTitle()
              + document.getDocumentInformation().getAuthor();
        }
      }
      case XLSX -> {
        StringBuilder text = new StringBuilder();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
          for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            text.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8).replaceAll("_x[0-9A-F]{4}_|&#13;", ""));
          }
        }
        yield text.toString();
      }
    };
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars().forEach(c -> escaped.append(c < 127 && c >= ' ' ? String.valueOf((char) c) : "\\u%04X".formatted(c)));
    return escaped.toString();
  }
}
