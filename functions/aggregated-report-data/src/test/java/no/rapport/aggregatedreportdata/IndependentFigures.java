package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Sak;

/// The 34 figures a second time, from the text of the rules and of the national register's definitions. It reads rows
/// of text as an import file has them, compares dates as text, and computes with whole numbers. It shares no code with
/// what it checks.
final class IndependentFigures {

  private final List<Map<String, String>> rows;
  final String first;
  final String last;
  final int months;
  private final Map<String, Optional<BigDecimal>> figures = new HashMap<>();

  IndependentFigures(List<Map<String, String>> rows, String periodId) {
    this.rows = rows;
    String year = periodId.substring(0, 4);
    String part = periodId.length() == 4 ? "Y1" : periodId.substring(5);
    this.months = Map.of('Y', 12, 'H', 6, 'Q', 3).get(part.charAt(0));
    int end = (part.charAt(1) - '0') * months;
    this.first = "%s-%02d-01".formatted(year, end - months + 1);
    this.last = "%s-%02d-%02d".formatted(year, end, daysIn(Integer.parseInt(year), end));
  }

  /// @param records live ones
  static Map<String, Optional<BigDecimal>> of(List<CaseRecord> records, String periodId) {
    return ofRows(rows(records), periodId);
  }

  /// The attributes of records; of a child's cases with the same `updated_at` the last one counts.
  static List<Map<String, String>> rows(List<CaseRecord> records) {
    var ordered = new ArrayList<>(records);
    ordered.sort((a, b) -> a instanceof Sak x && b instanceof Sak y ? x.version().compareTo(y.version())
        : Boolean.compare(a instanceof Sak, b instanceof Sak));
    return ordered.stream().map(CaseRows::row).toList();
  }

  /// @param rows the attributes of live records; of a child's cases with the same `updated_at` the last one counts
  private static Map<String, Optional<BigDecimal>> ofRows(List<Map<String, String>> rows, String periodId) {
    var computation = new IndependentFigures(rows, periodId);
    computation.compute();
    return computation.figures;
  }

  private void compute() {
    meldinger();
    undersokelser();
    tiltak();
    visits("oppfolging", "hyppighet_oppf", "antall_oppfolgingsbesok_fosterhjem",
        "antall_barn_oppfolgingskrav_ikke_oppfylt");
    visits("tilsyn", "hyppighet_tilsyn", "antall_tilsynsbesok_fosterhjem", "antall_barn_tilsynskrav_ikke_oppfylt");
    ettervern();
    bemanning();
  }

  private void meldinger() {
    boolean known = has("melding");
    List<Map<String, String>> concluded = all("melding", r -> in(r, "konkludert_dato"));
    List<Map<String, String>> received = all("melding", r -> in(r, "mottatt_dato"));
    put("antall_meldinger_mottatt", known, received.size());
    put("antall_barn_med_melding", known, children(received).size());
    put("antall_meldinger_henlagt", known, amount(concluded, r -> isOneOf(r, "konklusjon", "1 3 5 6 9 10")));
    put("antall_meldinger_til_undersokelse", known, amount(concluded, r -> isOneOf(r, "konklusjon", "2")));
    share("andel_meldinger_konkludert_innen_frist", known,
        amount(concluded, r -> days(r.get("mottatt_dato"), r.get("konkludert_dato")) <= 7), concluded.size());
  }

  private void undersokelser() {
    boolean known = has("undersokelse");
    List<Map<String, String>> ended = all("undersokelse", r -> in(r, "slutt"));
    long late = amount(ended, r -> r.get("slutt")
        .compareTo(later(r.get("start"), r.get("utvidet_frist").equals("true") ? 6 : 3)) > 0);
    put("antall_undersokelser_pabegynt", known, all("undersokelse", r -> in(r, "start")).size());
    put("antall_undersokelser_avsluttet", known, ended.size());
    put("antall_undersokelser_henlagt", known, amount(ended, r -> isOneOf(r, "konklusjon", "3 4 5 6 7 8 9")));
    put("antall_undersokelser_med_tiltak", known, amount(ended, r -> isOneOf(r, "konklusjon", "1 2")));
    put("antall_fristbrudd_undersokelser", known, late);
    share("andel_undersokelser_innen_frist", known, ended.size() - late, ended.size());
    tenths("gjennomsnittlig_behandlingstid_undersokelser", known,
        ended.stream().mapToLong(r -> days(r.get("start"), r.get("slutt"))).sum(), ended.size());
  }

