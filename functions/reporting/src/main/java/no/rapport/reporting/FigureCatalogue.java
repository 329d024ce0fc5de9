package no.rapport.reporting;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The 34 figures of a child-welfare snapshot as reports name them: sections, keys, units, usual sources and labels, in
/// the order of KOSTRA form 15. The rules of computation are elsewhere, see [RuleSet].
public final class FigureCatalogue {

  private static final String CIS = "fagsystem-cis";
  private static final String MANUAL = "manual";
  private static final String HR = "hr-system";

  private static final List<Section> SECTIONS = List.of(
      section("meldinger", "Meldinger", "Meldingar", "Reports of concern",
          figure(1, "antall_meldinger_mottatt", Unit.COUNT, CIS,
              "Mottatte meldinger",
              "Mottekne meldingar",
              "Reports received"),
          figure(2, "antall_barn_med_melding", Unit.CHILDREN, CIS,
              "Barn med melding",
              "Barn med melding",
              "Children with a report"),
          figure(3, "antall_meldinger_henlagt", Unit.COUNT, CIS,
              "Henlagte meldinger",
              "Meldingar lagde bort",
              "Reports dismissed"),
          figure(4, "antall_meldinger_til_undersokelse", Unit.COUNT, CIS,
              "Meldinger som gikk til undersøkelse",
              "Meldingar som gjekk til undersøking",
              "Reports that led to an investigation"),
          figure(5, "andel_meldinger_konkludert_innen_frist", Unit.PERCENT, CIS,
              "Meldinger konkludert innen fristen på 7 dager",
              "Meldingar konkluderte innan fristen på 7 dagar",
              "Reports concluded within the 7-day limit")),
      section("undersokelser", "Undersøkelser", "Undersøkingar", "Investigations",
          figure(6, "antall_undersokelser_pabegynt", Unit.COUNT, CIS,
              "Påbegynte undersøkelser",
              "Påbyrja undersøkingar",
              "Investigations begun"),
          figure(7, "antall_undersokelser_avsluttet", Unit.COUNT, CIS,
              "Avsluttede undersøkelser",
              "Avslutta undersøkingar",
              "Investigations completed"),
          figure(8, "antall_undersokelser_henlagt", Unit.COUNT, CIS,
              "Henlagte undersøkelser",
              "Undersøkingar lagde bort",
              "Investigations dismissed"),
          figure(9, "antall_undersokelser_med_tiltak", Unit.COUNT, CIS,
              "Undersøkelser som endte med tiltak",
              "Undersøkingar som enda med tiltak",
              "Investigations that led to measures"),
          figure(10, "antall_fristbrudd_undersokelser", Unit.COUNT, CIS,
              "Undersøkelser avsluttet etter fristen",
              "Undersøkingar avslutta etter fristen",
              "Investigations completed after the limit"),
          figure(11, "andel_undersokelser_innen_frist", Unit.PERCENT, CIS,
              "Undersøkelser avsluttet innen fristen",
              "Undersøkingar avslutta innan fristen",
              "Investigations completed within the limit"),
          figure(12, "gjennomsnittlig_behandlingstid_undersokelser", Unit.DAYS, CIS,
              "Gjennomsnittlig behandlingstid for undersøkelser",
              "Gjennomsnittleg behandlingstid for undersøkingar",
              "Mean duration of investigations")),
      section("hjelpetiltak", "Hjelpetiltak", "Hjelpetiltak", "Assistance measures",
          figure(13, "antall_barn_med_hjelpetiltak", Unit.CHILDREN, CIS,
              "Barn med hjelpetiltak i perioden",
              "Barn med hjelpetiltak i perioden",
              "Children with assistance measures in the period"),
          figure(14, "antall_barn_med_hjelpetiltak_ved_periodeslutt", Unit.CHILDREN, CIS,
              "Barn med hjelpetiltak ved periodens slutt",
              "Barn med hjelpetiltak ved slutten av perioden",
              "Children with assistance measures at the end of the period"),
          figure(15, "antall_nye_barn_med_tiltak", Unit.CHILDREN, CIS,
              "Nye barn med tiltak",
              "Nye barn med tiltak",
              "New children with measures"),
          figure(16, "antall_barn_hjelpetiltak_med_tiltaksplan", Unit.CHILDREN, CIS,
              "Barn med hjelpetiltak og tiltaksplan",
              "Barn med hjelpetiltak og tiltaksplan",
              "Children with assistance measures and a plan"),
          figure(17, "andel_barn_hjelpetiltak_med_tiltaksplan", Unit.PERCENT, CIS,
              "Andel barn med hjelpetiltak som har tiltaksplan",
              "Del av barna med hjelpetiltak som har tiltaksplan",
              "Share of children with assistance measures who have a plan"),
          figure(18, "antall_barn_hjelpetiltak_med_evaluert_plan", Unit.CHILDREN, CIS,
              "Barn med hjelpetiltak og evaluert tiltaksplan",
              "Barn med hjelpetiltak og evaluert tiltaksplan",
              "Children with assistance measures and an evaluated plan")),
      section("barn-under-omsorg", "Barn under omsorg", "Barn under omsorg", "Children in care",
          figure(19, "antall_barn_plassert_utenfor_hjemmet", Unit.CHILDREN, CIS,
              "Barn plassert utenfor hjemmet",
              "Barn plasserte utanfor heimen",
              "Children placed outside the home"),
          figure(20, "antall_barn_med_omsorgsovertakelse", Unit.CHILDREN, CIS,
              "Barn med omsorgsovertakelse",
              "Barn med omsorgsovertaking",
              "Children under a care order"),
          figure(21, "antall_akuttplasseringer", Unit.COUNT, CIS,
              "Akuttplasseringer",
              "Akuttplasseringar",
              "Emergency placements"),
          figure(22, "antall_barn_i_fosterhjem", Unit.CHILDREN, CIS,
              "Barn i fosterhjem",
              "Barn i fosterheim",
              "Children in foster homes"),
          figure(23, "andel_barn_i_fosterhjem", Unit.PERCENT, CIS,
              "Andel plasserte barn som bor i fosterhjem",
              "Del av dei plasserte barna som bur i fosterheim",
              "Share of placed children who live in foster homes"),
          figure(24, "antall_barn_i_institusjon", Unit.CHILDREN, CIS,
              "Barn i institusjon",
              "Barn i institusjon",
              "Children in institutions"),
          figure(25, "antall_flyttinger", Unit.COUNT, CIS,
              "Flyttinger",
              "Flyttingar",
              "Moves"),
          figure(26, "antall_barn_med_omsorgsplan", Unit.CHILDREN, CIS,
              "Barn med omsorgsplan",
              "Barn med omsorgsplan",
              "Children with a care plan")),
      section("oppfolging-og-tilsyn", "Oppfølging og tilsyn", "Oppfølging og tilsyn", "Follow-up and supervision",
          figure(27, "antall_oppfolgingsbesok_fosterhjem", Unit.COUNT, CIS,
              "Oppfølgingsbesøk i fosterhjem",
              "Oppfølgingsbesøk i fosterheim",
              "Follow-up visits to foster homes"),
          figure(28, "antall_barn_oppfolgingskrav_ikke_oppfylt", Unit.CHILDREN, CIS,
              "Barn med færre oppfølgingsbesøk enn kravet",
              "Barn med færre oppfølgingsbesøk enn kravet",
              "Children with fewer follow-up visits than required"),
          figure(29, "antall_tilsynsbesok_fosterhjem", Unit.COUNT, MANUAL,
              "Tilsynsbesøk i fosterhjem",
              "Tilsynsbesøk i fosterheim",
              "Supervision visits to foster homes"),
          figure(30, "antall_barn_tilsynskrav_ikke_oppfylt", Unit.CHILDREN, MANUAL,
              "Barn med færre tilsynsbesøk enn kravet",
              "Barn med færre tilsynsbesøk enn kravet",
              "Children with fewer supervision visits than required")),
      section("ettervern", "Ettervern", "Ettervern", "Aftercare",
          figure(31, "antall_unge_med_ettervern", Unit.YOUNG_PEOPLE, CIS,
              "Unge med ettervern",
              "Unge med ettervern",
              "Young people in aftercare"),
          figure(32, "andel_ettervernstilbud_akseptert", Unit.PERCENT, CIS,
              "Tilbud om ettervern som ble akseptert",
              "Tilbod om ettervern som vart aksepterte",
              "Offers of aftercare that were accepted")),
      section("bemanning", "Bemanning", "Bemanning", "Staffing",
          figure(33, "antall_arsverk", Unit.FULL_TIME_EQUIVALENTS, HR,
              "Årsverk",
              "Årsverk",
              "Full-time equivalents"),
          figure(34, "andel_arsverk_med_kompetansekrav", Unit.PERCENT, HR,
              "Andel årsverk som oppfyller kompetansekravet",
              "Del av årsverka som oppfyller kompetansekravet",
              "Share of full-time equivalents that meet the competence requirement")));

