package no.rapport.aggregatedreportdata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureChanges;
import no.rapport.reporting.FigureRuleTexts;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.HiddenFigures;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.RuleSet;
import no.rapport.reporting.ShownFigure;
import no.rapport.reporting.Suppression;

/// How one figure of a snapshot was made, from what its aggregation counted.
///
/// Where small counts are hidden, an explanation shows no count that a file with the same rule does not show: the value
/// as the file has it, numerator and denominator only where they are figures of the file, and neither the records
/// considered nor those excluded, since hidden counts could be computed from them. Positions are never hidden in files
/// and so are not here.
///
/// @param locale the language of the rule and the reasons
record ExplanationJson(ReportLocale locale, Suppression suppression) {

  private static final String HR = "hr-system";
  private static final Map<String, String> NUMERATOR_FIGURES = Map.of(
      "andel_barn_hjelpetiltak_med_tiltaksplan", "antall_barn_hjelpetiltak_med_tiltaksplan",
      "andel_barn_i_fosterhjem", "antall_barn_i_fosterhjem");
  private static final Map<String, String> DENOMINATOR_FIGURES = Map.of(
      "andel_undersokelser_innen_frist", "antall_undersokelser_avsluttet",
      "gjennomsnittlig_behandlingstid_undersokelser", "antall_undersokelser_avsluttet",
      "andel_barn_hjelpetiltak_med_tiltaksplan", "antall_barn_med_hjelpetiltak_ved_periodeslutt",
      "andel_barn_i_fosterhjem", "antall_barn_plassert_utenfor_hjemmet");

  /// @param comparability with the same figure one year back; empty where there is none
  ObjectNode of(Snapshot snapshot, FigureCatalogue.Figure entry, Optional<Comparability> comparability) {
    List<Figure> figures = snapshot.aggregate().map(Snapshot.Aggregate::figures).orElse(List.of());
    Optional<Figure> figure = figures.stream().filter(f -> f.fieldKey().equals(entry.key())).findFirst();
    Set<String> hidden = hidden(figures);
    Optional<String> absent = absent(figure);
    Optional<Figure.Counts> counts = figure.flatMap(Figure::counts).filter(_ -> absent.isEmpty());
    boolean isPlainCount = counts.filter(c -> c.denominator().isEmpty()).isPresent();
    boolean showsAll = suppression == Suppression.NONE || entry.defaultDataSource().equals(HR);

    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("field_key", entry.key());
    put(json, "value", figure.flatMap(Figure::value), !hidden.contains(entry.key()));
    json.put("unit", entry.unit().word());
    json.put("rule", FigureRuleTexts.of(entry.key(), snapshot.ruleVersion(), locale).orElse(null));
    json.put("rule_version", snapshot.ruleVersion() == RuleSet.UNKNOWN ? null : snapshot.ruleVersion());
    put(json, "numerator", counts.map(Figure.Counts::numerator), showsAll
        || isShown(isPlainCount ? entry.key() : NUMERATOR_FIGURES.get(entry.key()), hidden));
    put(json, "denominator", counts.flatMap(Figure.Counts::denominator), showsAll
        || isShown(DENOMINATOR_FIGURES.get(entry.key()), hidden));
    put(json, "records_considered", counts.map(c -> BigDecimal.valueOf(c.recordsConsidered())), showsAll);
    ArrayNode excluded = json.putArray("excluded");
    counts.map(Figure.Counts::excluded).orElse(List.of()).forEach(reason -> {
      ObjectNode one = excluded.addObject().put("reason", reason.reason());
      put(one, "count", Optional.of(BigDecimal.valueOf(reason.count())), showsAll);
      one.put("text", text(reason.reason()));
    });
    json.put("data_source", figure.map(Figure::dataSource).orElse(entry.defaultDataSource()));
    json.put("comparability", comparability.map(Comparability::word).orElse(null));
    json.put("locale", locale.tag());
    json.put("suppression", suppression.word());
    absent.ifPresentOrElse(reason -> {
      ObjectNode why = json.putObject("absent").put("reason", reason);
      ArrayNode types = why.putArray("record_types");
      figure.flatMap(Figure::counts).map(Figure.Counts::missing).orElse(List.of()).forEach(types::add);
    }, () -> json.putNull("absent"));
    return json;
  }

  /// Why there are no counts, or empty if there are.
  private static Optional<String> absent(Optional<Figure> figure) {
    if (figure.isEmpty()) {
      return Optional.of("not_aggregated");
    }
    if (figure.get().counts().isEmpty()) {
      return Optional.of("not_recorded");
    }
    if (figure.get().value().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(figure.get().counts().get().missing().isEmpty() ? "zero_denominator" : "no_records");
  }

  private Set<String> hidden(List<Figure> figures) {
    var values = new HashMap<String, BigDecimal>();
    var shares = new HashMap<String, FigureSnapshot.Fraction>();
    figures.forEach(figure -> {
      figure.value().ifPresent(value -> values.put(figure.fieldKey(), value));
      figure.share().ifPresent(share -> shares.put(figure.fieldKey(), share));
    });
    return HiddenFigures.of(values, shares, suppression);
  }

  private static boolean isShown(String fieldKey, Set<String> hidden) {
    return fieldKey != null && !hidden.contains(fieldKey);
  }

  private String text(String reason) {
    return Arrays.stream(Exclusion.values()).filter(known -> known.word().equals(reason)).findFirst()
        .map(known -> known.text(locale)).orElse(null);
  }

  private static void put(ObjectNode json, String name, Optional<BigDecimal> value, boolean shown) {
    if (value.isPresent() && !shown) {
      json.put(name, ShownFigure.HIDDEN_MARK);
    } else {
      FigureChanges.putNumber(json, name, value);
    }
  }
}
