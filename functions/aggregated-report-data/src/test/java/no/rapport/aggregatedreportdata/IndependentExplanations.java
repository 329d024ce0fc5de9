package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.IndependentFigures.amount;
import static no.rapport.aggregatedreportdata.IndependentFigures.days;
import static no.rapport.aggregatedreportdata.IndependentFigures.entries;
import static no.rapport.aggregatedreportdata.IndependentFigures.isAcute;
import static no.rapport.aggregatedreportdata.IndependentFigures.isCareOrder;
import static no.rapport.aggregatedreportdata.IndependentFigures.isFosterHome;
import static no.rapport.aggregatedreportdata.IndependentFigures.isOneOf;
import static no.rapport.aggregatedreportdata.IndependentFigures.isPlacement;
import static no.rapport.aggregatedreportdata.IndependentFigures.later;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import no.rapport.sourcedata.CaseRecord;

/// How the 34 figures are made, a second time: all records of a type are poured through a list of sieves, one reason
/// after the other. It shares no code with what it checks.
final class IndependentExplanations {

  /// @param excluded reason and count, in order
  record Explanation(BigDecimal numerator, BigDecimal denominator, long considered, Map<String, Long> excluded) {}

  private final IndependentFigures data;
  private final Map<String, Explanation> explanations = new HashMap<>();

  private IndependentExplanations(IndependentFigures data) {
    this.data = data;
  }

  static Map<String, Explanation> of(List<CaseRecord> records, String periodId) {
    var computation = new IndependentExplanations(
        new IndependentFigures(IndependentFigures.rows(records), periodId));
    computation.meldinger();
    computation.undersokelser();
    computation.tiltak();
    computation.others();
    return computation.explanations;
  }

  /// Records on their way through the sieves.
  private final class Sieve {

    private List<Map<String, String>> left;
    private final long considered;
    private final Map<String, Long> excluded = new LinkedHashMap<>();

    Sieve(List<Map<String, String>> all) {
      left = new ArrayList<>(all);
      considered = all.size();
    }

    Sieve without(String reason, Predicate<Map<String, String>> which) {
      long before = left.size();
      left = left.stream().filter(which.negate()).toList();
      excluded.put(reason, before - left.size());
      return this;
    }

    Sieve oncePerChild() {
      var seen = new HashSet<String>();
      return without("same_child", row -> !seen.add(row.get("barn_id")));
    }

    void count(String key) {
      explanations.put(key, new Explanation(BigDecimal.valueOf(left.size()), null, considered, excluded));
    }

    void share(String key, BigDecimal numerator) {
      fraction(key, numerator, BigDecimal.valueOf(left.size()));
    }

    void fraction(String key, BigDecimal numerator, BigDecimal denominator) {
      explanations.put(key, new Explanation(numerator, denominator, considered, excluded));
    }
  }

  private Sieve all(String type) {
    return new Sieve(data.all(type, _ -> true));
  }

  private void meldinger() {
    all("melding").without("received_outside_period", r -> !data.in(r, "mottatt_dato"))
        .count("antall_meldinger_mottatt");
    all("melding").without("received_outside_period", r -> !data.in(r, "mottatt_dato")).oncePerChild()
        .count("antall_barn_med_melding");
    concluded().without("other_conclusion", r -> !isOneOf(r, "konklusjon", "1 3 5 6 9 10"))
        .count("antall_meldinger_henlagt");
    concluded().without("other_conclusion", r -> !isOneOf(r, "konklusjon", "2"))
        .count("antall_meldinger_til_undersokelse");
    Sieve all = concluded();
    all.share("andel_meldinger_konkludert_innen_frist", BigDecimal.valueOf(
        amount(all.left, r -> days(r.get("mottatt_dato"), r.get("konkludert_dato")) <= 7)));
  }

  private Sieve concluded() {
    return all("melding").without("not_concluded", r -> !r.containsKey("konkludert_dato"))
        .without("concluded_outside_period", r -> !data.in(r, "konkludert_dato"));
  }

