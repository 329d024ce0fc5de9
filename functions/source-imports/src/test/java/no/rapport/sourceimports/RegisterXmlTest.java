package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterXmlTest {

  private static final String CASE = "7317a453-2d65-465a-9589-519311066579";

  @Test
  void keepsNoIdentityDataAndNoFreeText() throws Exception {
    RegisterElement root = read(RegisterFile.document(CASE, "2025-01-02T02:00:00+01:00",
        RegisterFile.melding(RegisterFile.id(7), "2025-01-01", "")));

    assertThat(describe(root)).contains("Melding", "2025-01-01", "2010-01-02").doesNotContain(
        RegisterFile.IDENTITY_NUMBER, RegisterFile.DUF_NUMBER, RegisterFile.JOURNAL, RegisterFile.FREE_TEXT);
  }

  @Test
  void rejectsReferencesOutsideDocument(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "SECRET");
    String document = RegisterFile.document(CASE, "2025-01-02T02:00:00+01:00",
        "<Melding Id=\"&secret;\" StartDato=\"2025-01-01\">&secret;</Melding>");
    for (String declaration : new String[] {
        "<!DOCTYPE Barnevern [<!ENTITY secret SYSTEM \"" + secret.toUri() + "\">]>",
        "<!DOCTYPE Barnevern SYSTEM \"" + secret.toUri() + "\">",
        "<!DOCTYPE Barnevern [<!ENTITY % secret SYSTEM \"" + secret.toUri() + "\"> %secret;]>",
        "<!DOCTYPE Barnevern [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY secret \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"}) {
      assertThatThrownBy(() -> read(document.replaceFirst("\\?>", "?>" + declaration)))
          .isInstanceOfSatisfying(UnreadableDocument.class, e -> assertThat(e.line()).isEqualTo(1))
          .hasMessage("must not have a document type declaration");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "<Barnevern>                       | 1 | is not well-formed XML",
    "<Annet/>                          | 1 | is not a document of the national register: its root element is not Barnevern",
    "<Barnevern a='1' a='2'/>          | 1 | is not well-formed XML",
    "<Barnevern>&annet;</Barnevern>    | 1 | is not well-formed XML",
    "tekst                             | 1 | is not well-formed XML"
  }, quoteCharacter = '`')
  void namesLineOfFault(String document, long line, String reason) {
    assertThatThrownBy(() -> read(document))
        .isInstanceOfSatisfying(UnreadableDocument.class, e -> assertThat(e.line()).isEqualTo(line))
        .hasMessageStartingWith(reason.equals("is not well-formed XML") ? "" : reason);
  }

  @Test
  void limitsDepthElementsAndValues() {
    assertThatThrownBy(() -> read("<Barnevern>" + "<a>".repeat(100_000)))
        .hasMessage("has elements more than 16 deep");
    assertThatThrownBy(() -> read("<Barnevern>" + "<a/>".repeat(50_000) + "</Barnevern>"))
        .hasMessage("has more than 40000 elements");
    assertThatThrownBy(() -> read("<Barnevern Id=\"" + "1".repeat(301) + "\"/>"))
        .hasMessage("has an attribute Id with more than 300 characters");
    assertThatThrownBy(() -> read("<Barnevern><Lov>" + "1".repeat(17) + "</Lov></Barnevern>"))
        .hasMessage("has a legal basis with more than 16 characters");
    assertThatThrownBy(() -> RegisterXml.read(new byte[RegisterXml.MAX_BYTES + 1])).hasMessage("is larger than 8 MB");
  }

  @ParameterizedTest
  @CsvSource({
    "2025-06-01T12:00:00Z,          2025-06-01T12:00:00Z",
    "2025-06-01T12:00:00+02:00,     2025-06-01T10:00:00Z",
    "2025-06-01T12:00:00,           2025-06-01T10:00:00Z",
    "2025-12-01T12:00:00.123456789, 2025-12-01T11:00:00.123456789Z"
  })
  void readsTimeWithoutOffsetAsNorwegian(String written, Instant meant) throws Exception {
    assertThat(RegisterDocument.of(read(RegisterFile.document(CASE, written, ""))).extractedAt()).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({
    "2025-06-01, 2025-06-01", "2025-06-01+02:00, 2025-06-01", "2025-06-01Z, 2025-06-01", "2025-06-01T23:30:00, 2025-06-01",
    "2025-05-31T22:30:00Z, 2025-06-01"
  })
  void readsDatesAsDaysInNorway(String written, LocalDate meant) {
    assertThat(RegisterDocument.isoDate(written)).isEqualTo(meant.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"DatoUttrekk=\"2025", "<Fagsystem", "<Avgiver", "<Sak", "Organisasjonsnummer=\"9", "Sak Id=\"7"})
  void rejectsDocumentWithoutRequiredElement(String what) {
    String document = RegisterFile.document(CASE, "2025-06-01T12:00:00Z", "");
    String broken = what.startsWith("<") ? document.replace(what, what + "X").replace("</Sak>", "</SakX>")
        .replace(what.equals("<Sak") ? "</None>" : "</SakX>", what.equals("<Sak") ? "" : "</Sak>")
        : document.replace(what, what.replace("=\"", "=\"x"));

    assertThatThrownBy(() -> RegisterDocument.of(read(broken))).isInstanceOf(UnreadableDocument.class);
  }

  @Test
  void readsBirthDateFromNewestPersonaliaOrCase() throws Exception {
    String newer = RegisterFile.personalia("2011-11-11").replace("2012-01-01", "2020-01-01").replace(
        RegisterFile.id(1), RegisterFile.id(9));
    assertThat(document(newer).birthDate()).contains("2011-11-11");
    assertThat(document(newer.replace("/>", " ErSlettet=\"true\"/>")).birthDate()).contains("2010-01-02");
    assertThat(RegisterDocument.of(read(RegisterFile.document(CASE, "2021-01-01T13:22:00+01:00",
        "StartDato=\"2021-01-01\" Fodselsnummer=\"02011088123\" Fodseldato=\"2010-01-03\" Kjonn=\"1\"",
        RegisterFile.ORGANIZATION, ""))).birthDate()).contains("2010-01-03");
  }

  private static RegisterDocument document(String parts) throws UnreadableDocument {
    return RegisterDocument.of(read(RegisterFile.document(CASE, "2025-06-01T12:00:00Z", parts)));
  }

  private static RegisterElement read(String document) throws UnreadableDocument {
    return RegisterXml.read(document.getBytes(StandardCharsets.UTF_8));
  }

  private static String describe(RegisterElement element) {
    var text = new StringBuilder(element.name() + element.attributes() + element.text());
    element.children().forEach(child -> text.append(describe(child)));
    return text.toString();
  }
}
