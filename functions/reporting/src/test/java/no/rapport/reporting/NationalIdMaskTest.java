package no.rapport.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NationalIdMaskTest {

  @ParameterizedTest
  @CsvSource({
      "01010750160, an identity number",
      "41010750197, a D number",
      "01410750151, month plus 40",
      "01810750142, month plus 80",
  })
  void findsNumbersOfEachKind(String prefix, String kind) {
    String number = withControlDigits(prefix.substring(0, 9));
    assertThat(NationalIdMask.mask("Ringte " + number + " i går"))
        .as(kind).isEqualTo(new NationalIdMask.Masked("Ringte *********** i går", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\u00A0", "\u202F", "\u2009", "-", "\u2010", "\u2013", "\u2212", ".", "/", ":", "_", "\n",
      "\r\n", "\t", "\u2028", "\u0085", "  ", ". ", " - ", "\uFF0E", "\u00B7"})
  void masksGroupsPartedByASeparatorAndKeepsTheSeparator(String separator) {
    String number = "01010750160";
    for (int[] places : List.of(new int[] {6}, new int[] {2, 4, 6}, new int[] {6, 9}, new int[] {2, 4, 6, 9})) {
      assertThat(NationalIdMask.mask("nr " + parted(number, separator, places) + ".").text())
          .as("%s parted at %s", separator, Arrays.toString(places))
          .isEqualTo("nr " + parted("***********", separator, places) + ".");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u200B", "\u00AD", "\u2060", "\uFEFF", "\u202E", "\u200D", "\u0001", "\u0000", "\u001B",
      "\uFE0F\u20E3", "\u034F", "\u200B\u200B\u200B\u200B\u200B"})
  void ignoresInvisibleCharacters(String invisible) {
    String number = withControlDigits("010107501");
    for (int place = 1; place < 11; place++) {
      assertThat(NationalIdMask.mask(parted(number, invisible, place)).text())
          .isEqualTo(parted("***********", invisible, place));
    }
    assertThat(NationalIdMask.mask(parted(number, invisible, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).found()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"\u0660, Arabic", "\u06F0, Persian", "\u0966, Devanagari", "\uFF10, full width", "\uD835\uDFCE, bold",
      "\u2080, lowered"})
  void recognizesDigitsOfEveryScript(String zero, String script) {
    StringBuilder number = new StringBuilder();
    "01010750160".chars().forEach(c -> number.appendCodePoint(zero.codePointAt(0) + c - '0'));
    assertThat(NationalIdMask.mask("x" + number + "x").text()).as(script)
        .isEqualTo("x" + "*".repeat(11 * zero.length()) + "x");
    assertThat(NationalIdMask.digits("x" + number)).isEqualTo("01010750160");
  }

  @Test
  void masksBirthDateWithAnyFiveDigitsAndAnyValidCheckDigits() {
    assertThat(NationalIdMask.mask("01010712345").found()).as("a birth date").isTrue();
    assertThat(NationalIdMask.mask("71129212345").found()).as("a D number with a synthetic month").isTrue();
    assertThat(NationalIdMask.mask("32010712345").found()).as("no day").isFalse();
    assertThat(NationalIdMask.mask("01130712345").found()).as("no month").isFalse();
    assertThat(NationalIdMask.mask(withControlDigits("930107501")).found()).as("check digits alone").isTrue();
  }

  @Test
  void masksOddSpellingsWhereBirthDateAndCheckDigitsAgree() {
    String number = withControlDigits("010107501");
    assertThat(NationalIdMask.mask(parted(number, " ", 3, 7)).found()).isTrue();
    assertThat(NationalIdMask.mask(parted(number, ", ", 6)).found()).isTrue();
    assertThat(NationalIdMask.mask("12.03.25, 10000 kr").found()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"201012345678", "2010 12345678", "2010 123456 78", "201012 345678", "2010-9234-5678",
      "2 0 1 0 1 2 3 4 5 6 7 8", "20 10 92 34 56 78"})
  void masksDufNumbersInEachSpelling(String number) {
    assertThat(NationalIdMask.mask(number)).isEqualTo(
        new NationalIdMask.Masked(number.replaceAll("[0-9]", "*"), true));
  }

  @Test
  void masksEveryNumberOfAText() {
    String number = withControlDigits("010107501");
    assertThat(NationalIdMask.mask(number + ", " + number + " og 201012345678").text())
        .isEqualTo("***********, *********** og ************");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12345678901", "+4722000000", "22 00 00 00", "2025-12-31", "0301", "123456789012",
      "123456 78901", "20251231235959123", "saksnummer 123456", "saksnummer 123456 ",
      "123456 7890", "211012345678", "181012345678", "Kontonummer 1234.56.78903", "2025-03-12 10:30", "2025-06-15-001",
      "20251231 2359", "2023 2024 2025", "12.03.2025 kl. 10:30", "22 00 00 00 / 22 11 11 11", "01.02.2025 123",
      "12.03.25 12:30-14:45", "NO93 8601 1117 947", "01019 uke 01234 56", "010190    12345", "10 000 000 000 kr"})
  void leavesOtherNumbersAlone(String text) {
    assertThat(NationalIdMask.mask(text)).isEqualTo(new NationalIdMask.Masked(text, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"01019012345", "Barn 010190 12345", "010190/12345", "0101-90\u00a012345", "2019 123456 01",
      "123e4567-e89b-12d3-a456-426614174000 and 01019012345"})
  void findsNumbersInTextsOfClients(String text) {
    assertThat(NationalIdMask.isIn(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "01019012-3456-4789-8012-201901234567", "file_01019012-3456-4789-8012-201901234567.xlsx",
      "exp-20260301-0000000001", "20260304-0123456789", "rpt_01HX9K2M3N4P5Q6R7S8T9U0V", "user_09AXKL2",
      "2025-Q4/report_final.xlsx", "reexports/rpt_01HX9K2M_reexport_20260326.xlsx", "2025-01-01_2025-12-31.xlsx"})
  void doesNotMistakeIdsForNumbers(String text) {
    assertThat(NationalIdMask.isIn(text)).isFalse();
  }

  @Test
  void ignoresLongerRunsOfDigits() {
    String number = withControlDigits("010107501");
    assertThat(NationalIdMask.mask("1" + number + "1").found()).isFalse();
    assertThat(NationalIdMask.mask(number + "99").found()).isFalse();
  }

  @Test
  void findsExactlyNumbersWithValidCheckDigitsOrBirthDate() {
    SplittableRandom random = new SplittableRandom(1814);
    for (int i = 0; i < 5_000; i++) {
      String number = withControlDigits("9%08d".formatted(random.nextInt(100_000_000)));
      if (number == null) {
        continue;
      }
      assertThat(NationalIdMask.mask(number).found()).as(number).isTrue();
      int place = random.nextInt(9, 11);
      char wrong = (char) ('0' + (number.charAt(place) - '0' + 1 + random.nextInt(9)) % 10);
      String broken = number.substring(0, place) + wrong + number.substring(place + 1);
      assertThat(NationalIdMask.mask(broken).found()).as(broken).isFalse();
    }
  }

  private static String parted(String number, String separator, int... places) {
    StringBuilder parted = new StringBuilder(number);
    for (int i = places.length - 1; i >= 0; i--) {
      parted.insert(places[i], separator);
    }
    return parted.toString();
  }

  /// The textbook's way: remainders subtracted from 11; null where a control digit would be 10.
  private static String withControlDigits(String nine) {
    int[] d = nine.chars().map(c -> c - '0').toArray();
    int one = 11 - (3 * d[0] + 7 * d[1] + 6 * d[2] + d[3] + 8 * d[4] + 9 * d[5] + 4 * d[6] + 5 * d[7] + 2 * d[8]) % 11;
    one = one == 11 ? 0 : one;
    int two = 11 - (5 * d[0] + 4 * d[1] + 3 * d[2] + 2 * d[3] + 7 * d[4] + 6 * d[5] + 5 * d[6] + 4 * d[7] + 3 * d[8]
        + 2 * one) % 11;
    two = two == 11 ? 0 : two;
    return one == 10 || two == 10 ? null : nine + one + two;
  }
}
