package no.rapport.aggregatedreportdata;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Records;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.ShownFigure;
import no.rapport.reporting.Suppression;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Melding;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private static final String ORG = "org-1042";
  private static final Instant T = Instant.parse("2025-01-01T00:00:00Z");

  private final InMemoryRecords records = new InMemoryRecords();
  private final Stack stack = new Stack(records);

  @Test
  void explainsAShareWithRuleCountsAndExclusions() {
    stack.cases.replace(ORG, List.of(
        aReport("m1", "2024-05-01", "2024-05-03"), aReport("m2", "2024-05-01", "2024-06-01"),
        aReport("m3", "2024-05-01", "2024-05-08"), aReport("m4", "2023-05-01", "2023-05-03"),
        aReport("m5", "2024-05-01", null)));
    String id = stack.aggregated(ORG, "2024");

    Stack.Answer answer = stack.field(id, "andel_meldinger_konkludert_innen_frist", Map.of());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("""
        {"field_key":"andel_meldinger_konkludert_innen_frist","value":66.7,"unit":"prosent",\
        "rule":"Andelen av meldingene konkludert i perioden som ble konkludert senest 7 dager etter at de ble mottatt.",\
        "rule_version":1,"numerator":2,"denominator":3,"records_considered":5,\
        "excluded":[{"reason":"not_concluded","count":1,"text":"Ikke konkludert"},\
        {"reason":"concluded_outside_period","count":1,"text":"Konkludert utenfor perioden"}],\
        "data_source":"familia","comparability":null,"locale":"nb-NO","suppression":"none","absent":null}""");
    assertThat(answer.headers()).containsKey("ETag");
  }

  @Test
  void answersInTheReadersLanguage() {
    stack.cases.replace(ORG, List.of(aReport("m1", "2024-05-01", null)));
    String id = stack.aggregated(ORG, "2024");
    assertThat(rule(id, "nn-NO")).isEqualTo("Meldingar mottekne i perioden.");
    assertThat(rule(id, "en")).isEqualTo("Reports of concern received in the period.");
    assertThat(rule(id, "se-NO")).isEqualTo("Meldinger mottatt i perioden.");
    assertThat(stack.field(id, "antall_meldinger_mottatt", Map.of("locale", "en")).text("/excluded/0/text"))
        .isEqualTo("Received outside the period");
    Stack.Answer wrong = stack.field(id, "antall_meldinger_mottatt",
        Map.of("locale", "de", "suppression", "le9", "extra", "1"));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().get("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("?extra", "?locale", "?suppression");
  }

  @Test
  void saysWhyAFigureCouldNotBeComputed() {
    stack.cases.replace(ORG, List.of(aReport("m1", "2024-05-01", null)));
    String running = stack.post(ORG, "2024", false).text("/snapshot_id");
    assertThat(stack.field(running, "antall_flyttinger", Map.of()).text("/absent/reason")).isEqualTo("not_aggregated");
    String id = stack.aggregated(ORG, "2024");

    JsonNode moves = stack.field(id, "antall_flyttinger", Map.of()).json();
    assertThat(moves.get("absent").toString()).isEqualTo("""
        {"reason":"no_records","record_types":["flytting"]}""");
    assertThat(moves.get("value").isNull()).isTrue();
    assertThat(moves.get("numerator").isNull()).isTrue();
    assertThat(moves.get("records_considered").isNull()).isTrue();
    assertThat(moves.get("excluded")).isEmpty();
    assertThat(stack.field(id, "andel_meldinger_konkludert_innen_frist", Map.of()).json().get("absent").toString())
        .isEqualTo("""
            {"reason":"zero_denominator","record_types":[]}""");
  }

  @Test
  void isNotFoundForUnknownFiguresAndOtherOrganizations() {
    String id = stack.aggregated(ORG, "2024");
    String other = stack.aggregated("org-2", "2024");
    assertThat(stack.field(id, "antall_annet", Map.of()).status()).isEqualTo(404);
    assertThat(stack.field("snap-none", "antall_flyttinger", Map.of()).status()).isEqualTo(404);
    stack.as("org", ORG);
    assertThat(stack.field(id, "antall_flyttinger", Map.of()).status()).isEqualTo(200);
    assertThat(stack.field(other, "antall_flyttinger", Map.of()).body()).isEqualTo("{\"message\":\"Not Found\"}");
    assertThat(stack.changes(id, Map.of("against", other)).status()).isEqualTo(404);
  }

  @Test
  void readsTheSnapshotAndOneNoteWhateverTheSize() {
    var counted = new ArrayList<String>();
    var counting = new Stack((Records) java.lang.reflect.Proxy.newProxyInstance(Records.class.getClassLoader(),
        new Class<?>[] {Records.class}, (_, method, arguments) -> {
          counted.add(method.getName());
          return method.invoke(records, arguments);
        }));
    String id = stack.aggregated(ORG, "2024");
    String prior = stack.aggregated(ORG, "2023");
    counted.clear();
    assertThat(counting.field(id, "antall_flyttinger", Map.of()).text("/comparability")).isEqualTo("same");
    assertThat(counted).containsExactly("find", "note");
    counted.clear();
    assertThat(counting.changes(id, Map.of("against", prior)).status()).isEqualTo(200);
    assertThat(counted).containsExactly("find", "find");
  }

  /// Whatever a file with the same rule does not show is in no explanation, nor can it be computed from one: every
  /// number of an explanation is the value of a figure that the file shows.
  @Test
  void showsNoCountThatAFileWithTheSameRuleHides() {
    int hidden = 0;
    for (long seed = 1; seed <= 25; seed++) {
      var cases = new RandomCases(seed, 4 + (int) seed, List.of("fagsystem-a"));
      stack.cases.replace(ORG, cases.happen(30 + (int) seed * 10, RandomCases.ALL_TYPES));
      String id = stack.aggregated(ORG, "2024");
      Snapshot snapshot = new Snapshots(records).find(id).orElseThrow().snapshot();
      for (Suppression rule : List.of(Suppression.LT3, Suppression.LE3, Suppression.LE5)) {
        Map<String, ShownFigure> file = ShownFigure.of(sealed(snapshot), rule).stream()
            .collect(Collectors.toMap(shown -> shown.figure().key(), shown -> shown));
        List<BigDecimal> shownNumbers = file.values().stream().filter(f -> f.value() instanceof ShownFigure.Shown)
            .flatMap(f -> ((ShownFigure.Shown) f.value()).number().stream()).toList();
        for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
          JsonNode json = stack.field(id, figure.key(), Map.of("suppression", rule.word())).json();
          boolean isHidden = file.get(figure.key()).value() instanceof ShownFigure.Hidden;
          hidden += isHidden ? 1 : 0;
          assertThat(json.get("value").asText().equals(":")).as(json.toString()).isEqualTo(isHidden);
          if (figure.defaultDataSource().equals("hr-system")) {
            continue;
          }
          for (String member : List.of("value", "numerator", "denominator")) {
            if (json.get(member).isNumber()) {
              assertThat(shownNumbers).as(figure.key() + " " + json)
                  .anyMatch(number -> number.compareTo(json.get(member).decimalValue()) == 0);
            }
          }
          assertThat(json.get("records_considered").isNumber()).isFalse();
          assertThat(json.get("excluded")).noneMatch(reason -> reason.get("count").isNumber());
        }
      }
    }
    assertThat(hidden).isGreaterThan(100);
  }

  @Test
  void comparesTwoSnapshotsFigureByFigure() {
    stack.cases.replace(ORG, List.of(aReport("m1", "2024-05-01", "2024-05-03")));
    String then = stack.aggregated(ORG, "2024");
    stack.cases.add(ORG, aReport("m2", "2024-05-01", null));
    String now = stack.aggregated(ORG, "2024");

    JsonNode changes = stack.changes(now, Map.of("against", then)).json();

    assertThat(changes.get("stale").booleanValue()).isTrue();
    assertThat(changes.get("fields")).hasSize(34);
    assertThat(changes.at("/fields/0").toString()).isEqualTo("""
        {"field_key":"antall_meldinger_mottatt","then":1,"now":2,"change":1,"comparability":"same"}""");
    assertThat(changed(changes)).containsExactly("antall_meldinger_mottatt", "antall_barn_med_melding");
    assertThat(changes.at("/fields/24/change").isNull()).as("a figure that cannot be computed").isTrue();
    assertThat(stack.changes(now, Map.of("against", now)).json().get("stale").booleanValue()).isFalse();
    assertThat(stack.changes(now, Map.of()).status()).isEqualTo(400);
    assertThat(stack.changes(now, Map.of("against", "a b")).status()).isEqualTo(400);
    assertThat(stack.changes(now, Map.of("against", stack.aggregated("org-2", "2024"))).status()).isEqualTo(409);
  }

  @Test
  void comparesNoSnapshotWithoutFiguresAndNoYearWithAQuarter() {
    stack.cases.replace(ORG, List.of(aReport("m1", "2024-05-01", "2024-05-03")));
    String year = stack.aggregated(ORG, "2024");
    String quarter = stack.aggregated(ORG, "2024-Q2");
    String processing = stack.post(ORG, "2024", true).text("/snapshot_id");

    for (var answer : List.of(stack.changes(processing, Map.of("against", year)),
        stack.changes(year, Map.of("against", processing)))) {
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.headers()).containsEntry("Retry-After", "1");
    }
    var kinds = stack.changes(year, Map.of("against", quarter));
    assertThat(kinds.status()).isEqualTo(409);
    assertThat(kinds.text("/detail")).contains("different kinds of periods");
  }

  @Test
  void treatsSnapshotsOfOtherRulesAsStale() {
    stack.cases.replace(ORG, List.of(aReport("m1", "2024-05-01", "2024-05-03")));
    String prior = stack.aggregated(ORG, "2023");
    String id = stack.aggregated(ORG, "2024");
    assertThat(stack.get(id).json().get("rule_version").intValue()).isEqualTo(1);
    assertThat(stack.get(id).json().get("cache_invalid_reason").isNull()).isTrue();

    withoutRules(id);

    Stack.Answer detail = stack.get(id);
    assertThat(detail.json().get("cache_valid").booleanValue()).isFalse();
    assertThat(detail.text("/cache_invalid_reason")).isEqualTo("rule_change");
    assertThat(detail.json().get("rule_version").isNull()).isTrue();
    assertThat(detail.text("/prior_period/comparability")).isEqualTo("rule_change");
    assertThat(detail.json().at("/prior_period/not_comparable")).hasSize(34);
    JsonNode explained = stack.field(id, "antall_meldinger_mottatt", Map.of()).json();
    assertThat(explained.get("value").intValue()).isEqualTo(1);
    assertThat(explained.get("rule").isNull()).isTrue();
    assertThat(explained.at("/absent/reason").asText()).isEqualTo("not_recorded");
    assertThat(explained.get("comparability").asText()).isEqualTo("rule_change");
    assertThat(stack.changes(id, Map.of("against", prior)).text("/fields/0/comparability")).isEqualTo("rule_change");
    assertThat(stack.post(ORG, "2024", false).status()).as("computed anew").isEqualTo(202);
  }

  @Test
  void saysWhyTheCacheIsNotValid() {
    stack.cases.replace(ORG, List.of(aReport("m1", "2024-05-01", null)));
    String id = stack.aggregated(ORG, "2024");
    stack.cases.add(ORG, aReport("m2", "2024-05-01", null));
    assertThat(stack.get(id).text("/cache_invalid_reason")).isEqualTo("source_changed");
    String again = stack.post(ORG, "2024", true).text("/snapshot_id");
    assertThat(stack.get(again).text("/cache_invalid_reason")).isEqualTo("processing");
    stack.fail(stack.get(again).text("/job_id"));
    assertThat(stack.get(again).text("/cache_invalid_reason")).isEqualTo("failed");
  }

  /// The snapshot as an earlier release left it.
  private void withoutRules(String id) {
    Entry entry = records.find(Snapshots.COLLECTION, id).orElseThrow();
    String document = entry.document().replaceAll(",\"rule_version\":1", "")
        .replaceAll("\"counts\":\\{.*?\"missing\":\\[[^]]*]}", "\"counts\":null");
    assertThat(document).doesNotContain("rule_version").doesNotContain("records_considered");
    assertThat(records.commit(new Change.Replace(entry, entry.next(entry.status(), entry.filters(), document)))).isTrue();
  }

  private static FigureSnapshot sealed(Snapshot snapshot) {
    return new FigureSnapshot(snapshot.snapshotId(), snapshot.periodId(), snapshot.aggregate().orElseThrow().figures()
        .stream().map(figure -> new FigureSnapshot.Figure(figure.fieldKey(), figure.value(), Optional.empty(),
            figure.dataSource(), figure.share(), Optional.empty())).toList());
  }

  private static List<String> changed(JsonNode changes) {
    var keys = new ArrayList<String>();
    changes.get("fields").forEach(field -> {
      if (!field.get("then").equals(field.get("now"))) {
        keys.add(field.get("field_key").asText());
      }
    });
    return keys;
  }

  private String rule(String id, String locale) {
    return stack.field(id, "antall_meldinger_mottatt", Map.of("locale", locale)).text("/rule");
  }

  private static CaseRecord aReport(String id, String received, String concluded) {
    return new Melding(id, "familia", T, "child-" + id, LocalDate.parse(received),
        Optional.ofNullable(concluded).map(LocalDate::parse), concluded == null ? OptionalInt.empty() : OptionalInt.of(4));
  }
}
