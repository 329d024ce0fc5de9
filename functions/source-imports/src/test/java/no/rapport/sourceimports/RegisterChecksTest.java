package no.rapport.sourceimports;

import static no.rapport.sourceimports.RegisterFile.conclusion;
import static no.rapport.sourceimports.RegisterFile.document;
import static no.rapport.sourceimports.RegisterFile.id;
import static no.rapport.sourceimports.RegisterFile.melding;
import static no.rapport.sourceimports.RegisterFile.personalia;
import static no.rapport.sourceimports.RegisterFile.relation;
import static no.rapport.sourceimports.RegisterFile.tiltak;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.sourcedata.RegisterRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Checks each rule with the smallest case that breaks it and no other rule, and with a similar case that does not
/// break it.
class RegisterChecksTest {

  private static final String EXTRACTED = "2025-06-02T08:00:00Z";
  private static final String OPEN = "StartDato=\"2012-01-01\"";
  private static final String CLOSED = "StartDato=\"2012-01-01\" SluttDato=\"2025-05-31\"";
  /// Keeps a case from being empty, which would break a rule.
  private static final String MELDING = melding(id(1), "2025-05-30", "");
  private static final String ENDED = melding(id(1), "2025-05-01", conclusion("2025-05-02", "2"));

  private record Case(String attributes, String born, String parts) {

    SortedMap<String, Long> findings() {
      return RegisterChecksTest.findings(document(
          "7317a453-2d65-465a-9589-519311966579", EXTRACTED, attributes, RegisterFile.ORGANIZATION,
          personalia(born) + parts));
    }
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        rule("Sak 1/ERROR", open(MELDING + plan(5, "1998-12-31", "4", "")),
            open(MELDING)),
        rule("Sak 2a/ERROR", of("StartDato=\"2012-01-02\" SluttDato=\"2012-01-01\"", ""),
            of("StartDato=\"2012-01-01\" SluttDato=\"2012-01-01\"", "")),
        rule("Sak 7/WARNING", aged("2000-06-02", MELDING + measure("2020-01-01", "6.1", "")),
            aged("2000-06-03", MELDING + measure("2020-01-01", "6.1", ""))),
        rule("Sak 8/ERROR", aged("2007-06-02", MELDING), aged("2007-06-03", MELDING)),
        rule("Sak 21/ERROR", open(""), open(MELDING)),
        rule("Sak 22/WARNING", open(MELDING + "<Slettet Id=\"" + id(9) + "\" Type=\"Plan\" SluttDato=\"2025-01-01\"/>"),
            open(MELDING + melding(id(9), "2025-05-29", "") + "<Slettet Id=\"" + id(9)
                + "\" Type=\"Melding\" SluttDato=\"2025-01-01\"/>")),
        rule("Sak 23/INFO", of(CLOSED, MELDING), of(CLOSED, ENDED)),

        rule("Melding 2a/ERROR", open(melding(id(1), "2025-05-02", conclusion("2025-05-01", "2"))), open(ENDED)),
        rule("Melding 2c/ERROR", of(CLOSED, melding(id(1), "2025-05-30", conclusion("2025-06-01", "2"))),
            of(CLOSED, melding(id(1), "2025-05-30", conclusion("2025-05-31", "2")))),
        rule("Melding 2e/ERROR", open(melding(id(1), "2011-12-31", "")), open(melding(id(1), "2012-01-01", ""))),
        rule("Melding 3/WARNING", open(melding(id(1), "2025-05-01", conclusion("2025-05-09", "2"))),
            open(melding(id(1), "2025-05-01", conclusion("2025-05-08", "2")))),
        rule("Melding 19/INFO", open(ENDED + ENDED.replace(id(1), id(2)) + ENDED.replace(id(1), id(3))),
            open(ENDED + ENDED.replace(id(1), id(2)).replace("Kode=\"2\"", "Kode=\"3\""))),

