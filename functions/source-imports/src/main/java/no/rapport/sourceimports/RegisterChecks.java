package no.rapport.sourceimports;

import static no.rapport.sourceimports.RegisterDocument.conclusion;
import static no.rapport.sourceimports.RegisterDocument.date;
import static no.rapport.sourceimports.RegisterDocument.id;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.sourcedata.RegisterRule;
import no.rapport.sourcedata.RegisterRule.Finding;
import no.rapport.sourcedata.RegisterRule.Severity;

/// Counts how often a document breaks each of the register's rules, as of the day of its `DatoUttrekk`. Deleted
/// elements are skipped. The counts reveal nothing about the child.
final class RegisterChecks {

  private static final int YEARS_BACK_AND_AHEAD = 26;
  private static final int MELDING_MAX_DAYS = 7;
  private static final int UNDERSOKELSE_MAX_DAYS = 7 + 90;
  private static final int UNDERSOKELSE_EXTENDED_MAX_DAYS = 7 + 180;
  private static final int MAX_OVERLAP_DAYS = 90;
  private static final LocalDate ACT_OF_2021_SINCE = LocalDate.of(2023, 1, 1);
  private static final Set<String> ACTS = Set.of("BVL", "BVL2021", "BL1981");
  private static final Set<String> PLASSERING =
      Set.of("1.1", "1.2", "1.99", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.99", "8.2");
  private static final List<String> DATES = List.of(
      "StartDato", "SluttDato", "UtfortDato", "TilbudSendtDato", "Fodseldato", "EndretDato");

  private final RegisterDocument document;
  private final RegisterElement sak;
  private final LocalDate today;
  private final Optional<LocalDate> sakStart;
  private final Optional<LocalDate> sakSlutt;
  private final Optional<Integer> age;
  private final List<RegisterElement> meldinger;
  private final List<RegisterElement> undersokelser;
  private final List<RegisterElement> tiltak;
  private final List<RegisterElement> planer;
  private final List<RegisterElement> vedtak;
  private final List<RegisterElement> ettervern;
  /// `{type}#{id}>{type}#{id}` of every relation.
  private final Set<String> relations;
  private final SortedMap<String, Long> findings = new TreeMap<>();

  private RegisterChecks(RegisterDocument document) {
    this.document = document;
    this.sak = document.sak();
    this.today = document.extractedOn();
    this.sakStart = date(sak, "StartDato");
    this.sakSlutt = date(sak, "SluttDato");
    this.age = document.birthDate().flatMap(RegisterChecks::parsed)
        .map(born -> Period.between(born, today).getYears());
    this.meldinger = document.live("Melding");
    this.undersokelser = document.live("Undersokelse");
    this.tiltak = document.live("Tiltak");
    this.planer = document.live("Plan");
    this.vedtak = document.live("Vedtak");
    this.ettervern = document.live("Ettervern");
    this.relations = document.live("Relasjon").stream()
        .map(relation -> reference(relation, "FraType", "FraId") + ">" + reference(relation, "TilType", "TilId"))
        .collect(Collectors.toSet());
  }

  /// Returns the number of findings of each kind. The keys are written as by [Finding#toString].
  static SortedMap<String, Long> of(RegisterDocument document) {
    var checks = new RegisterChecks(document);
    if (!document.isDeleted()) {
      checks.sak();
      checks.meldinger();
      checks.undersokelser();
      checks.vedtak();
      checks.tiltak();
      checks.planer();
      checks.ettervernAndFlytting();
    }
    return checks.findings;
  }

  private void sak() {
    long outOfBounds = outOfBounds(sak, true);
    for (long i = 0; i < outOfBounds; i++) {
      found(RegisterRule.SAK_1, sak, true);
    }
    found(RegisterRule.SAK_2A, sak, isAfter(sakStart, sakSlutt));
    boolean hasOpenPart = Stream.of(meldinger, undersokelser, tiltak, planer, ettervern).flatMap(List::stream)
        .anyMatch(part -> end(part).isEmpty());
    boolean isOpen = sakSlutt.isEmpty() || hasOpenPart;
    found(RegisterRule.SAK_7, sak, age.filter(years -> years >= 25).isPresent() && isOpen);
    found(RegisterRule.SAK_8, sak, age.filter(years -> years >= 18).isPresent() && tiltak.isEmpty() && isOpen);
    found(RegisterRule.SAK_21, sak, sakSlutt.isEmpty()
        && Stream.of(meldinger, undersokelser, vedtak, tiltak, planer, ettervern,
            document.live("OversendelseFylkesnemnd")).allMatch(List::isEmpty));
    Set<String> existing = sak.children().stream().filter(part -> !part.name().equals("Slettet"))
        .flatMap(part -> id(part).map(id -> part.name() + "#" + id).stream()).collect(Collectors.toSet());
    sak.stream("Slettet").forEach(deleted -> found(RegisterRule.SAK_22, sak,
        !existing.contains(deleted.attribute("Type").orElse("") + "#" + id(deleted).orElse(""))));
    found(RegisterRule.SAK_23, sak, sakSlutt.isPresent()
        && (hasOpenPart || vedtak.stream().anyMatch(part -> end(part).isEmpty())));
  }

  /// Returns how many dates are too far from the present, in an element and in the elements below it that are not
  /// deleted.
  private long outOfBounds(RegisterElement element, boolean isCase) {
    LocalDate first = LocalDate.of(today.getYear() - YEARS_BACK_AND_AHEAD, 1, 1);
    LocalDate last = LocalDate.of(today.getYear() + YEARS_BACK_AND_AHEAD, 12, 31);
    long here = DATES.stream().flatMap(attribute -> date(element, attribute).stream())
        .filter(found -> found.isBefore(first) || found.isAfter(last)).count();
    return here + element.children().stream().filter(child -> !isCase || !document.isDeleted(child))
        .mapToLong(child -> outOfBounds(child, false)).sum();
  }

  private void meldinger() {
    for (RegisterElement melding : meldinger) {
      Optional<LocalDate> start = date(melding, "StartDato");
      dates(melding, start, RegisterRule.MELDING_2A, RegisterRule.MELDING_2C, RegisterRule.MELDING_2E);
      found(RegisterRule.MELDING_3, melding, isAfter(end(melding), start.map(day -> day.plusDays(MELDING_MAX_DAYS))));
    }
    duplicates(RegisterRule.MELDING_19, meldinger.stream().filter(part -> conclusion(part).isPresent()).toList());
  }

  private void undersokelser() {
    for (RegisterElement undersokelse : undersokelser) {
      dates(undersokelse, date(undersokelse, "StartDato"), RegisterRule.UNDERSOKELSE_2A, RegisterRule.UNDERSOKELSE_2C,
          RegisterRule.UNDERSOKELSE_2E);
      List<RegisterElement> causes = related(meldinger, undersokelse);
      found(RegisterRule.UNDERSOKELSE_20, undersokelse, causes.isEmpty());
      boolean isExtended = undersokelse.stream("UtvidetFrist")
          .anyMatch(extended -> extended.attribute("Innvilget").filter("1"::equals).isPresent());
      int maxDays = isExtended ? UNDERSOKELSE_EXTENDED_MAX_DAYS : UNDERSOKELSE_MAX_DAYS;
      found(RegisterRule.UNDERSOKELSE_11, undersokelse, end(undersokelse).isEmpty() && causes.stream()
          .map(melding -> date(melding, "StartDato").map(day -> day.plusDays(maxDays)))
          .anyMatch(limit -> isAfter(Optional.of(today), limit)));
      String code = conclusion(undersokelse).flatMap(end -> end.attribute("Kode")).orElse("");
      boolean lacksDecision = (code.equals("1") || code.equals("2"))
          && vedtak.stream().noneMatch(decision -> isRelated(undersokelse, decision));
      if (lacksDecision) {
        count(RegisterRule.UNDERSOKELSE_21, code.equals("2") || isMigrated(undersokelse)
            ? Severity.WARNING : Severity.ERROR);
      }
    }
    duplicates(RegisterRule.UNDERSOKELSE_19, undersokelser);
  }

  private void vedtak() {
    List<RegisterElement> oversendelser = document.live("OversendelseFylkesnemnd");
    for (RegisterElement decision : vedtak) {
      Optional<LocalDate> start = date(decision, "StartDato");
      dates(decision, start, RegisterRule.VEDTAK_2A, RegisterRule.VEDTAK_2C, RegisterRule.VEDTAK_2E);
      String act = text(decision, "Lovhjemmel", "Lov");
      found(RegisterRule.VEDTAK_4, decision, Stream.concat(decision.stream("Lovhjemmel"),
          decision.stream("JmfrLovhjemmel")).anyMatch(basis -> !ACTS.contains(text(basis, "Lov"))));
      found(RegisterRule.VEDTAK_5, decision, start.filter(day -> day.isBefore(ACT_OF_2021_SINCE)
          ? act.equals("BVL2021") : act.equals("BVL")).isPresent());
      boolean isWithTheBoard = decision.stream("Status")
          .max(Comparator.comparing(status -> date(status, "EndretDato").orElse(LocalDate.MIN)))
          .flatMap(status -> status.attribute("Kode")).filter("2"::equals).isPresent();
      found(RegisterRule.VEDTAK_20, decision, isWithTheBoard && oversendelser.stream()
          .noneMatch(other -> isRelated(decision, other) || isRelated(other, decision)));
    }
  }

  private void tiltak() {
    for (RegisterElement measure : tiltak) {
      dates(measure, date(measure, "StartDato"), RegisterRule.TILTAK_2A, RegisterRule.TILTAK_2C,
          RegisterRule.TILTAK_2E);
      String category = category(measure);
      found(RegisterRule.TILTAK_5, measure, category.equals("4.1") && age.filter(years -> years > 7).isPresent());
      found(RegisterRule.TILTAK_6, measure, category.equals("4.2") && age.filter(years -> years > 11).isPresent());
      boolean isCareOrder = isCareOrder(measure);
      boolean hasEnded = end(measure).isPresent();
      found(RegisterRule.TILTAK_12, measure, isCareOrder && PLASSERING.contains(category) && hasEnded
          && measure.first("Opphevelse").flatMap(end -> end.attribute("Kode")).orElse("").isEmpty());
      found(RegisterRule.TILTAK_13, measure, isCareOrder && !hasEnded && age.filter(years -> years >= 18).isPresent());
      found(RegisterRule.TILTAK_14, measure, measure.stream("Lovhjemmel").flatMap(basis -> basis.children().stream())
          .anyMatch(part -> part.text().matches("0+")));
      found(RegisterRule.TILTAK_20, measure, related(vedtak, measure).isEmpty());
    }
    overlaps(tiltak.stream().filter(part -> PLASSERING.contains(category(part)))
        .filter(part -> date(part, "StartDato").isPresent())
        .map(part -> new Placement(part, date(part, "StartDato").get(), end(part).orElse(today))).toList());
    duplicates(RegisterRule.TILTAK_19, tiltak);
  }

  /// Returns whether a measure is a care order by the register's definition.
  private static boolean isCareOrder(RegisterElement measure) {
    String basis = section(measure.first("Lovhjemmel"));
    return switch (text(measure, "Lovhjemmel", "Lov")) {
      case "BVL2021" -> basis.equals("5-1");
      case "BVL" -> basis.equals("4-12") || basis.equals("4-8")
          && (measure.stream("Lovhjemmel").flatMap(found -> found.stream("Ledd")).map(RegisterElement::text)
              .anyMatch(ledd -> ledd.equals("2") || ledd.equals("3"))
          || measure.stream("JmfrLovhjemmel").anyMatch(other -> section(Optional.of(other)).equals("4-12")));
      default -> false;
    };
  }

  private static String section(Optional<RegisterElement> basis) {
    return basis.map(found -> text(found, "Kapittel") + "-" + text(found, "Paragraf")).orElse("");
  }

  private record Placement(RegisterElement part, LocalDate start, LocalDate end) {}

  /// Adds one finding for each pair of placements that overlap.
  private void overlaps(List<Placement> placements) {
    for (int i = 0; i < placements.size(); i++) {
      Placement one = placements.get(i);
      for (Placement other : placements.subList(i + 1, placements.size())) {
        LocalDate start = one.start().isAfter(other.start()) ? one.start() : other.start();
        LocalDate end = one.end().isBefore(other.end()) ? one.end() : other.end();
        found(RegisterRule.TILTAK_9, one.part(), ChronoUnit.DAYS.between(start, end) > MAX_OVERLAP_DAYS);
      }
    }
  }

  private void planer() {
    for (RegisterElement plan : planer) {
      dates(plan, date(plan, "StartDato"), RegisterRule.PLAN_2A, RegisterRule.PLAN_2C, RegisterRule.PLAN_2E);
      plan.stream("Evaluering").map(evaluation -> date(evaluation, "UtfortDato")).forEach(day -> {
        found(RegisterRule.PLAN_2F, plan, end(plan).isPresent() && isAfter(day, sakSlutt));
        found(RegisterRule.PLAN_2G, plan, isAfter(sakStart, day));
      });
    }
    duplicates(RegisterRule.PLAN_19, planer);
  }

  private void ettervernAndFlytting() {
    for (RegisterElement offer : ettervern) {
      dates(offer, date(offer, "TilbudSendtDato"), RegisterRule.ETTERVERN_2A, RegisterRule.ETTERVERN_2C,
          RegisterRule.ETTERVERN_2E);
    }
    for (RegisterElement move : document.live("Flytting")) {
      found(RegisterRule.FLYTTING_2C, move, isAfter(date(move, "SluttDato"), sakSlutt));
      found(RegisterRule.FLYTTING_2F, move, isAfter(sakStart, date(move, "SluttDato")));
    }
  }

  /// Checks the dates of a part: it must not end before it starts, start before its case or end after its case.
  private void dates(RegisterElement part, Optional<LocalDate> start, RegisterRule endBeforeStart,
      RegisterRule endAfterCase, RegisterRule startBeforeCase) {
    found(endBeforeStart, part, isAfter(start, end(part)));
    found(endAfterCase, part, isAfter(end(part), sakSlutt));
    found(startBeforeCase, part, isAfter(sakStart, start));
  }

  /// Adds one finding for each content that several parts share.
  private void duplicates(RegisterRule rule, List<RegisterElement> parts) {
    var seen = new HashSet<String>();
    var twice = new HashSet<String>();
    parts.forEach(part -> {
      if (!seen.add(part.contentHash()) && twice.add(part.contentHash())) {
        found(rule, part, true);
      }
    });
  }

  private List<RegisterElement> related(List<RegisterElement> from, RegisterElement to) {
    return from.stream().filter(part -> isRelated(part, to)).toList();
  }

  private boolean isRelated(RegisterElement from, RegisterElement to) {
    return relations.contains(reference(from) + ">" + reference(to));
  }

  private static String reference(RegisterElement part) {
    return part.name() + "#" + id(part).orElse("");
  }

  private static String reference(RegisterElement relation, String type, String id) {
    return relation.attribute(type).orElse("") + "#" + relation.attribute(id).orElse("").toLowerCase(Locale.ROOT);
  }

  private void found(RegisterRule rule, RegisterElement part, boolean isBroken) {
    if (isBroken) {
      count(rule, rule.severity(isMigrated(part)));
    }
  }

  private void count(RegisterRule rule, Severity severity) {
    if (rule.isValidOn(today)) {
      findings.merge(new Finding(rule, severity).toString(), 1L, Long::sum);
    }
  }

  private boolean isMigrated(RegisterElement part) {
    return sak.attribute("MigrertId").isPresent() || part.attribute("MigrertId").isPresent();
  }

  private static boolean isAfter(Optional<LocalDate> one, Optional<LocalDate> other) {
    return one.isPresent() && other.isPresent() && one.get().isAfter(other.get());
  }

  private static Optional<LocalDate> end(RegisterElement part) {
    return conclusion(part).flatMap(end -> date(end, "SluttDato"));
  }

  private static String category(RegisterElement measure) {
    return measure.first("Kategori").flatMap(found -> found.attribute("Kode")).orElse("");
  }

  private static String text(RegisterElement part, String child, String grandchild) {
    return part.first(child).map(found -> text(found, grandchild)).orElse("");
  }

  private static String text(RegisterElement basis, String child) {
    return basis.first(child).map(RegisterElement::text).orElse("");
  }

  private static Optional<LocalDate> parsed(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
