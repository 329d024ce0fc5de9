package no.rapport.aggregatedreportdata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import no.rapport.records.Documents;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureRuleTexts;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.RuleSet;
import org.junit.jupiter.api.Test;

/// Holds each rule set to what it was when it was released: its texts, and what the code of the newest one computes from
/// fixed records. `rule-sets.txt` has a line for each version and figure.
class RuleSetTest {

  private static final String HOW_TO_GO_ON = """
      The rules of some figures are not those of rule set %d. If that is intended, add a version to RuleSet with these
      figures and their new texts to FigureRuleTexts, and append these lines to rule-sets.txt:
      """.formatted(RuleSet.CURRENT);

  @Test
  void changesNoRuleWithoutANewVersion() {
    Map<String, String> computed = fingerprints();
    assertThat(released(RuleSet.CURRENT)).as(HOW_TO_GO_ON + lines(computed)).isEqualTo(computed);
  }

  @Test
  void keepsTheTextsOfEveryReleasedVersion() {
    for (RuleSet set : RuleSet.ALL) {
      released(set.version()).forEach((key, fingerprint) -> assertThat(fingerprint.split(" ")[0])
          .as("text of " + key + " in version " + set.version()).isEqualTo(text(key, set.version())));
    }
  }

  @Test
  void namesExactlyTheFiguresThatAVersionChanged() {
    for (int version = 2; version <= RuleSet.CURRENT; version++) {
      Map<String, String> before = released(version - 1);
      var changed = released(version).entrySet().stream()
          .filter(entry -> !entry.getValue().equals(before.get(entry.getKey()))).map(Map.Entry::getKey)
          .collect(Collectors.toSet());
      assertThat(RuleSet.ALL.get(version - 1).figures()).as("version " + version).isEqualTo(changed);
    }
  }

  private static Map<String, String> fingerprints() {
    var computed = new TreeMap<String, StringBuilder>();
    for (long seed = 1; seed <= 3; seed++) {
      var live = new RandomCases(seed, 30, List.of("fagsystem-a")).happen(700, RandomCases.ALL_TYPES);
      for (String period : List.of("2023", "2024-H1", "2024-Q3")) {
        var tallying = new Tallying(ReportingPeriod.of(period));
        live.forEach(tallying);
        FigureRules.figures(tallying.total()).forEach(figure ->
            computed.computeIfAbsent(figure.fieldKey(), _ -> new StringBuilder()).append(Documents.write(figure)));
      }
    }
    var fingerprints = new TreeMap<String, String>();
    computed.forEach((key, figures) ->
        fingerprints.put(key, text(key, RuleSet.CURRENT) + " " + hash(figures.toString())));
    return fingerprints;
  }

  private static String text(String key, int version) {
    return hash(List.of(ReportLocale.NB, ReportLocale.NN, ReportLocale.EN).stream()
        .map(locale -> FigureRuleTexts.of(key, version, locale).orElseThrow()).collect(Collectors.joining("\n")));
  }

  private static String hash(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
          .digest(text.getBytes(StandardCharsets.UTF_8)), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> released(int version) {
    try (var in = RuleSetTest.class.getResourceAsStream("rule-sets.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(line -> line.split(" ", 3))
          .filter(line -> line[0].equals(Integer.toString(version)))
          .collect(Collectors.toMap(line -> line[1], line -> line[2], (a, _) -> a, TreeMap::new));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String lines(Map<String, String> fingerprints) {
    return FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key)
        .map(key -> "%d %s %s".formatted(RuleSet.CURRENT + 1, key, fingerprints.get(key)))
        .collect(Collectors.joining("\n"));
  }
}