        rule("Undersøkelse 2a/ERROR", open(investigated("2025-05-02", conclusion("2025-05-01", "3"))),
            open(investigated("2025-05-02", conclusion("2025-05-02", "3")))),
        rule("Undersøkelse 2c/ERROR", of(CLOSED, ENDED + undersokelse(2, "2025-05-02", conclusion("2025-06-01", "3"))
                + relation("Melding", id(1), "Undersokelse", id(2))),
            of(CLOSED, ENDED + undersokelse(2, "2025-05-02", conclusion("2025-05-31", "3"))
                + relation("Melding", id(1), "Undersokelse", id(2)))),
        rule("Undersøkelse 2e/ERROR", open(investigated("2011-12-31", conclusion("2012-01-31", "3"))),
            open(investigated("2012-01-01", conclusion("2012-01-31", "3")))),
        rule("Undersøkelse 11/WARNING", open(lasting("2025-02-24", "")), open(lasting("2025-02-25", ""))),
        rule("Undersøkelse 11/WARNING", open(lasting("2024-11-26", EXTENDED)), open(lasting("2024-11-27", EXTENDED))),
        rule("Undersøkelse 19/ERROR", open(investigated("2025-05-02", "") + undersokelse(3, "2025-05-02", "")
                + relation("Melding", id(1), "Undersokelse", id(3))),
            open(investigated("2025-05-02", "") + undersokelse(3, "2025-05-03", "")
                + relation("Melding", id(1), "Undersokelse", id(3)))),
        rule("Undersøkelse 20/ERROR", open(MELDING + undersokelse(2, "2025-05-02", "")),
            open(investigated("2025-05-02", ""))),
        rule("Undersøkelse 21/ERROR", open(investigated("2025-05-02", conclusion("2025-05-03", "1"))),
            open(decided("1"))),
        rule("Undersøkelse 21/WARNING", open(investigated("2025-05-02", conclusion("2025-05-03", "2"))),
            open(decided("2"))),

        rule("Vedtak 2a/ERROR", open(vedtak("2025-05-02", "BVL2021", "1", conclusion("2025-05-01", ""))),
            open(vedtak("2025-05-02", "BVL2021", "1", conclusion("2025-05-02", "")))),
        rule("Vedtak 2c/ERROR", of(CLOSED, vedtak("2025-05-02", "BVL2021", "1", conclusion("2025-06-01", ""))),
            of(CLOSED, vedtak("2025-05-02", "BVL2021", "1", conclusion("2025-05-31", "")))),
        rule("Vedtak 2e/ERROR", open(vedtak("2011-12-31", "BVL", "1", "")), open(vedtak("2012-01-01", "BVL", "1", ""))),
        rule("Vedtak 4/ERROR", open(vedtak("2025-05-02", "BVL1992", "1", "")),
            open(vedtak("2025-05-02", "BL1981", "1", ""))),
        rule("Vedtak 5/ERROR", open(vedtak("2022-12-31", "BVL2021", "1", "")),
            open(vedtak("2023-01-01", "BVL2021", "1", ""))),
        rule("Vedtak 5/ERROR", open(vedtak("2023-01-01", "BVL", "1", "")), open(vedtak("2022-12-31", "BVL", "1", ""))),
        rule("Vedtak 20/WARNING", open(vedtak("2025-05-02", "BVL2021", "2", "")),
            open(vedtak("2025-05-02", "BVL2021", "2", "") + """
                <OversendelseFylkesnemnd Id="%s" StartDato="2025-05-03"><Lovhjemmel><Lov>BVL2021</Lov><Kapittel>5</Kapittel>
                <Paragraf>1</Paragraf></Lovhjemmel></OversendelseFylkesnemnd>""".formatted(id(8))
                + relation("Vedtak", id(4), "OversendelseFylkesnemnd", id(8)))),

        rule("Tiltak 2a/ERROR", open(measure("2025-05-02", "6.1", conclusion("2025-05-01", ""))),
            open(measure("2025-05-02", "6.1", conclusion("2025-05-02", "")))),
        rule("Tiltak 2c/ERROR", of(CLOSED, closedMeasure(conclusion("2025-06-01", ""))),
            of(CLOSED, closedMeasure(conclusion("2025-05-31", "")))),
        rule("Tiltak 2e/ERROR", open(measure("2011-12-31", "6.1", "")), open(measure("2012-01-01", "6.1", ""))),
        rule("Tiltak 5/WARNING", aged("2017-06-02", measure("2025-05-02", "4.1", "")),
            aged("2017-06-03", measure("2025-05-02", "4.1", ""))),
        rule("Tiltak 6/WARNING", aged("2013-06-02", measure("2025-05-02", "4.2", "")),
            aged("2013-06-03", measure("2025-05-02", "4.2", ""))),
        rule("Tiltak 9/WARNING", open(placements("2025-03-03")), open(placements("2025-03-04"))),
        rule("Tiltak 12/ERROR", open(careOrder(conclusion("2025-05-03", ""))),
            open(careOrder("<Opphevelse Kode=\"1\"/>" + conclusion("2025-05-03", "")))),
        rule("Tiltak 13/ERROR", aged("2007-06-02", careOrder("")), aged("2007-06-03", careOrder(""))),
        rule("Tiltak 14/ERROR", open(measure("2025-05-02", "6.1", "").replace("</Paragraf></Lov",
                "</Paragraf><Ledd>0</Ledd></Lov")),
            open(measure("2025-05-02", "6.1", "").replace("</Paragraf></Lov", "</Paragraf><Ledd>10</Ledd></Lov"))),
        rule("Tiltak 19/WARNING", open(measure("2025-05-02", "6.1", "") + tiltak(id(7), "2025-05-02", "6.1", "")
                .replace("<Kapittel>5</Kapittel>", "<Kapittel>3</Kapittel>") + relation("Vedtak", id(4), "Tiltak", id(7))),
            open(measure("2025-05-02", "6.1", "") + tiltak(id(7), "2025-05-02", "6.2", "")
                + relation("Vedtak", id(4), "Tiltak", id(7)))),
        rule("Tiltak 20/ERROR", open(MELDING + tiltak(id(6), "2025-05-02", "6.1", "")),
            open(measure("2025-05-02", "6.1", ""))),