  private void tiltak() {
    boolean known = has("tiltak");
    Predicate<Map<String, String>> assistance = r -> !isPlacement(r) && !isCareOrder(r);
    Set<String> helped = children(all("tiltak", r -> assistance.test(r) && isOpen(r)));
    put("antall_barn_med_hjelpetiltak", known, children(all("tiltak", r -> assistance.test(r)
        && r.get("start").compareTo(last) <= 0 && (!r.containsKey("slutt") || r.get("slutt").compareTo(first) >= 0)))
        .size());
    put("antall_barn_med_hjelpetiltak_ved_periodeslutt", known, helped.size());
    Map<String, String> earliest = all("tiltak", _ -> true).stream().collect(Collectors.toMap(
        r -> r.get("barn_id"), r -> r.get("start"), (a, b) -> a.compareTo(b) < 0 ? a : b));
    put("antall_nye_barn_med_tiltak", known, earliest.values().stream().filter(this::in).count());
    Set<String> planned = both(helped, openPlans("1", _ -> true));
    put("antall_barn_hjelpetiltak_med_tiltaksplan", known, planned.size());
    share("andel_barn_hjelpetiltak_med_tiltaksplan", known, planned.size(), helped.size());
    put("antall_barn_hjelpetiltak_med_evaluert_plan", known, both(helped, openPlans("1",
        r -> later(r.get("start"), 3).compareTo(last) <= 0 && entries(r, "evalueringer").anyMatch(this::in))).size());

    Set<String> placed = children(all("tiltak", r -> isPlacement(r) && isOpen(r)));
    Set<String> care = children(all("tiltak", r -> isCareOrder(r) && isOpen(r)));
    Set<String> foster = children(all("tiltak", r -> isFosterHome(r) && isOpen(r)));
    put("antall_barn_plassert_utenfor_hjemmet", known, placed.size());
    put("antall_barn_med_omsorgsovertakelse", known, care.size());
    put("antall_akuttplasseringer", known,
        all("tiltak", r -> isPlacement(r) && isAcute(r) && in(r, "start")).size());
    put("antall_barn_i_fosterhjem", known, foster.size());
    share("andel_barn_i_fosterhjem", known, foster.size(), placed.size());
    put("antall_barn_i_institusjon", known,
        children(all("tiltak", r -> isOneOf(r, "kategori", "1.1 1.2 1.99") && isOpen(r))).size());
    put("antall_flyttinger", has("flytting"), all("flytting", r -> in(r, "dato")).size());
    put("antall_barn_med_omsorgsplan", known, both(care, openPlans("4", _ -> true)).size());
  }

  private void visits(String type, String frequency, String visitsKey, String unmetKey) {
    List<Map<String, String>> visits = all("besok", r -> isOneOf(r, "besok_type", type));
    List<Map<String, String>> made = visits.stream().filter(r -> in(r, "dato")).toList();
    put(visitsKey, !visits.isEmpty(), made.size());
    put(unmetKey, !visits.isEmpty() && has("tiltak"), children(all("tiltak", r -> isFosterHome(r) && isOpen(r)
        && later(r.get("start"), 12).compareTo(last) <= 0
        && amount(made, v -> v.get("barn_id").equals(r.get("barn_id")))
            < Integer.parseInt(r.get(frequency)) * months / 12)).size());
  }

  private void ettervern() {
    var newest = new HashMap<String, Map<String, String>>();
    all("sak", _ -> true).stream().sorted(Comparator.comparing(r -> r.get("updated_at")))
        .forEach(r -> newest.put(r.get("barn_id"), r));
    Set<String> young = children(newest.values().stream().filter(r -> {
      String born = r.get("fodt");
      int years = Integer.parseInt(last.substring(0, 4)) - Integer.parseInt(born.substring(0, 4));
      int age = last.substring(5).compareTo(born.substring(5)) < 0 ? years - 1 : years;
      return age >= 18 && age < 25;
    }).toList());
    put("antall_unge_med_ettervern", has("sak") && has("tiltak"),
        both(young, children(all("tiltak", this::isOpen))).size());
    List<Map<String, String>> offered = all("ettervern", r -> in(r, "konkludert"));
    share("andel_ettervernstilbud_akseptert", has("ettervern"),
        amount(offered, r -> isOneOf(r, "konklusjon", "1")), offered.size());
  }

  private void bemanning() {
    List<Map<String, String>> staffed = all("stilling", r -> isOpen(r) && r.get("besatt").equals("true"));
    Function<Predicate<Map<String, String>>, BigDecimal> percent = which -> staffed.stream().filter(which)
        .map(r -> new BigDecimal(r.get("prosent"))).reduce(BigDecimal.ZERO, BigDecimal::add);
    // Percentages have one decimal here: tenths of a per cent are whole numbers.
    long all = percent.apply(_ -> true).movePointRight(1).longValueExact();
    long qualified = percent.apply(r -> r.get("oppfyller_15_6").equals("true")).movePointRight(1).longValueExact();
    tenths("antall_arsverk", has("stilling"), all, 1000);
    share("andel_arsverk_med_kompetansekrav", has("stilling"), qualified, all);
  }

