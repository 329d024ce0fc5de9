package no.rapport.reportfiles.xlsx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import no.rapport.reportfiles.Reports;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Readers in other languages find every cell of the sheets of activities and attachments. A reader that is not installed
/// here is skipped by name; Debian has all of them.
class OtherReadersTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ACTIVITIES = 3;
  private static final int ATTACHMENTS = 4;
  private static final int DATE = 2;

  @TempDir
  Path folder;

  enum Reader {
    STRICT("python3", "no package", List.of("python3", "-c", "0"), "python3", "strict.py"),
    OPENPYXL("openpyxl", "python3-openpyxl", List.of("/usr/bin/python3", "-c", "import openpyxl"), "/usr/bin/python3",
        "read_openpyxl.py"),
    XLSX2CSV("xlsx2csv", "xlsx2csv", List.of("xlsx2csv", "--version"), "xlsx2csv", ""),
    PARSE_XLSX("Spreadsheet::ParseXLSX", "libspreadsheet-parsexlsx-perl",
        List.of("perl", "-MSpreadsheet::ParseXLSX", "-e", "0"), "perl", "parsexlsx.pl"),
    READXL("readxl", "r-cran-readxl", List.of("Rscript", "-e", "library(readxl)"), "Rscript", "readxl.R");

    private final String title;
    private final String debianPackage;
    private final List<String> probe;
    private final String program;
    private final String script;

    Reader(String title, String debianPackage, List<String> probe, String program, String script) {
      this.title = title;
      this.debianPackage = debianPackage;
      this.probe = probe;
      this.program = program;
      this.script = script;
    }
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void findsEveryCellOfBigSheets(Reader reader) throws IOException, InterruptedException {
    assumeTrue(run(reader.probe).isPresent(),
        reader.title + " (" + reader.debianPackage + ") is not installed: what it reads is not compared");
    List<Activity> rows = new ArrayList<>(Reports.hazardousActivities());
    // xlsx2csv cuts what is longer than its parser's buffer.
    rows.removeIf(row -> row.notes().length() > 16_000);
    rows.addAll(Reports.aYearOfActivities(200));
    Path file = folder.resolve("report.xlsx");
    Files.write(file, Reports.write(ReportFormat.XLSX, Reports.aDescription(ReportLocale.NB), rows, 3, Optional.empty()));
    List<List<String>> activities = read(reader, file, ACTIVITIES);
    List<List<String>> attachments = read(reader, file, ATTACHMENTS);
    assertThat(activities).hasSize(rows.size() + 1);
    int attachment = 0;
    for (int i = 0; i < rows.size(); i++) {
      Activity row = rows.get(i);
      assertRow(activities.get(i + 1), List.of(row.activityId(), ActivityTypes.name(row.activityType(), ReportLocale.NB), "",
          "" + row.participantCount(), "" + row.durationMinutes(), row.location(), row.municipality(), row.county(),
          row.targetGroup(), row.title(), row.notes(), String.join("|", row.attachments()),
          Countability.of(row).reason(ReportLocale.NB)), DATE, row.date());
      for (String name : row.attachments()) {
        assertRow(attachments.get(++attachment), List.of(row.activityId(), "", row.title(), name), 1, row.date());
      }
    }
    assertThat(attachments).hasSize(attachment + 1);
  }

  private static void assertRow(List<String> read, List<String> expected, int dateColumn, LocalDate date) {
    for (int column = 0; column < expected.size(); column++) {
      String cell = column < read.size() ? plain(read.get(column)) : "";
      if (column == dateColumn) {
        assertThat(cell).isIn(date.toString(), date.format(DateTimeFormatter.ofPattern("dd.MM.yyyy")),
            "" + (date.toEpochDay() + 25_569));
      } else {
        assertThat(cell).isEqualTo(plain(expected.get(column)));
      }
    }
  }

  /// Text without what some readers do not undo: escapes of control characters and carriage returns.
  private static String plain(String text) {
    return text.replace("_x005F_", "_").replace("\r\n", "\n");
  }

  private List<List<String>> read(Reader reader, Path file, int sheet) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(reader.program));
    if (reader == Reader.XLSX2CSV) {
      command.addAll(List.of("-s", "" + sheet, file.toString()));
    } else {
      command.addAll(List.of(script(reader).toString(), file.toString(), "" + sheet));
    }
    String printed = run(command).orElseThrow(() -> new AssertionError(reader.title + " failed"));
    if (printed.startsWith("[")) {
      return JSON.readValue(printed, new TypeReference<>() {});
    }
    try (var csv = CsvReader.builder().skipEmptyLines(false).ofCsvRecord(printed)) {
      return csv.stream().map(line -> List.copyOf(line.getFields())).toList();
    }
  }

  private Path script(Reader reader) throws IOException {
    Path script = folder.resolve(reader.script);
    try (InputStream in = Reports.class.getResourceAsStream("readers/" + reader.script)) {
      Files.write(script, in.readAllBytes());
    }
    return script;
  }

  /// What a command prints; empty if it does not exist or fails.
  private Optional<String> run(List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile())
        .redirectError(folder.resolve("err").toFile());
    builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "PYTHONIOENCODING", "utf-8"));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return Optional.empty();
    }
    try {
      boolean isOver = process.waitFor(2, TimeUnit.MINUTES);
      return isOver && process.exitValue() == 0
          ? Optional.of(Files.readString(out, StandardCharsets.UTF_8)) : Optional.empty();
    } finally {
      process.destroyForcibly();
    }
  }
}
