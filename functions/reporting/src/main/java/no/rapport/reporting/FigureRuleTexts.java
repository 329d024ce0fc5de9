package no.rapport.reporting;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What each figure counts, in words: Bokmål, Nynorsk and English. There is no Northern Sami text yet; readers of it
/// get Bokmål.
///
/// A text belongs to the rule sets from one version on. When a rule changes, its new text is added beside the old one,
/// so that old snapshots are still explained by the rules that made them.
public final class FigureRuleTexts {

  private record RuleText(String key, int since, LocalizedText text) {}

  private static final LocalizedText OPEN = text(
      "Åpent ved periodens slutt betyr startet senest på periodens siste dag og ikke avsluttet senest den dagen.",
      "Ope ved slutten av perioden tyder starta seinast den siste dagen i perioden og ikkje avslutta seinast den "
          + "dagen.",
      "Open at the end of the period means started on or before its last day, and not ended on or before that day.");
  private static final LocalizedText PLACEMENT = text(
      "En plassering utenfor hjemmet er et tiltak i kategori 1.1, 1.2, 1.99, 2.1–2.6, 2.99 eller 8.2.",
      "Ei plassering utanfor heimen er eit tiltak i kategori 1.1, 1.2, 1.99, 2.1–2.6, 2.99 eller 8.2.",
      "A placement outside the home is a measure of category 1.1, 1.2, 1.99, 2.1–2.6, 2.99 or 8.2.");
  private static final LocalizedText CARE_ORDER = text(
      "En omsorgsovertakelse er et tiltak etter barnevernsloven av 2021 § 5-1, eller etter loven av 1992 § 4-12, § 4-8 "
          + "andre eller tredje ledd, eller § 4-8 med henvisning til § 4-12.",
      "Ei omsorgsovertaking er eit tiltak etter barnevernslova av 2021 § 5-1, eller etter lova av 1992 § 4-12, § 4-8 "
          + "andre eller tredje ledd, eller § 4-8 med tilvising til § 4-12.",
      "A care order is a measure under section 5-1 of the Child Welfare Act of 2021, or under section 4-12 of the act "
          + "of 1992, its section 4-8 second or third paragraph, or its section 4-8 with reference to section 4-12.");
  private static final LocalizedText ASSISTANCE = text(
      "Et hjelpetiltak er et tiltak som verken er en plassering utenfor hjemmet eller en omsorgsovertakelse.",
      "Eit hjelpetiltak er eit tiltak som korkje er ei plassering utanfor heimen eller ei omsorgsovertaking.",
      "An assistance measure is a measure that is neither a placement outside the home nor a care order.");
  private static final LocalizedText FOSTER_HOME = text(
      "Fosterhjem er kategori 2.1–2.4 og 2.99.",
      "Fosterheim er kategori 2.1–2.4 og 2.99.",
      "Foster homes are categories 2.1–2.4 and 2.99.");
  private static final LocalizedText ONCE = text(
      "Hvert barn telles én gang.", "Kvart barn blir talt éin gong.", "Each child counts once.");
  private static final LocalizedText LAST_OF_MONTH = text(
      "Finnes ikke dagen i måneden, gjelder månedens siste dag.",
      "Finst ikkje dagen i månaden, gjeld den siste dagen i månaden.",
      "If the month has no such day, its last day applies.");