  /// "Et Tiltak er et plasseringstiltak dersom Kategori/@Kode er en av følgende koder".
  static boolean isPlacement(Map<String, String> r) {
    return isOneOf(r, "kategori", "1.1 1.2 1.99 2.1 2.2 2.3 2.4 2.5 2.6 2.99 8.2");
  }

  static boolean isFosterHome(Map<String, String> r) {
    return isOneOf(r, "kategori", "2.1 2.2 2.3 2.4 2.99");
  }

  /// "Et Tiltak er en Omsorgsovertakelse dersom en av følgende": the register's four alternatives, in its order.
  static boolean isCareOrder(Map<String, String> r) {
    String basis = r.get("lov") + " § " + r.get("kap") + "-" + r.get("par");
    return Stream.of(
        basis.equals("BVL § 4-12"),
        basis.equals("BVL § 4-8") && entries(r, "ledd").anyMatch(ledd -> ledd.equals("2") || ledd.equals("3")),
        basis.equals("BVL § 4-8") && entries(r, "jmfr").anyMatch(jmfr -> jmfr.equals("4-12")),
        basis.equals("BVL2021 § 5-1")).anyMatch(alternative -> alternative);
  }

  static boolean isAcute(Map<String, String> r) {
    String basis = r.get("lov") + " § " + r.get("kap") + "-" + r.get("par");
    return basis.startsWith("BVL2021 § 4-") || List.of("BVL § 4-6", "BVL § 4-25", "BVL § 4-29").contains(basis);
  }

  Set<String> openPlans(String type, Predicate<Map<String, String>> which) {
    return children(all("plan", r -> isOneOf(r, "plan_type", type) && isOpen(r) && which.test(r)));
  }

  boolean isOpen(Map<String, String> r) {
    return r.get("start").compareTo(last) <= 0 && (!r.containsKey("slutt") || r.get("slutt").compareTo(last) > 0);
  }

  boolean in(Map<String, String> r, String attribute) {
    return r.containsKey(attribute) && in(r.get(attribute));
  }

  boolean in(String date) {
    return date.compareTo(first) >= 0 && date.compareTo(last) <= 0;
  }

  private boolean has(String type) {
    return rows.stream().anyMatch(r -> r.get("type").equals(type));
  }

  List<Map<String, String>> all(String type, Predicate<Map<String, String>> which) {
    return rows.stream().filter(r -> r.get("type").equals(type)).filter(which).toList();
  }

  static long amount(List<Map<String, String>> some, Predicate<Map<String, String>> which) {
    return some.stream().filter(which).count();
  }

  private static Set<String> children(List<Map<String, String>> some) {
    return some.stream().map(r -> r.get("barn_id")).collect(Collectors.toSet());
  }

  private static Set<String> both(Set<String> some, Set<String> others) {
    var both = new HashSet<>(some);
    both.retainAll(others);
    return both;
  }

  static boolean isOneOf(Map<String, String> r, String attribute, String values) {
    return List.of(values.split(" ")).contains(r.get(attribute));
  }

  static Stream<String> entries(Map<String, String> r, String attribute) {
    return Stream.of(r.getOrDefault(attribute, "").split("\\|")).filter(entry -> !entry.isEmpty());
  }

  /// The date that many months later, its day clipped to the end of the month.
  static String later(String date, int months) {
    int month = Integer.parseInt(date.substring(0, 4)) * 12 + Integer.parseInt(date.substring(5, 7)) - 1 + months;
    int day = Math.min(Integer.parseInt(date.substring(8)), daysIn(month / 12, month % 12 + 1));
    return "%04d-%02d-%02d".formatted(month / 12, month % 12 + 1, day);
  }

  private static int daysIn(int year, int month) {
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 ? leap ? 29 : 28 : List.of(4, 6, 9, 11).contains(month) ? 30 : 31;
  }

  static long days(String from, String to) {
    return dayNumber(to) - dayNumber(from);
  }

  /// Days since the year 0, counting month by month.
  private static long dayNumber(String date) {
    int year = Integer.parseInt(date.substring(0, 4));
    long days = 365L * year + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    for (int month = 1; month < Integer.parseInt(date.substring(5, 7)); month++) {
      days += daysIn(year, month);
    }
    return days + Integer.parseInt(date.substring(8));
  }

  private void put(String key, boolean computable, long value) {
    figures.put(key, computable ? Optional.of(BigDecimal.valueOf(value)) : Optional.empty());
  }

  private void share(String key, boolean computable, long numerator, long denominator) {
    tenths(key, computable, 100 * numerator, denominator);
  }

  /// One decimal, half up, by whole numbers: floor((20 n + d) / 2 d) tenths.
  private void tenths(String key, boolean computable, long n, long d) {
    figures.put(key, !computable || d == 0 ? Optional.empty() : Optional.of(new BigDecimal(
        BigInteger.valueOf(20 * n + d).divide(BigInteger.valueOf(2 * d)), 1)));
  }
}