        rule("Plan 2a/ERROR", open(plan(5, "2025-05-02", "1", conclusion("2025-05-01", ""))),
            open(plan(5, "2025-05-02", "1", conclusion("2025-05-02", "")))),
        rule("Plan 2c/ERROR", of(CLOSED, plan(5, "2025-05-02", "1", conclusion("2025-06-01", ""))),
            of(CLOSED, plan(5, "2025-05-02", "1", conclusion("2025-05-31", "")))),
        rule("Plan 2e/ERROR", open(plan(5, "2011-12-31", "1", "")), open(plan(5, "2012-01-01", "1", ""))),
        rule("Plan 2f/ERROR", of(CLOSED, plan(5, "2025-05-02", "1", evaluated("2025-06-01")
                + conclusion("2025-05-31", ""))),
            of(CLOSED, plan(5, "2025-05-02", "1", evaluated("2025-05-31") + conclusion("2025-05-31", "")))),
        rule("Plan 2g/ERROR", open(plan(5, "2025-05-02", "1", evaluated("2011-12-31"))),
            open(plan(5, "2025-05-02", "1", evaluated("2012-01-01")))),
        rule("Plan 19/INFO", open(plan(5, "2025-05-02", "1", "") + plan(6, "2025-05-02", "1", "")),
            open(plan(5, "2025-05-02", "1", "") + plan(6, "2025-05-02", "2", ""))),

