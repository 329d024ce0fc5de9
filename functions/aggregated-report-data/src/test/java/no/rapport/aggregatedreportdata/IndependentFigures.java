package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Besok;
import no.rapport.sourcedata.CaseRecord.Besokstype;
import no.rapport.sourcedata.CaseRecord.Ettervern;
import no.rapport.sourcedata.CaseRecord.Flytting;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Plan;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Stilling;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;

/// The 34 figures a second time, straight from the text of the rules: over the whole list, one figure after the other,
/// with arithmetic of its own on integers as days and tenths. It shares no code with what it checks.
final class IndependentFigures {

  private final List<CaseRecord> all;
  private final long first;
  private final long last;
  private final int months;
  private final Map<String, Optional<BigDecimal>> figures = new HashMap<>();

  private IndependentFigures(List<CaseRecord> all, int year, String part) {
    this.all = all;
    this.months = part.isEmpty() ? 12 : part.startsWith("H") ? 6 : 3;
    int from = part.isEmpty() ? 1 : (part.charAt(1) - '1') * months + 1;
    this.first = LocalDate.of(year, from, 1).toEpochDay();
    this.last = YearMonth.of(year, from + months - 1).atEndOfMonth().toEpochDay();
  }

  static Map<String, Optional<BigDecimal>> of(List<CaseRecord> all, String periodId) {
    String[] parts = periodId.split("-");
    var computation = new IndependentFigures(all, Integer.parseInt(parts[0]), parts.length > 1 ? parts[1] : "");
    computation.compute();
    return computation.figures;
  }

