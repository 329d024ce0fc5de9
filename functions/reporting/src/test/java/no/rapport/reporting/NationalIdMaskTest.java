package no.rapport.reporting;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void masksSixAndFiveDigitsPartedByOneSpaceAndKeepsTheSpace() {
    String number = withControlDigits("010107501");
    String parted = number.substring(0, 6) + " " + number.substring(6);
    assertThat(NationalIdMask.mask("fnr:" + parted + ".").text()).isEqualTo("fnr:****** *****.");
    assertThat(NationalIdMask.mask(parted.replace(" ", "  ")).found()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\u00A0", "\u202F", "\u2009"})
  void knowsEverySpaceThatPartsNumbers(String space) {
    String number = withControlDigits("010107501");
    assertThat(NationalIdMask.mask(number.substring(0, 6) + space + number.substring(6)).text())
        .isEqualTo("******" + space + "*****");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "x", ".", "\n", "  "})
  void takesNothingElseForASpace(String other) {
    String number = withControlDigits("010107501");
    assertThat(NationalIdMask.mask(number.substring(0, 6) + other + number.substring(6)).found()).isFalse();
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
      "123456 7890", "211012345678", "181012345678", "Kontonummer 1234.56.78903"})
  void leavesOtherNumbersAlone(String text) {
    assertThat(NationalIdMask.mask(text)).isEqualTo(new NationalIdMask.Masked(text, false));
  }

  @Test
  void leavesDigitsThatAreALongerRunAlone() {
    String number = withControlDigits("010107501");
    assertThat(NationalIdMask.mask("1" + number + "1").found()).isFalse();
    assertThat(NationalIdMask.mask(number + "99").found()).isFalse();
  }

  @Test
  void findsEveryNumberWithRightControlDigitsAndNoneWithAWrongOne() {
    SplittableRandom random = new SplittableRandom(1814);
    for (int i = 0; i < 5_000; i++) {
      String number = withControlDigits("%09d".formatted(random.nextInt(1_000_000_000)));
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
