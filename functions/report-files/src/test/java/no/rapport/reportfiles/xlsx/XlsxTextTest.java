package no.rapport.reportfiles.xlsx;

import static org.assertj.core.api.Assertions.assertThat;

import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ReportTexts;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XlsxTextTest {

  private static final int MOST = 32_767;
  private static final String MARK = "… [avkortet]";

  @ParameterizedTest
  @CsvSource(textBlock = """
      a & b, a &amp; b
      '<b>"a"</b>', '&lt;b&gt;&quot;a&quot;&lt;/b&gt;'
      'a\r\n\tb', 'a&#13;\n\tb'
      '\u0000\u0007\u001F', _x0000__x0007__x001F_
      '\u007F\u0080', '\u007F\u0080'
      '\uFFFD\uFFFE\uFFFF', '\uFFFD\uFFFD\uFFFD'
      'æ čđ 😀', 'æ čđ 😀'
      '\uD800a\uDC00', '\uFFFDa\uFFFD'
      """)
  void writesWhatReadersTakeForTheSameText(String text, String xml) {
    assertThat(xml(text, 0)).isEqualTo(xml);
  }

  @ParameterizedTest
  @ValueSource(strings = {"_x000D_", "_x00e5_", "_xFFFF_", "a_x0041_b", "__x0041_"})
  void masksWhatReadersWouldTakeForACharacter(String text) {
    assertThat(xml(text, 0)).isEqualTo(text.replace("_x", "_x005F_x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_", "a_b", "_x000D", "_y000D_", "_X000D_", "_x000D-", "_xG000_", "_x000G_", "_x00D_", "_x/000_", "_x000:_",
      "_x\u0660\u0660\u0661\u0663_", "_x000\uFF21_", "_x000\u0080_"})
  void leavesOtherUnderscoresAlone(String text) {
    assertThat(xml(text, 0)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "\u0000\u0000\u0000", "\"\"\"\"", "_x0000__x0000_", "ååå", "😀😀😀"})
  void writesTheSameWhateverRoomIsLeft(String text) {
    for (int room = 0; room < 64; room++) {
      assertThat(xml(text, room)).isEqualTo(xml(text, 1_000));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {" a", "a ", "\ta", "a\n", "a\tb", "a\nb", "ab\u001F", " "})
  void preservesWhiteSpaceThatWouldBeLost(String text) {
    assertThat(XlsxText.needsPreserving(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a b", "!", "a  b", "\u00A0a"})
  void omitsPreserveForWhiteSpaceThatStays(String text) {
    assertThat(XlsxText.needsPreserving(text)).isFalse();
  }

  @Test
  void cutsOnlyWhatACellCannotHold() {
    assertThat(ReportTexts.fitted("n".repeat(MOST), ReportLocale.NB)).isEqualTo("n".repeat(MOST));
    assertThat(ReportTexts.fitted("n".repeat(MOST + 1), ReportLocale.NB))
        .isEqualTo("n".repeat(MOST - MARK.length()) + MARK);
  }

  @Test
  void cutsNoCharacterInTwo() {
    int room = MOST - MARK.length();
    assertThat(ReportTexts.fitted("n".repeat(room - 1) + "😀".repeat(20), ReportLocale.NB))
        .isEqualTo("n".repeat(room - 1) + MARK);
    assertThat(ReportTexts.fitted("n".repeat(room - 2) + "😀".repeat(20), ReportLocale.NB))
        .isEqualTo("n".repeat(room - 2) + "😀" + MARK);
  }

  /// @param room bytes that a buffer which already holds something has left
  private static String xml(String text, int room) {
    var bytes = new Bytes(5 + room);
    bytes.put("held:");
    XlsxText.put(bytes, text);
    return new String(bytes.toByteArray(), java.nio.charset.StandardCharsets.UTF_8).substring(5);
  }
}