  private static final Map<String, Figure> BY_KEY = SECTIONS.stream().flatMap(section -> section.figures().stream())
      .collect(Collectors.toUnmodifiableMap(Figure::key, Function.identity()));

  /// A set of counts that add up to another count (`total`), or to a number that a reader can compute (no `total`). If
  /// exactly one count of a sum is hidden, a second one must be hidden too.
  ///
  /// @param total empty if the sum of the parts is not a figure
  record Sum(Optional<String> total, List<String> parts) {}

  /// Two counts of which one (`numerator`) is part of the other (`denominator`). Their difference is not a figure, but
  /// a reader can compute it.
  ///
  /// @param percentage the figure computed from both counts; empty for a part of the numerator of another ratio, whose
  ///     numerator is therefore at least as large
  record Ratio(Optional<String> percentage, String numerator, String denominator) {}

  private static final List<Sum> SUMS = List.of(
      new Sum(Optional.empty(), List.of("antall_meldinger_henlagt", "antall_meldinger_til_undersokelse")),
      new Sum(Optional.of("antall_undersokelser_avsluttet"),
          List.of("antall_undersokelser_henlagt", "antall_undersokelser_med_tiltak")),
      new Sum(Optional.of("antall_barn_plassert_utenfor_hjemmet"),
          List.of("antall_barn_i_fosterhjem", "antall_barn_i_institusjon")));