        rule("Ettervern 2a/ERROR", open(ettervern("2025-05-02", "2025-05-01")),
            open(ettervern("2025-05-02", "2025-05-02"))),
        rule("Ettervern 2c/ERROR", of(CLOSED, ettervern("2025-05-02", "2025-06-01")),
            of(CLOSED, ettervern("2025-05-02", "2025-05-31"))),
        rule("Ettervern 2e/ERROR", open(ettervern("2011-12-31", "2025-05-01")),
            open(ettervern("2012-01-01", "2025-05-01"))),
        rule("Flytting 2c/ERROR", of(CLOSED, flytting("2025-06-01")), of(CLOSED, flytting("2025-05-31"))),
        rule("Flytting 2f/ERROR", open(MELDING + flytting("2011-12-31")), open(MELDING + flytting("2012-01-01"))));
  }

  private static final String EXTENDED = "<UtvidetFrist StartDato=\"2025-02-01\" Innvilget=\"1\"/>";

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void findsOnlyBrokenRule(String finding, Case broken, Case fine) {
    Map<String, Long> expected = finding.equals("Sak 1/ERROR") ? Map.of(finding, 1L, "Plan 2e/ERROR", 1L)
        : Map.of(finding, 1L);

    assertThat(broken.findings()).isEqualTo(expected);
    assertThat(fine.findings()).isEmpty();
  }

  @Test
  void hasCaseForEveryRule() {
    assertThat(rules().map(arguments -> ((String) arguments.get()[0]).replaceAll("/.*", "")).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(RegisterRule.values()).map(RegisterRule::id).toList());
  }

  @Test
  void reportsMigratedPartsAsWarnings() {
    String late = melding(id(1), "2011-12-31", "");
    assertThat(of(OPEN + " MigrertId=\"1\"", late).findings()).isEqualTo(Map.of("Melding 2e/WARNING", 1L));
    assertThat(open(late.replace("<Melding ", "<Melding MigrertId=\"1\" ")).findings())
        .isEqualTo(Map.of("Melding 2e/WARNING", 1L));
  }

  @Test
  void ignoresDeletedParts() {
    String late = melding(id(2), "2011-12-31", "");
    assertThat(open(MELDING + late.replace("<Melding ", "<Melding ErSlettet=\"true\" ")).findings()).isEmpty();
    assertThat(of(OPEN + " ErSlettet=\"true\"", late).findings()).isEmpty();
  }

  @Test
  void appliesRuleFromItsFirstDay() {
    String document = document("7317a453-2d65-465a-9589-519311966579", "2021-12-31T12:00:00+01:00",
        personalia("2010-01-01") + ENDED.replace("2025", "2021") + tiltak(id(6), "2021-05-02", "6.1", ""));
    assertThat(findings(document)).isEmpty();
    assertThat(findings(document.replace("2021-12-31T", "2022-01-01T"))).isEqualTo(Map.of("Tiltak 20/ERROR", 1L));
  }

  @Test
  void countsEveryElementThatBreaksRule() {
    assertThat(open(melding(id(1), "2011-12-31", "") + melding(id(2), "2011-12-30", "")).findings())
        .isEqualTo(Map.of("Melding 2e/ERROR", 2L));
  }

  private static SortedMap<String, Long> findings(String document) {
    try {
      return RegisterChecks.of(RegisterDocument.of(RegisterXml.read(document.getBytes(StandardCharsets.UTF_8))));
    } catch (UnreadableDocument e) {
      throw new AssertionError(e.getMessage() + " at line " + e.line(), e);
    }
  }

  private static Arguments rule(String finding, Case broken, Case fine) {
    return Arguments.of(finding, broken, fine);
  }

  private static Case open(String parts) {
    return of(OPEN, parts);
  }

  private static Case of(String attributes, String parts) {
    return new Case(attributes, "2012-01-01", parts);
  }

  private static Case aged(String born, String parts) {
    return new Case(OPEN, born, parts);
  }

  private static String undersokelse(long id, String start, String content) {
    return "<Undersokelse Id=\"%s\" StartDato=\"%s\">%s</Undersokelse>".formatted(id(id), start, content);
  }

  private static String investigated(String start, String content) {
    return MELDING + undersokelse(2, start, content) + relation("Melding", id(1), "Undersokelse", id(2));
  }

  private static String lasting(String reported, String content) {
    return melding(id(1), reported, "") + undersokelse(2, reported, content)
        + relation("Melding", id(1), "Undersokelse", id(2));
  }

  private static String decided(String code) {
    return investigated("2025-05-02", conclusion("2025-05-03", code)) + vedtak("2025-05-03", "BVL2021", "1", "")
        + relation("Undersokelse", id(2), "Vedtak", id(4));
  }

  private static String vedtak(String start, String act, String status, String content) {
    return """
        <Vedtak Id="%s" StartDato="%s"><Lovhjemmel><Lov>%s</Lov><Kapittel>5</Kapittel><Paragraf>1</Paragraf></Lovhjemmel>
        <Status Id="%s" EndretDato="%s" Kode="%s"/>%s</Vedtak>""".formatted(id(4), start, act, id(40), start, status, content);
  }

  private static String measure(String start, String category, String content) {
    String section = "<Kapittel>3</Kapittel><Paragraf>1</Paragraf>";
    return vedtak("2025-05-01", "BVL2021", "1", "") + tiltak(id(6), start, category, content)
        .replace("<Kapittel>5</Kapittel><Paragraf>1</Paragraf>", section) + relation("Vedtak", id(4), "Tiltak", id(6));
  }

  private static String closedMeasure(String content) {
    return measure("2025-05-02", "6.1", content).replace("</Vedtak>", conclusion("2025-05-03", "") + "</Vedtak>");
  }

  private static String careOrder(String content) {
    return vedtak("2025-05-01", "BVL2021", "1", "") + tiltak(id(6), "2025-05-02", "2.5", content)
        + relation("Vedtak", id(4), "Tiltak", id(6));
  }

  private static String placements(String second) {
    String other = tiltak(id(7), second, "1.1", "").replace(
        "<Kapittel>5</Kapittel>", "<Kapittel>3</Kapittel>");
    return measure("2020-01-01", "2.5", conclusion("2025-06-02", "")) + other
        + relation("Vedtak", id(4), "Tiltak", id(7));
  }

  private static String plan(long id, String start, String type, String content) {
    return "<Plan Id=\"%s\" StartDato=\"%s\" Plantype=\"%s\">%s</Plan>".formatted(id(id), start, type, content);
  }

  private static String evaluated(String day) {
    return "<Evaluering UtfortDato=\"" + day + "\"/>";
  }

  private static String ettervern(String offered, String end) {
    return "<Ettervern Id=\"%s\" TilbudSendtDato=\"%s\">%s</Ettervern>".formatted(id(3), offered, conclusion(end, "1"));
  }

  private static String flytting(String day) {
    return "<Flytting Id=\"%s\" SluttDato=\"%s\"><ArsakFra Kode=\"1.1.1\"/><FlyttingTil Kode=\"1\"/></Flytting>"
        .formatted(id(3), day);
  }
}