  private void undersokelser() {
    all("undersokelse").without("started_outside_period", r -> !data.in(r, "start"))
        .count("antall_undersokelser_pabegynt");
    ended().count("antall_undersokelser_avsluttet");
    ended().without("other_conclusion", r -> !isOneOf(r, "konklusjon", "3 4 5 6 7 8 9"))
        .count("antall_undersokelser_henlagt");
    ended().without("other_conclusion", r -> !isOneOf(r, "konklusjon", "1 2")).count("antall_undersokelser_med_tiltak");
    Sieve late = ended().without("within_limit", r -> r.get("slutt").compareTo(
        later(r.get("start"), r.get("utvidet_frist").equals("true") ? 6 : 3)) <= 0);
    late.count("antall_fristbrudd_undersokelser");
    Sieve all = ended();
    all.share("andel_undersokelser_innen_frist", BigDecimal.valueOf(all.left.size() - late.left.size()));
    all.share("gjennomsnittlig_behandlingstid_undersokelser", BigDecimal.valueOf(
        all.left.stream().mapToLong(r -> days(r.get("start"), r.get("slutt"))).sum()));
  }

  private Sieve ended() {
    return all("undersokelse").without("not_ended", r -> !r.containsKey("slutt"))
        .without("ended_outside_period", r -> !data.in(r, "slutt"));
  }

  private void tiltak() {
    Set<String> planned = data.openPlans("1", _ -> true);
    Set<String> evaluated = data.openPlans("1", r -> later(r.get("start"), 3).compareTo(data.last) <= 0
        && entries(r, "evalueringer").anyMatch(data::in));
    Set<String> carePlanned = data.openPlans("4", _ -> true);
    assistance().without("outside_period", r -> r.get("start").compareTo(data.last) > 0
        || r.containsKey("slutt") && r.get("slutt").compareTo(data.first) < 0).oncePerChild()
        .count("antall_barn_med_hjelpetiltak");
    Sieve helped = assistance().without("not_open_at_period_end", r -> !data.isOpen(r)).oncePerChild();
    helped.count("antall_barn_med_hjelpetiltak_ved_periodeslutt");
    Sieve withPlan = assistance().without("not_open_at_period_end", r -> !data.isOpen(r)).oncePerChild()
        .without("no_open_plan", r -> !planned.contains(r.get("barn_id")));
    withPlan.count("antall_barn_hjelpetiltak_med_tiltaksplan");
    helped.share("andel_barn_hjelpetiltak_med_tiltaksplan", BigDecimal.valueOf(withPlan.left.size()));
    assistance().without("not_open_at_period_end", r -> !data.isOpen(r)).oncePerChild()
        .without("no_evaluated_plan", r -> !evaluated.contains(r.get("barn_id")))
        .count("antall_barn_hjelpetiltak_med_evaluert_plan");
    firstMeasures();

    Sieve placed = open(all("tiltak").without("not_placement", r -> !isPlacement(r)));
    placed.count("antall_barn_plassert_utenfor_hjemmet");
    open(all("tiltak").without("not_care_order", r -> !isCareOrder(r))).count("antall_barn_med_omsorgsovertakelse");
    open(all("tiltak").without("not_care_order", r -> !isCareOrder(r)))
        .without("no_open_plan", r -> !carePlanned.contains(r.get("barn_id"))).count("antall_barn_med_omsorgsplan");
    all("tiltak").without("not_placement", r -> !isPlacement(r)).without("not_acute", r -> !isAcute(r))
        .without("started_outside_period", r -> !data.in(r, "start")).count("antall_akuttplasseringer");
    Sieve foster = open(all("tiltak").without("not_foster_home", r -> !isFosterHome(r)));
    foster.count("antall_barn_i_fosterhjem");
    placed.share("andel_barn_i_fosterhjem", BigDecimal.valueOf(foster.left.size()));
    open(all("tiltak").without("not_institution", r -> !isOneOf(r, "kategori", "1.1 1.2 1.99")))
        .count("antall_barn_i_institusjon");
    unmet("oppfolging", "hyppighet_oppf", "antall_barn_oppfolgingskrav_ikke_oppfylt");
    unmet("tilsyn", "hyppighet_tilsyn", "antall_barn_tilsynskrav_ikke_oppfylt");
  }