  private static final List<Ratio> RATIOS = List.of(
      new Ratio(Optional.of("andel_undersokelser_innen_frist"),
          "antall_fristbrudd_undersokelser", "antall_undersokelser_avsluttet"),
      new Ratio(Optional.of("andel_barn_hjelpetiltak_med_tiltaksplan"),
          "antall_barn_hjelpetiltak_med_tiltaksplan", "antall_barn_med_hjelpetiltak_ved_periodeslutt"),
      new Ratio(Optional.empty(),
          "antall_barn_hjelpetiltak_med_evaluert_plan", "antall_barn_med_hjelpetiltak_ved_periodeslutt"),
      new Ratio(Optional.of("andel_barn_i_fosterhjem"),
          "antall_barn_i_fosterhjem", "antall_barn_plassert_utenfor_hjemmet"),
      new Ratio(Optional.empty(),
          "antall_barn_oppfolgingskrav_ikke_oppfylt", "antall_barn_plassert_utenfor_hjemmet"),
      new Ratio(Optional.empty(),
          "antall_barn_tilsynskrav_ikke_oppfylt", "antall_barn_plassert_utenfor_hjemmet"));

  private FigureCatalogue() {}

  /// The unit of a figure.
  public enum Unit {
    COUNT("antall", "antall", "talet på", "number"),
    CHILDREN("barn", "barn", "barn", "children"),
    YOUNG_PEOPLE("unge", "unge", "unge", "young people"),
    PERCENT("prosent", "prosent", "prosent", "per cent"),
    DAYS("dager", "dager", "dagar", "days"),
    FULL_TIME_EQUIVALENTS("årsverk", "årsverk", "årsverk", "full-time equivalents");

    private final String word;
    private final String nb;
    private final String nn;
    private final String en;

    Unit(String word, String nb, String nn, String en) {
      this.word = word;
      this.nb = nb;
      this.nn = nn;
      this.en = en;
    }

    /// Returns the contract's word: `antall`, `barn`, `unge`, `prosent`, `dager` or `årsverk`.
    public String word() {
      return word;
    }

    /// Returns the unit in the given language.
    public String label(ReportLocale locale) {
      return switch (locale) {
        case NB, SE -> nb;
        case NN -> nn;
        case EN -> en;
      };
    }

    /// Returns whether the figure counts children or their events, so that a small count could identify a child.
    boolean countsPeople() {
      return this == COUNT || this == CHILDREN || this == YOUNG_PEOPLE;
    }
  }

  /// A group of figures.
  ///
  /// @param id as in the contract
  public record Section(String id, String nb, String nn, String en, List<Figure> figures) {

    /// Returns the section's title. The Sami title is the Bokmål one.
    public String title(ReportLocale locale) {
      return switch (locale) {
        case NB, SE -> nb;
        case NN -> nn;
        case EN -> en;
      };
    }
  }

  /// One figure.
  ///
  /// @param number from 1 to 34
  /// @param key the contract's `field_key`
  /// @param defaultDataSource the data source to show if the records come from several systems or none
  public record Figure(int number, String key, Unit unit, String defaultDataSource, String nb, String nn, String en) {

    /// Returns the figure's label. The Sami label is the Bokmål one.
    public String label(ReportLocale locale) {
      return switch (locale) {
        case NB, SE -> nb;
        case NN -> nn;
        case EN -> en;
      };
    }
  }

  /// Returns the sections in their order, with all figures.
  public static List<Section> sections() {
    return SECTIONS;
  }

  /// Returns all figures, by number.
  public static List<Figure> figures() {
    return SECTIONS.stream().flatMap(section -> section.figures().stream()).toList();
  }

  /// Returns the figure with that key, or empty if there is none.
  public static Optional<Figure> figure(String key) {
    return Optional.ofNullable(BY_KEY.get(key));
  }

  static List<Sum> sums() {
    return SUMS;
  }

  static List<Ratio> ratios() {
    return RATIOS;
  }

  private static Section section(String id, String nb, String nn, String en, Figure... figures) {
    return new Section(id, nb, nn, en, List.of(figures));
  }

  private static Figure figure(int number, String key, Unit unit, String source, String nb, String nn, String en) {
    return new Figure(number, key, unit, source, nb, nn, en);
  }
}
