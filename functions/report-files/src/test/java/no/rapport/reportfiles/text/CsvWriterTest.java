package no.rapport.reportfiles.text;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.Reports;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvWriterTest {

  private static final ReportDescription BOKMAL = Reports.aDescription(ReportLocale.NB);

  @Test
  void beginsWithAByteOrderMarkAndTheHeadings() {
    assertThat(text(Reports.write(ReportFormat.CSV, BOKMAL, List.of(), 0, Optional.empty()))).isEqualTo(
        "\uFEFFAktivitets-ID;Aktivitetstype;Dato;Antall deltakere;Varighet (minutter);Sted;Kommune;Fylke;Målgruppe;"
            + "Tittel;Merknad;Vedlegg;Teller ikke fordi\r\n");
  }

  @ParameterizedTest
  @CsvSource({"NB, 31.12.2025, Gruppesamling", "NN, 31.12.2025, Gruppesamling", "SE, 2025-12-31, Joavkočoahkkin",
      "EN, 31/12/2025, Group session"})
  void writesDatesAndTypesAsTheReaderDoes(ReportLocale locale, String date, String type) {
    Activity row = Reports.anActivity("a-1", LocalDate.of(2025, 12, 31));
    assertThat(text(Reports.write(ReportFormat.CSV, Reports.aDescription(locale), List.of(row), 1, Optional.empty()))
        .lines().skip(1)).containsExactly(
        "a-1;" + type + ";" + date + ";12;90;Tana bru;5628;Finnmark;barn og unge;Samling for søsken;;;");
  }

  @ParameterizedTest
  @EnumSource(ReportLocale.class)
  void everyCellIsReadBackAsItWas(ReportLocale locale) {
    List<Activity> rows = Reports.someActivities(1_000, 7);
    List<CsvRecord> read = read(Reports.write(ReportFormat.CSV, Reports.aDescription(locale), rows, 3,
        Optional.empty()));
    assertThat(read).hasSize(1_001);
    for (int i = 0; i < rows.size(); i++) {
      Activity row = rows.get(i);
      assertThat(read.get(i + 1).getFields()).containsExactly(row.activityId(),
          ActivityTypes.name(row.activityType(), locale), ReportDates.format(row.date(), locale),
          "" + row.participantCount(), "" + row.durationMinutes(), defused(row.location()), row.municipality(),
          row.county(), defused(row.targetGroup()), defused(row.title()), defused(row.notes()),
          defused(String.join("|", row.attachments())), Countability.of(row).reason(locale));
    }
  }

  @Test
  void sharesJoinToTheSameBytesHoweverTheRowsAreSplit() {
    List<Activity> rows = Reports.someActivities(200, 11);
    byte[] one = Reports.write(ReportFormat.CSV, BOKMAL, rows, 1, Optional.empty());
    for (int shares = 2; shares < 9; shares++) {
      assertThat(Reports.write(ReportFormat.CSV, BOKMAL, rows, shares, Optional.empty())).isEqualTo(one);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1+1", "-1+1", "-1-1", "@SUM(A1)", " =1+1", "+47-22-00",
      "-", "+", "-5-", "-1,2,3", "＝1+1", "\u00A0=1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0"})
  void defusesWhatASpreadsheetCouldTakeForAFormula(String text) {
    assertThat(field(text)).isEqualTo("'" + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "-3,75", "-3.75", "-1 234 567,89", "+4722000000", "+47 22 00 00 00", "0301", "3/4", "a=b",
      "2025-12-31", "'='", "–", "#REF!"})
  void leavesNegativeNumbersPhoneNumbersAndOrdinaryTextsAlone(String text) {
    assertThat(field(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\u00A0", "a", "-1 2", "-1\u00A02", "-0", "+9", "/1", ":1"})
  void keepsTextsThatAreNotFormulas(String text) {
    assertThat(CsvWriter.looksLikeFormula(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1  2", "-1, 2", "-,1", "-a", "+1/2", "+1:2", "-1 a", "\uFEFF=1", " -a", "＠A1", "\uFF0B1", "\uFF0D1"})
  void findsFormulasBehindWhiteSpaceAndSigns(String text) {
    assertThat(CsvWriter.looksLikeFormula(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "\"=1+1\"", "@SUM(A1)", "-1+cmd|' /C calc'!A0", "- cmd|x", "＝1", " =1", "+1+1", "-(1)"})
  void defusesFormulasBehindSeparators(String formula) {
    for (String separator : List.of(",", ";", "\t", "\n", "\r\n", "\r", ",,", "\n\n")) {
      assertThat(field("a" + separator + formula + ",b")).isEqualTo("a" + separator + "'" + formula + ",b");
      assertThat(field("=1" + separator + formula)).isEqualTo("'=1" + separator + "'" + formula);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b", "3, -5", "1,-2", "mat, +47 22 00 00 00", "Husk:\n- mat og drikke\n- 2 baller",
      "a, b=c", "a,", "a,\"b\"", "1,5"})
  void leavesOrdinaryTextBehindSeparatorsAlone(String text) {
    assertThat(field(text)).isEqualTo(text);
  }

  @Test
  void leavesControlCharactersOut() {
    assertThat(field("a\u0000b\u001Ac\u001Bd\u007Fe\u0085f\tg\nh")).isEqualTo("abcdef\tg\nh");
    assertThat(field("\u0001=1+1")).isEqualTo("'=1+1");
    assertThat(field("a,\u0001=1+1")).isEqualTo("a,'=1+1");
  }

  @Test
  void cutsATextThatASpreadsheetCouldNotHoldAndSaysSo() {
    assertThat(field("n".repeat(32_768))).hasSize(32_767).endsWith("n… [avkortet]");
    assertThat(field("n".repeat(32_767))).isEqualTo("n".repeat(32_767));
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
      plain, plain
      ' a', '" a"'
      'a ', '"a "'
      !a!, !a!
      a;b, '"a;b"'
      'a,b', '"a,b"'
      'a\tb', '"a\tb"'
      'a"b', '"a""b"'
      'a\r\nb', '"a\r\nb"'
      '=1;2', '"''=1;2"'
      """)
  void quotesWhatAReaderCouldTakeApartOrTrim(String text, String field) {
    assertThat(fieldAfter("", text, 0)).isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "\"\"\"\"", "＝\"", "＝ååå ", "ååå", "😀😀😀", "=;", "-5"})
  void writesTheSameWhateverRoomIsLeft(String text) {
    for (int room = 0; room < 32; room++) {
      assertThat(fieldAfter("a-1;12;", text, room)).isEqualTo("a-1;12;" + fieldAfter("", text, 1_000));
    }
  }

  private static String fieldAfter(String written, String text, int room) {
    var bytes = new Bytes(written.length() + room);
    bytes.put(written);
    CsvWriter.putField(bytes, text);
    return text(bytes.toByteArray());
  }

  @Test
  void aLoneSurrogateBecomesTheReplacementCharacter() {
    assertThat(field("a\uD800b\uDC00")).isEqualTo("a\uFFFDb\uFFFD");
  }

  private static String field(String text) {
    Activity row = Reports.withTexts(Reports.anActivity("a-1", LocalDate.of(2025, 3, 1)), text, "");
    return read(Reports.write(ReportFormat.CSV, BOKMAL, List.of(row), 1, Optional.empty())).get(1).getField(9);
  }

  private static String defused(String text) {
    return CsvWriter.shown(text);
  }

  private static List<CsvRecord> read(byte[] file) {
    return CsvReader.builder().fieldSeparator(';').ofCsvRecord(text(file).substring(1)).stream().toList();
  }

  private static String text(byte[] file) {
    return new String(file, StandardCharsets.UTF_8);
  }
}