  private void compute() {
    Stream.of(new Object[][] {{"antall_meldinger_mottatt", count(Melding.class, m -> in(m.mottattDato()))},
        {"antall_barn_med_melding", (long) barn(Melding.class, m -> in(m.mottattDato())).size()},
        {"antall_meldinger_henlagt", count(Melding.class, m -> in(m.konkludertDato())
            && List.of(1, 3, 5, 6, 9, 10).contains(m.konklusjon().getAsInt()))},
        {"antall_meldinger_til_undersokelse", count(Melding.class, m -> in(m.konkludertDato())
            && m.konklusjon().getAsInt() == 2)}})
        .forEach(row -> put((String) row[0], has(Melding.class), (Long) row[1]));
    share("andel_meldinger_konkludert_innen_frist", has(Melding.class),
        count(Melding.class, m -> in(m.konkludertDato())
            && m.konkludertDato().get().toEpochDay() - m.mottattDato().toEpochDay() <= 7),
        count(Melding.class, m -> in(m.konkludertDato())));

    boolean u = has(Undersokelse.class);
    long ended = count(Undersokelse.class, x -> in(x.slutt()));
    long late = count(Undersokelse.class, x -> in(x.slutt())
        && x.slutt().get().toEpochDay() > later(x.start(), x.utvidetFrist() ? 6 : 3));
    put("antall_undersokelser_pabegynt", u, count(Undersokelse.class, x -> in(x.start())));
    put("antall_undersokelser_avsluttet", u, ended);
    put("antall_undersokelser_henlagt", u,
        count(Undersokelse.class, x -> in(x.slutt()) && x.konklusjon().getAsInt() > 2));
    put("antall_undersokelser_med_tiltak", u,
        count(Undersokelse.class, x -> in(x.slutt()) && x.konklusjon().getAsInt() < 3));
    put("antall_fristbrudd_undersokelser", u, late);
    share("andel_undersokelser_innen_frist", u, ended - late, ended);
    long days = list(Undersokelse.class).filter(x -> in(x.slutt()))
        .mapToLong(x -> x.slutt().get().toEpochDay() - x.start().toEpochDay()).sum();
    tenths("gjennomsnittlig_behandlingstid_undersokelser", u, BigInteger.valueOf(days), BigInteger.valueOf(ended));

    boolean t = has(Tiltak.class);
    Predicate<Tiltak> h = x -> !pl(x) && !oo(x);
    put("antall_barn_med_hjelpetiltak", t, barn(Tiltak.class, x -> h.test(x)
        && x.start().toEpochDay() <= last && x.slutt().map(s -> s.toEpochDay() >= first).orElse(true)).size());
    Set<String> helped = barn(Tiltak.class, x -> h.test(x) && open(x.start(), x.slutt()));
    put("antall_barn_med_hjelpetiltak_ved_periodeslutt", t, helped.size());
    Map<String, Long> earliest = list(Tiltak.class)
        .collect(Collectors.toMap(Tiltak::barnId, x -> x.start().toEpochDay(), Math::min));
    put("antall_nye_barn_med_tiltak", t, earliest.values().stream().filter(d -> d >= first && d <= last).count());
    Set<String> planned = both(helped, barn(Plan.class, x -> x.planType() == 1 && open(x.start(), x.slutt())));
    put("antall_barn_hjelpetiltak_med_tiltaksplan", t, planned.size());
    share("andel_barn_hjelpetiltak_med_tiltaksplan", t, planned.size(), helped.size());
    put("antall_barn_hjelpetiltak_med_evaluert_plan", t, both(helped, barn(Plan.class, x -> x.planType() == 1
        && open(x.start(), x.slutt()) && later(x.start(), 3) <= last
        && x.evalueringer().stream().anyMatch(this::in))).size());

    Set<String> placed = barn(Tiltak.class, x -> pl(x) && open(x.start(), x.slutt()));
    Set<String> care = barn(Tiltak.class, x -> oo(x) && open(x.start(), x.slutt()));
    Set<String> foster = barn(Tiltak.class, x -> fh(x) && open(x.start(), x.slutt()));
    put("antall_barn_plassert_utenfor_hjemmet", t, placed.size());
    put("antall_barn_med_omsorgsovertakelse", t, care.size());
    put("antall_akuttplasseringer", t, count(Tiltak.class, x -> pl(x) && x.lov().equals("BVL2021")
        && x.kap().equals("4") && in(x.start())));
    put("antall_barn_i_fosterhjem", t, foster.size());
    share("andel_barn_i_fosterhjem", t, foster.size(), placed.size());
    put("antall_barn_i_institusjon", t, barn(Tiltak.class, x -> x.kategori().startsWith("1.")
        && open(x.start(), x.slutt())).size());
    put("antall_flyttinger", has(Flytting.class), count(Flytting.class, x -> in(x.dato())));
    put("antall_barn_med_omsorgsplan", t,
        both(care, barn(Plan.class, x -> x.planType() == 4 && open(x.start(), x.slutt()))).size());

    visits("antall_oppfolgingsbesok_fosterhjem", "antall_barn_oppfolgingskrav_ikke_oppfylt", Besokstype.OPPFOLGING);
    visits("antall_tilsynsbesok_fosterhjem", "antall_barn_tilsynskrav_ikke_oppfylt", Besokstype.TILSYN);

    Map<String, Sak> newest = list(Sak.class).collect(Collectors.toMap(Sak::barnId, x -> x,
        (a, b) -> a.version().compareTo(b.version()) > 0 ? a : b));
    Set<String> young = newest.values().stream().filter(sak -> {
      LocalDate d = LocalDate.ofEpochDay(last);
      int age = d.getYear() - sak.fodt().getYear()
          - (d.getMonthValue() * 100 + d.getDayOfMonth() < sak.fodt().getMonthValue() * 100 + sak.fodt().getDayOfMonth()
              ? 1 : 0);
      return age > 17 && age < 25;
    }).map(Sak::barnId).collect(Collectors.toSet());
    put("antall_unge_med_ettervern", t && has(Sak.class),
        both(young, barn(Tiltak.class, x -> open(x.start(), x.slutt()))).size());
    share("andel_ettervernstilbud_akseptert", has(Ettervern.class),
        count(Ettervern.class, x -> in(x.konkludert()) && x.konklusjon() == 1),
        count(Ettervern.class, x -> in(x.konkludert())));

    // Percentages have one decimal in these histories: tenths of a per cent are whole numbers.
    long staffed = tenthsOfPercent(_ -> true);
    long qualified = tenthsOfPercent(Stilling::oppfyller156);
    tenths("antall_arsverk", has(Stilling.class), BigInteger.valueOf(staffed), BigInteger.valueOf(1000));
    share("andel_arsverk_med_kompetansekrav", has(Stilling.class), qualified, staffed);
  }