  private Sieve assistance() {
    return all("tiltak").without("placement", IndependentFigures::isPlacement)
        .without("care_order", IndependentFigures::isCareOrder);
  }

  private Sieve open(Sieve sieve) {
    return sieve.without("not_open_at_period_end", r -> !data.isOpen(r)).oncePerChild();
  }

  private void firstMeasures() {
    Map<String, String> earliest = data.all("tiltak", _ -> true).stream().collect(Collectors.toMap(
        r -> r.get("barn_id"), r -> r.get("start"), (a, b) -> a.compareTo(b) < 0 ? a : b));
    var seen = new HashSet<String>();
    all("tiltak").without("not_first_of_child", r -> !r.get("start").equals(earliest.get(r.get("barn_id")))
        || !seen.add(r.get("barn_id")))
        .without("started_outside_period", r -> !data.in(r, "start")).count("antall_nye_barn_med_tiltak");
  }

  private void unmet(String type, String frequency, String key) {
    List<Map<String, String>> made = data.all("besok", r -> isOneOf(r, "besok_type", type) && data.in(r, "dato"));
    all("tiltak").without("not_foster_home", r -> !isFosterHome(r))
        .without("not_open_at_period_end", r -> !data.isOpen(r))
        .without("started_too_late", r -> later(r.get("start"), 12).compareTo(data.last) > 0)
        .without("requirement_met", r -> amount(made, v -> v.get("barn_id").equals(r.get("barn_id")))
            >= Integer.parseInt(r.get(frequency)) * data.months / 12)
        .oncePerChild().count(key);
  }

  private void others() {
    all("flytting").without("outside_period", r -> !data.in(r, "dato")).count("antall_flyttinger");
    for (String type : List.of("oppfolging", "tilsyn")) {
      new Sieve(data.all("besok", r -> isOneOf(r, "besok_type", type)))
          .without("outside_period", r -> !data.in(r, "dato")).count("antall_" + type + "sbesok_fosterhjem");
    }
    var born = new HashMap<String, String>();
    data.all("sak", _ -> true).stream().sorted((a, b) -> a.get("updated_at").compareTo(b.get("updated_at")))
        .forEach(r -> born.put(r.get("barn_id"), r.get("fodt")));
    open(all("tiltak")).without("age_unknown", r -> !born.containsKey(r.get("barn_id")))
        .without("other_age", r -> {
          String birth = born.get(r.get("barn_id"));
          int years = Integer.parseInt(data.last.substring(0, 4)) - Integer.parseInt(birth.substring(0, 4));
          int age = data.last.substring(5).compareTo(birth.substring(5)) < 0 ? years - 1 : years;
          return age < 18 || age > 24;
        }).count("antall_unge_med_ettervern");
    Sieve offered = all("ettervern").without("concluded_outside_period", r -> !data.in(r, "konkludert"));
    offered.share("andel_ettervernstilbud_akseptert",
        BigDecimal.valueOf(amount(offered.left, r -> isOneOf(r, "konklusjon", "1"))));
    Sieve positions = all("stilling").without("not_open_at_period_end", r -> !data.isOpen(r))
        .without("vacant", r -> !r.get("besatt").equals("true"));
    BigDecimal staffed = percent(positions.left, _ -> true);
    positions.fraction("antall_arsverk", staffed, BigDecimal.valueOf(100));
    positions.fraction("andel_arsverk_med_kompetansekrav",
        percent(positions.left, r -> r.get("oppfyller_15_6").equals("true")), staffed);
  }

  private static BigDecimal percent(List<Map<String, String>> rows, Predicate<Map<String, String>> which) {
    return rows.stream().filter(which).map(r -> new BigDecimal(r.get("prosent")))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