  private static final List<RuleText> TEXTS = List.of(
      rule("antall_meldinger_mottatt",
          "Meldinger mottatt i perioden.",
          "Meldingar mottekne i perioden.",
          "Reports of concern received in the period."),
      rule("antall_barn_med_melding",
          "Barn med minst én melding mottatt i perioden.",
          "Barn med minst éi melding motteken i perioden.",
          "Children with at least one report of concern received in the period.", ONCE),
      rule("antall_meldinger_henlagt",
          "Meldinger konkludert i perioden som ble henlagt (konklusjon 1, 3, 5, 6, 9 eller 10).",
          "Meldingar konkluderte i perioden som vart lagde bort (konklusjon 1, 3, 5, 6, 9 eller 10).",
          "Reports of concern concluded in the period that were dismissed (conclusion 1, 3, 5, 6, 9 or 10)."),
      rule("antall_meldinger_til_undersokelse",
          "Meldinger konkludert i perioden som gikk til undersøkelse (konklusjon 2).",
          "Meldingar konkluderte i perioden som gjekk til undersøking (konklusjon 2).",
          "Reports of concern concluded in the period that led to an investigation (conclusion 2)."),
      rule("andel_meldinger_konkludert_innen_frist",
          "Andelen av meldingene konkludert i perioden som ble konkludert senest 7 dager etter at de ble mottatt.",
          "Delen av meldingane konkluderte i perioden som vart konkluderte seinast 7 dagar etter at dei vart mottekne.",
          "The share of the reports of concern concluded in the period that were concluded within 7 days of receipt."),

      rule("antall_undersokelser_pabegynt",
          "Undersøkelser startet i perioden.",
          "Undersøkingar starta i perioden.",
          "Investigations started in the period."),
      rule("antall_undersokelser_avsluttet",
          "Undersøkelser avsluttet i perioden.",
          "Undersøkingar avslutta i perioden.",
          "Investigations completed in the period."),
      rule("antall_undersokelser_henlagt",
          "Undersøkelser avsluttet i perioden som ble henlagt (konklusjon 3–9).",
          "Undersøkingar avslutta i perioden som vart lagde bort (konklusjon 3–9).",
          "Investigations completed in the period that were dismissed (conclusion 3–9)."),
      rule("antall_undersokelser_med_tiltak",
          "Undersøkelser avsluttet i perioden som endte med tiltak (konklusjon 1 eller 2).",
          "Undersøkingar avslutta i perioden som enda med tiltak (konklusjon 1 eller 2).",
          "Investigations completed in the period that led to measures (conclusion 1 or 2)."),
      rule("antall_fristbrudd_undersokelser",
          "Undersøkelser avsluttet i perioden mer enn 3 kalendermåneder etter start, eller 6 ved utvidet frist.",
          "Undersøkingar avslutta i perioden meir enn 3 kalendermånader etter start, eller 6 ved utvida frist.",
          "Investigations completed in the period more than 3 calendar months after their start, or 6 where the limit "
              + "was extended.", LAST_OF_MONTH),
      rule("andel_undersokelser_innen_frist",
          "Andelen av undersøkelsene avsluttet i perioden som ble avsluttet innen 3 kalendermåneder etter start, eller "
              + "6 ved utvidet frist.",
          "Delen av undersøkingane avslutta i perioden som vart avslutta innan 3 kalendermånader etter start, eller "
              + "6 ved utvida frist.",
          "The share of the investigations completed in the period that were completed within 3 calendar months of "
              + "their start, or 6 where the limit was extended.", LAST_OF_MONTH),
      rule("gjennomsnittlig_behandlingstid_undersokelser",
          "Gjennomsnittlig antall dager fra start til slutt for undersøkelsene avsluttet i perioden.",
          "Gjennomsnittleg tal på dagar frå start til slutt for undersøkingane avslutta i perioden.",
          "The mean number of days from start to end of the investigations completed in the period."),

      rule("antall_barn_med_hjelpetiltak",
          "Barn med minst ett hjelpetiltak som startet senest på periodens siste dag og ikke var avsluttet før "
              + "periodens første dag.",
          "Barn med minst eitt hjelpetiltak som starta seinast den siste dagen i perioden og ikkje var avslutta før "
              + "den første dagen.",
          "Children with at least one assistance measure that started on or before the last day of the period and had "
              + "not ended before its first day.", ASSISTANCE, PLACEMENT, CARE_ORDER, ONCE),
      rule("antall_barn_med_hjelpetiltak_ved_periodeslutt",
          "Barn med minst ett hjelpetiltak åpent ved periodens slutt.",
          "Barn med minst eitt hjelpetiltak ope ved slutten av perioden.",
          "Children with at least one assistance measure open at the end of the period.",
          OPEN, ASSISTANCE, PLACEMENT, CARE_ORDER, ONCE),
      rule("antall_nye_barn_med_tiltak",
          "Barn hvis første tiltak, uansett slag, startet i perioden.",
          "Barn der det første tiltaket, uansett slag, starta i perioden.",
          "Children whose first measure of any kind started in the period.", ONCE),
      rule("antall_barn_hjelpetiltak_med_tiltaksplan",
          "Barn med minst ett hjelpetiltak og minst én tiltaksplan (plantype 1), begge åpne ved periodens slutt.",
          "Barn med minst eitt hjelpetiltak og minst éin tiltaksplan (plantype 1), begge opne ved slutten av perioden.",
          "Children with at least one assistance measure and at least one plan of measures (plan type 1), both open at "
              + "the end of the period.", OPEN, ASSISTANCE, PLACEMENT, CARE_ORDER, ONCE),
      rule("andel_barn_hjelpetiltak_med_tiltaksplan",
          "Andelen av barna med hjelpetiltak åpent ved periodens slutt som da har en åpen tiltaksplan (plantype 1).",
          "Delen av barna med hjelpetiltak ope ved slutten av perioden som då har ein open tiltaksplan (plantype 1).",
          "The share of the children with an assistance measure open at the end of the period who have a plan of "
              + "measures (plan type 1) open then.", OPEN, ASSISTANCE, PLACEMENT, CARE_ORDER, ONCE),
      rule("antall_barn_hjelpetiltak_med_evaluert_plan",
          "Barn med minst ett hjelpetiltak åpent ved periodens slutt og en tiltaksplan (plantype 1) som er åpen da, "
              + "startet 3 måneder eller mer før periodens siste dag og ble evaluert i perioden.",
          "Barn med minst eitt hjelpetiltak ope ved slutten av perioden og ein tiltaksplan (plantype 1) som er open "
              + "då, starta 3 månader eller meir før den siste dagen i perioden og vart evaluert i perioden.",
          "Children with at least one assistance measure open at the end of the period and a plan of measures (plan "
              + "type 1) that is open then, started 3 months or more before the last day of the period and was "
              + "evaluated in the period.", LAST_OF_MONTH, OPEN, ASSISTANCE, PLACEMENT, CARE_ORDER, ONCE),

      rule("antall_barn_plassert_utenfor_hjemmet",
          "Barn med minst én plassering utenfor hjemmet åpen ved periodens slutt.",
          "Barn med minst éi plassering utanfor heimen open ved slutten av perioden.",
          "Children with at least one placement outside the home open at the end of the period.",
          OPEN, PLACEMENT, ONCE),
      rule("antall_barn_med_omsorgsovertakelse",
          "Barn med minst én omsorgsovertakelse åpen ved periodens slutt.",
          "Barn med minst éi omsorgsovertaking open ved slutten av perioden.",
          "Children with at least one care order open at the end of the period.", OPEN, CARE_ORDER, ONCE),
      rule("antall_akuttplasseringer",
          "Plasseringer utenfor hjemmet startet i perioden etter barnevernsloven av 2021 kapittel 4, eller etter loven "
              + "av 1992 § 4-6, § 4-25 eller § 4-29.",
          "Plasseringar utanfor heimen starta i perioden etter barnevernslova av 2021 kapittel 4, eller etter lova av "
              + "1992 § 4-6, § 4-25 eller § 4-29.",
          "Placements outside the home started in the period under chapter 4 of the Child Welfare Act of 2021, or "
              + "under section 4-6, 4-25 or 4-29 of the act of 1992.", PLACEMENT),
      rule("antall_barn_i_fosterhjem",
          "Barn med minst ett fosterhjemstiltak åpent ved periodens slutt.",
          "Barn med minst eitt fosterheimstiltak ope ved slutten av perioden.",
          "Children with at least one foster-home measure open at the end of the period.", OPEN, FOSTER_HOME, ONCE),
      rule("andel_barn_i_fosterhjem",
          "Andelen av barna plassert utenfor hjemmet ved periodens slutt som har et fosterhjemstiltak åpent da.",
          "Delen av barna plasserte utanfor heimen ved slutten av perioden som har eit fosterheimstiltak ope då.",
          "The share of the children placed outside the home at the end of the period who have a foster-home measure "
              + "open then.", OPEN, PLACEMENT, FOSTER_HOME, ONCE),
      rule("antall_barn_i_institusjon",
          "Barn med minst ett institusjonstiltak (kategori 1.1, 1.2 eller 1.99) åpent ved periodens slutt.",
          "Barn med minst eitt institusjonstiltak (kategori 1.1, 1.2 eller 1.99) ope ved slutten av perioden.",
          "Children with at least one institutional measure (category 1.1, 1.2 or 1.99) open at the end of the period.",
          OPEN, ONCE),
      rule("antall_flyttinger",
          "Flyttinger med dato i perioden.",
          "Flyttingar med dato i perioden.",
          "Moves dated in the period."),
      rule("antall_barn_med_omsorgsplan",
          "Barn med minst én omsorgsovertakelse og minst én omsorgsplan (plantype 4), begge åpne ved periodens slutt.",
          "Barn med minst éi omsorgsovertaking og minst éin omsorgsplan (plantype 4), begge opne ved slutten av "
              + "perioden.",
          "Children with at least one care order and at least one care plan (plan type 4), both open at the end of the "
              + "period.", OPEN, CARE_ORDER, ONCE),

      rule("antall_oppfolgingsbesok_fosterhjem",
          "Oppfølgingsbesøk med dato i perioden.",
          "Oppfølgingsbesøk med dato i perioden.",
          "Follow-up visits dated in the period."),
      rule("antall_barn_oppfolgingskrav_ikke_oppfylt",
          "Barn med et fosterhjemstiltak som er åpent ved periodens slutt og startet 12 måneder eller mer før "
              + "periodens siste dag, og med færre oppfølgingsbesøk i perioden enn kravet: besøk per år × periodens "
              + "måneder / 12, rundet ned. Ett tiltak med for få besøk er nok.",
          "Barn med eit fosterheimstiltak som er ope ved slutten av perioden og starta 12 månader eller meir før den "
              + "siste dagen i perioden, og med færre oppfølgingsbesøk i perioden enn kravet: besøk per år × månadene "
              + "i perioden / 12, runda ned. Eitt tiltak med for få besøk er nok.",
          "Children with a foster-home measure that is open at the end of the period and started 12 months or more "
              + "before its last day, and with fewer follow-up visits in the period than required: visits a year × "
              + "months of the period / 12, rounded down. One measure with too few visits is enough.",
          LAST_OF_MONTH, OPEN, FOSTER_HOME, ONCE),
      rule("antall_tilsynsbesok_fosterhjem",
          "Tilsynsbesøk med dato i perioden.",
          "Tilsynsbesøk med dato i perioden.",
          "Supervision visits dated in the period."),
      rule("antall_barn_tilsynskrav_ikke_oppfylt",
          "Barn med et fosterhjemstiltak som er åpent ved periodens slutt og startet 12 måneder eller mer før "
              + "periodens siste dag, og med færre tilsynsbesøk i perioden enn kravet: besøk per år × periodens "
              + "måneder / 12, rundet ned. Ett tiltak med for få besøk er nok.",
          "Barn med eit fosterheimstiltak som er ope ved slutten av perioden og starta 12 månader eller meir før den "
              + "siste dagen i perioden, og med færre tilsynsbesøk i perioden enn kravet: besøk per år × månadene i "
              + "perioden / 12, runda ned. Eitt tiltak med for få besøk er nok.",
          "Children with a foster-home measure that is open at the end of the period and started 12 months or more "
              + "before its last day, and with fewer supervision visits in the period than required: visits a year × "
              + "months of the period / 12, rounded down. One measure with too few visits is enough.",
          LAST_OF_MONTH, OPEN, FOSTER_HOME, ONCE),

      rule("antall_unge_med_ettervern",
          "Unge som er 18–24 år på periodens siste dag og har minst ett tiltak åpent ved periodens slutt. Alderen tas "
              + "fra den nyeste saken; unge uten sak telles ikke.",
          "Unge som er 18–24 år den siste dagen i perioden og har minst eitt tiltak ope ved slutten av perioden. "
              + "Alderen er henta frå den nyaste saka; unge utan sak blir ikkje talde.",
          "Young people aged 18–24 on the last day of the period with at least one measure open at its end. The age is "
              + "taken from the newest case; those without a case are not counted.", OPEN),
      rule("andel_ettervernstilbud_akseptert",
          "Andelen av tilbudene om ettervern konkludert i perioden som ble akseptert (konklusjon 1).",
          "Delen av tilboda om ettervern konkluderte i perioden som vart aksepterte (konklusjon 1).",
          "The share of the offers of aftercare concluded in the period that were accepted (conclusion 1)."),

      rule("antall_arsverk",
          "Summen av stillingsprosentene, delt på 100, for stillinger som er åpne og besatt ved periodens slutt.",
          "Summen av stillingsprosentane, delt på 100, for stillingar som er opne og fylte ved slutten av perioden.",
          "The sum of the percentages of full time, divided by 100, of positions open and filled at the end of the "
              + "period.", OPEN),
      rule("andel_arsverk_med_kompetansekrav",
          "Andelen av årsverkene i stillinger som er åpne og besatt ved periodens slutt, som oppfyller "
              + "kompetansekravet i barnevernsloven § 15-6.",
          "Delen av årsverka i stillingar som er opne og fylte ved slutten av perioden, som oppfyller kompetansekravet "
              + "i barnevernslova § 15-6.",
          "The share of the full-time equivalents in positions open and filled at the end of the period that meet the "
              + "competence requirement of section 15-6 of the Child Welfare Act.", OPEN));