  private void visits(String visitsKey, String unmetKey, Besokstype type) {
    boolean has = list(Besok.class).anyMatch(b -> b.besokType() == type);
    put(visitsKey, has, count(Besok.class, b -> b.besokType() == type && in(b.dato())));
    put(unmetKey, has && has(Tiltak.class), barn(Tiltak.class, x -> {
      if (!fh(x) || !open(x.start(), x.slutt()) || later(x.start(), 12) > last) {
        return false;
      }
      int yearly = (type == Besokstype.OPPFOLGING ? x.hyppighetOppf() : x.hyppighetTilsyn()).getAsInt();
      long made = count(Besok.class, b -> b.besokType() == type && b.barnId().equals(x.barnId()) && in(b.dato()));
      return made < yearly * months / 12;
    }).size());
  }

  private long tenthsOfPercent(Predicate<Stilling> which) {
    return list(Stilling.class).filter(s -> s.besatt() && open(s.start(), s.slutt())).filter(which)
        .mapToLong(s -> s.prosent().movePointRight(1).longValueExact()).sum();
  }

  private static boolean pl(Tiltak x) {
    return List.of("1.1", "1.2", "1.99", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.99", "8.2").contains(x.kategori());
  }

  private static boolean fh(Tiltak x) {
    return List.of("2.1", "2.2", "2.3", "2.4", "2.99").contains(x.kategori());
  }

  private static boolean oo(Tiltak x) {
    return (x.lov() + "/" + x.kap() + "/" + x.par()).equals("BVL2021/5/1");
  }

  /// The day that many months later, as an epoch day, clipped to the end of its month.
  private static long later(LocalDate from, int months) {
    YearMonth month = YearMonth.of(from.getYear() + (from.getMonthValue() - 1 + months) / 12,
        (from.getMonthValue() - 1 + months) % 12 + 1);
    return month.atDay(Math.min(from.getDayOfMonth(), month.lengthOfMonth())).toEpochDay();
  }

  private boolean in(LocalDate date) {
    return date.toEpochDay() >= first && date.toEpochDay() <= last;
  }

  private boolean in(Optional<LocalDate> date) {
    return date.map(this::in).orElse(false);
  }

  private boolean open(LocalDate start, Optional<LocalDate> slutt) {
    return start.toEpochDay() <= last && slutt.map(s -> s.toEpochDay() > last).orElse(true);
  }

  private <T extends CaseRecord> Stream<T> list(Class<T> type) {
    return all.stream().filter(type::isInstance).map(type::cast);
  }

  private boolean has(Class<? extends CaseRecord> type) {
    return list(type).findAny().isPresent();
  }

  private <T extends CaseRecord> long count(Class<T> type, Predicate<T> which) {
    return list(type).filter(which).count();
  }

  private <T extends CaseRecord.OfChild> Set<String> barn(Class<T> type, Predicate<T> which) {
    return list(type).filter(which).map(CaseRecord.OfChild::barnId).collect(Collectors.toSet());
  }

  private static Set<String> both(Set<String> some, Set<String> others) {
    var both = new HashSet<>(some);
    both.retainAll(others);
    return both;
  }

  private void put(String key, boolean computable, long value) {
    figures.put(key, computable ? Optional.of(BigDecimal.valueOf(value)) : Optional.empty());
  }

  private void share(String key, boolean computable, long numerator, long denominator) {
    tenths(key, computable, BigInteger.valueOf(numerator).multiply(BigInteger.valueOf(100)),
        BigInteger.valueOf(denominator));
  }

  /// One decimal, half up, by whole numbers: floor((20 n + d) / 2 d) tenths.
  private void tenths(String key, boolean computable, BigInteger n, BigInteger d) {
    figures.put(key, !computable || d.signum() == 0 ? Optional.empty() : Optional.of(new BigDecimal(
        n.multiply(BigInteger.valueOf(20)).add(d).divide(d.shiftLeft(1)), 1)));
  }
}
