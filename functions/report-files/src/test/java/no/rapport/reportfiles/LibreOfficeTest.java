package no.rapport.reportfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Opens report files in LibreOffice, which shares no code with the writers or with Apache POI, and compares what it shows
/// cell by cell with what the rows say. The files stay in `target/report-files`, to be looked at. Left out where `soffice`
/// is not on the `PATH`.
class LibreOfficeTest {

  private static final Path FOLDER = Path.of("target", "report-files").toAbsolutePath();
  /// Separator, quote, UTF-8, from the first line, no column formats, language as the file says, all texts in quotes,
  /// numbers as shown, no formulas; and every sheet a file of its own.
  private static final String EACH_SHEET =
      "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true,true,true,false,false,-1";
  private static final String AS_XML = "fods";
  private static final List<Activity> HAZARDS = Reports.hazardousActivities();

  @BeforeAll
  static void writeFiles() throws IOException {
    assumeTrue(isOnPath("soffice"), "soffice is not on the PATH: LibreOffice's reading of the files is not compared");
    Files.createDirectories(FOLDER);
    for (ReportLocale locale : ReportLocale.values()) {
      for (ReportFormat format : ReportFormat.values()) {
        Files.write(file("hazards", locale, format.extension()), Reports.write(format, Reports.aDescription(locale),
            HAZARDS, 3, Optional.of(Reports.aSnapshot())));
        Files.write(file("year", locale, format.extension()), Reports.write(format, Reports.aDescription(locale),
            Reports.aYearOfActivities(600), 3, Optional.of(Reports.aSnapshot())));
      }
    }
    convert(EACH_SHEET, "xlsx");
    convert(AS_XML, "xlsx");
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static Path file(String name, ReportLocale locale, String extension) {
    return FOLDER.resolve(name + "-" + locale.tag() + "." + extension);
  }

  private static void convert(String filter, String extension) throws IOException {
    List<String> command = new ArrayList<>(List.of("soffice",
        "-env:UserInstallation=" + FOLDER.resolve("profile").toUri(), "--headless", "--convert-to", filter, "--outdir",
        FOLDER.resolve("from-" + extension).toString()));
    for (ReportLocale locale : ReportLocale.values()) {
      command.add(file("hazards", locale, extension).toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(FOLDER.resolve("soffice.log").toFile()).start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("soffice has ended").isTrue();
      assertThat(process.exitValue()).as(Files.readString(FOLDER.resolve("soffice.log"))).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void showsEveryCellOfTheActivitiesAsItsRowSays() throws IOException {
    for (ReportLocale locale : ReportLocale.values()) {
      List<List<String>> read = sheet(locale, Wording.ACTIVITIES);
      assertThat(read).hasSize(HAZARDS.size() + 1);
      for (ActivityColumn column : ActivityColumn.values()) {
        assertThat(read.getFirst().get(column.ordinal())).isEqualTo(text(column.heading(locale)));
      }
      for (int i = 0; i < HAZARDS.size(); i++) {
        assertThat(read.get(i + 1)).as("%s, row %d", locale, i).containsExactlyElementsOf(cells(HAZARDS.get(i), locale));
      }
    }
  }

  @Test
  void showsEveryAttachmentInARowOfItsOwn() throws IOException {
    for (ReportLocale locale : ReportLocale.values()) {
      List<List<String>> expected = new ArrayList<>();
      for (Activity row : HAZARDS) {
        for (String name : row.attachments()) {
          expected.add(List.of(text(row.activityId()), date(row.date(), locale), text(row.title()), text(name)));
        }
      }
      List<List<String>> read = sheet(locale, Wording.ATTACHMENTS);
      assertThat(read.subList(1, read.size())).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void addsUpToTheSummaryThatTheFileShows() throws IOException {
    long participants = HAZARDS.stream().mapToLong(Activity::participantCount).sum();
    long minutes = HAZARDS.stream().mapToLong(Activity::durationMinutes).sum();
    for (ReportLocale locale : ReportLocale.values()) {
      List<List<String>> read = sheet(locale, Wording.SUMMARY);
      assertThat(numberBelow(read, Wording.ROWS.in(locale))).isEqualTo("" + HAZARDS.size());
      assertThat(numberBelow(read, Wording.PARTICIPANTS.in(locale))).isEqualTo("" + participants);
      assertThat(numberBelow(read, Wording.HOURS.in(locale)))
          .isEqualTo(new BigDecimal(minutes).divide(new BigDecimal(60), 1, RoundingMode.HALF_UP).toString());
      TreeMap<String, Long> byType = new TreeMap<>();
      HAZARDS.forEach(row -> byType.merge(ActivityTypes.name(row.activityType(), locale), 1L, Long::sum));
      byType.forEach((type, rows) -> assertThat(number(read, type)).isEqualTo("" + rows));
    }
  }

  private static String number(List<List<String>> sheet, String label) {
    return plain(sheet.stream().filter(row -> row.getFirst().equals(text(label))).findFirst().orElseThrow().get(1));
  }

  private static String numberBelow(List<List<String>> sheet, String label) {
    int row = 0;
    while (!sheet.get(row).contains(text(label))) {
      row++;
    }
    return plain(sheet.get(row + 1).get(sheet.get(row).indexOf(text(label))));
  }

  /// A number however its groups and decimals are parted.
  private static String plain(String number) {
    return number.replaceAll("[\\s\u00A0\u202F,.](?=\\d{3})", "").replace(',', '.');
  }

  @Test
  void findsNoFormulaInAnySheet() throws IOException {
    for (ReportLocale locale : ReportLocale.values()) {
      String xml = Files.readString(FOLDER.resolve("from-xlsx").resolve("hazards-" + locale.tag() + ".fods"));
      assertThat(xml).contains("table:table-cell").doesNotContain("table:formula", "of:=", "xlink:href=\"http://example");
    }
  }

  @Test
  void evaluatesNothingOfACsvFileEvenWhenItGuessesTypes() throws IOException {
    convert(AS_XML, "csv");
    for (ReportLocale locale : ReportLocale.values()) {
      String xml = Files.readString(FOLDER.resolve("from-csv").resolve("hazards-" + locale.tag() + ".fods"));
      assertThat(xml).contains("table:table-cell", "cmd|").doesNotContain("table:formula", "of:=");
    }
  }

  private static List<List<String>> sheet(ReportLocale locale, Wording name) throws IOException {
    Path file = FOLDER.resolve("from-xlsx").resolve("hazards-" + locale.tag() + "-" + name.in(locale) + ".csv");
    return fields(Files.readString(file));
  }

  /// The fields of each line; those in quotes, which are texts, with `T:` in front.
  private static List<List<String>> fields(String csv) {
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (c == '"' && quoted && csv.startsWith("\"\"", i)) {
        field.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
        field.append(quoted ? "T:" : "");
      } else if (quoted || c != ';' && c != '\n') {
        field.append(c);
      } else {
        line.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          lines.add(line);
          line = new ArrayList<>();
        }
      }
    }
    return lines;
  }

  private static List<String> cells(Activity row, ReportLocale locale) {
    return List.of(text(row.activityId()), text(ActivityTypes.name(row.activityType(), locale)),
        date(row.date(), locale), integer(row.participantCount()), integer(row.durationMinutes()), text(row.location()),
        text(row.municipality()), text(row.county()), text(row.targetGroup()), text(row.title()), text(row.notes()),
        text(String.join("|", row.attachments())), text(Countability.of(row).reason(locale)));
  }

  /// LibreOffice has one kind of line end only.
  private static String text(String text) {
    return text.isEmpty() ? "" : "T:" + text.replace("\r\n", "\n");
  }

  private static String integer(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String date(LocalDate date, ReportLocale locale) {
    return switch (locale) {
      case NB, NN -> "%02d.%02d.%04d".formatted(date.getDayOfMonth(), date.getMonthValue(), date.getYear());
      case SE -> date.toString();
      case EN -> "%02d/%02d/%04d".formatted(date.getDayOfMonth(), date.getMonthValue(), date.getYear());
    };
  }
}