  /// By figure, the newest text first.
  private static final Map<String, List<RuleText>> BY_KEY = TEXTS.stream().collect(Collectors.groupingBy(RuleText::key,
      Collectors.collectingAndThen(Collectors.toCollection(ArrayList::new), found -> found.reversed())));

  private FigureRuleTexts() {}

  /// Returns the rule of a figure as a rule set has it, or empty where the figure or the version is not known.
  public static Optional<String> of(String fieldKey, int ruleVersion, ReportLocale locale) {
    if (ruleVersion > RuleSet.CURRENT) {
      return Optional.empty();
    }
    return BY_KEY.getOrDefault(fieldKey, List.of()).stream().filter(rule -> rule.since() <= ruleVersion).findFirst()
        .map(rule -> rule.text().in(locale));
  }

  /// A rule as it is since the first rule set.
  private static RuleText rule(String key, String nb, String nn, String en, LocalizedText... definitions) {
    List<LocalizedText> parts = Stream.concat(Stream.of(text(nb, nn, en)), Stream.of(definitions)).toList();
    return new RuleText(key, 1, text(joined(parts, LocalizedText::nb), joined(parts, LocalizedText::nn),
        joined(parts, LocalizedText::en)));
  }

  private static LocalizedText text(String nb, String nn, String en) {
    return new LocalizedText(nb, nn, "", en);
  }

  private static String joined(List<LocalizedText> parts, Function<LocalizedText, String> language) {
    return parts.stream().map(language).collect(Collectors.joining(" "));
  }
}
