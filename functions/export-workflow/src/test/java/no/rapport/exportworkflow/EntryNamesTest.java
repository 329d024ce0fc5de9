package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryNamesTest {

  @ParameterizedTest
  @CsvSource(textBlock = """
      bilde æøå.jpg, bilde æøå.jpg
      ../../etc/passwd, .._.._etc_passwd
      /etc/passwd, _etc_passwd
      C:\\Windows\\win.ini, C__Windows_win.ini
      .., _
      ., _
      CON, _CON
      con.txt, _con.txt
      Lpt1 .pdf, _Lpt1 .pdf
      conference.pdf, conference.pdf
      'ends with dots. . .', ends with dots
      '  spaced  ', spaced
      'a<b>c:d"e|f?g*h', a_b_c_d_e_f_g_h
      '\u202Egpj.exe', _gpj.exe
      'zero\u200Bwidth.pdf', zero_width.pdf
      'new\nline.pdf', new_line.pdf
      'null\u0000.pdf', null_.pdf
      '', _
      """)
  void keepsSafeCharactersAndReplacesOthers(String given, String expected) {
    assertThat(new EntryNames().next("attachments", "act-1", given)).isEqualTo("attachments/act-1/" + expected);
  }

  @Test
  void numbersNamesThatAFileSystemTreatsAsEqual() {
    var names = new EntryNames();
    assertThat(names.next("a", "Kart.PDF")).isEqualTo("a/Kart.PDF");
    assertThat(names.next("a", "kart.pdf")).isEqualTo("a/kart_2.pdf");
    assertThat(names.next("A", "kart.pdf")).isEqualTo("A/kart_3.pdf");
    assertThat(names.next("a", "kart?.pdf")).isEqualTo("a/kart_.pdf");
    assertThat(names.next("a", "kart*.pdf")).isEqualTo("a/kart__2.pdf");
    assertThat(names.next("a", "e\u0301.txt")).isEqualTo("a/\u00E9.txt");
    assertThat(names.next("a", "\u00E9.txt")).isEqualTo("a/\u00E9_2.txt");
    assertThat(names.next("b", "kart.pdf")).isEqualTo("b/kart.pdf");
  }

  @Test
  void masksNationalIdentityNumbers() {
    assertThat(new EntryNames().next("a", "Vedtak 01010750160 signert.pdf"))
        .isEqualTo("a/Vedtak ___________ signert.pdf");
  }

  @Test
  void shortensLongNamesBeforeTheirExtension() {
    String name = new EntryNames().next("a", "😀".repeat(200) + ".docx");
    assertThat(name).endsWith("😀.docx").doesNotContain("?");
    assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(142).hasSizeGreaterThan(135);
  }

  @Test
  void shortensNamesOnlyAsFarAsNeeded() {
    assertThat(new EntryNames().next("a".repeat(140))).isEqualTo("a".repeat(140));
    assertThat(new EntryNames().next("a".repeat(141))).isEqualTo("a".repeat(140));
    assertThat(new EntryNames().next("a".repeat(200) + ".pdf")).isEqualTo("a".repeat(136) + ".pdf");
    assertThat(new EntryNames().next("a".repeat(136) + ".pdf")).isEqualTo("a".repeat(136) + ".pdf");
  }

  @Test
  void insertsNumbersBeforeTheExtension() {
    var names = new EntryNames();
    String longest = "." + "e".repeat(15);
    for (String name : new String[] {"a.b.pdf", "a" + longest, "a" + longest + "e", ".pdf"}) {
      names.next(name);
    }
    assertThat(names.next("a.b.pdf")).isEqualTo("a.b_2.pdf");
    assertThat(names.next("a" + longest)).isEqualTo("a_2" + longest);
    assertThat(names.next("a" + longest + "e")).isEqualTo("a" + longest + "e_2");
    assertThat(names.next(".pdf")).isEqualTo(".pdf_2");
  }

  @Test
  void isSafeAndUniqueForRandomInput() {
    var random = new SplittableRandom(20260301);
    var names = new EntryNames();
    var seen = new HashSet<String>();
    String alphabet = "aAbB./\\:*?\"<>| \t\n\u0000\u202E\u00E9e\u0301CONnul1æ.😀";
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(1, 8); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String name = names.next("attachments", text.toString(), text.reverse().toString());
      assertThat(seen.add(name.toLowerCase(Locale.ROOT))).as(name).isTrue();
      assertThat(name.split("/", -1)).as(name).hasSize(3).allSatisfy(segment -> assertThat(segment)
          .isNotEmpty().isNotIn(".", "..").doesNotContainPattern("[\\\\:*?\"<>|\\p{C}]").doesNotMatch(".*[. ]|^ .*")
          .doesNotMatch("(?i)(con|nul)( *\\..*)?"));
    }
  }
}
