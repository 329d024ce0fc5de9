package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Besokstype;
import no.rapport.sourcedata.Version;

/// Histories of case records out of one seed: new records, corrections (of a record's child, too) and withdrawals,
/// with dates that like to fall on the rules' edges.
final class RandomCases {

  private static final List<String> KATEGORIER = List.of("1.1", "1.2", "1.99", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6",
      "2.99", "3.1", "4.2", "4.99", "5.1", "6.3", "8.1", "8.2", "8.3", "8.4", "8.5");
  /// Legal bases at the edges of the definitions: act, chapter, section.
  private static final List<String> LOVHJEMLER = List.of("BVL2021 5 1", "BVL2021 5 1", "BVL2021 4 2", "BVL2021 3 1",
      "BVL2021 4 12", "BVL 4 12", "BVL 4 12", "BVL 4 8", "BVL 4 8", "BVL 4 6", "BVL 4 25", "BVL 4 29", "BVL 4 4",
      "BVL 5 1",
      "BL1981 4 12");
  private static final List<LocalDate> EDGES = List.of(LocalDate.of(2022, 12, 31), LocalDate.of(2023, 1, 1),
      LocalDate.of(2023, 3, 31), LocalDate.of(2023, 6, 30), LocalDate.of(2023, 11, 30), LocalDate.of(2023, 12, 31),
      LocalDate.of(2024, 1, 1), LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 31), LocalDate.of(2024, 4, 1),
      LocalDate.of(2024, 6, 30), LocalDate.of(2024, 9, 30), LocalDate.of(2024, 12, 31), LocalDate.of(2025, 1, 1));

  private final Random random;
  private final int children;
  private final List<String> sources;
  private final Map<String, CaseRecord> live = new HashMap<>();
  private int records;
  private long clock = Instant.parse("2025-01-01T00:00:00Z").getEpochSecond();

  RandomCases(long seed, int children, List<String> sources) {
    this.random = new Random(seed);
    this.children = children;
    this.sources = sources;
  }

  /// Lets that many things happen; returns what is live after them, each child's records together.
  List<CaseRecord> happen(int events, List<Integer> types) {
    for (int i = 0; i < events; i++) {
      int what = random.nextInt(10);
      if (what < 8 || live.isEmpty()) {
        CaseRecord record = record("r" + records++, types.get(random.nextInt(types.size())));
        live.put(record.recordId(), record);
      } else {
        List<String> ids = live.keySet().stream().sorted().toList();
        String id = ids.get(random.nextInt(ids.size()));
        if (what == 8) {
          live.put(id, record(id, typeOf(live.get(id))));
        } else {
          live.remove(id);
        }
      }
    }
    return live();
  }

  List<CaseRecord> live() {
    var sorted = new ArrayList<>(live.values());
    sorted.sort((a, b) -> (child(a) + a.recordId()).compareTo(child(b) + b.recordId()));
    return sorted;
  }

  static String child(CaseRecord record) {
    return record instanceof CaseRecord.OfChild ofChild ? ofChild.barnId() : "";
  }

  private static int typeOf(CaseRecord record) {
    return switch (record) {
      case CaseRecord.Sak _ -> 0;
      case CaseRecord.Melding _ -> 1;
      case CaseRecord.Undersokelse _ -> 2;
      case CaseRecord.Tiltak _ -> 3;
      case CaseRecord.Plan _ -> 4;
      case CaseRecord.Besok besok -> besok.besokType() == Besokstype.OPPFOLGING ? 5 : 6;
      case CaseRecord.Flytting _ -> 7;
      case CaseRecord.Ettervern _ -> 8;
      case CaseRecord.Stilling _ -> 9;
    };
  }

  static final List<Integer> ALL_TYPES = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

  private CaseRecord record(String id, int type) {
    String source = sources.get(random.nextInt(sources.size()));
    Instant updated = Instant.ofEpochSecond(clock++);
    String barn = "barn-" + random.nextInt(children);
    return switch (type) {
      case 0 -> new CaseRecord.Sak(id, source, updated, barn, date().minusYears(16 + random.nextInt(10)),
          new Version(updated.getEpochSecond() / 60, clock, 0, 0)); // of one minute the last imported counts
      case 1 -> {
        LocalDate mottatt = date();
        Optional<LocalDate> konkludert = maybe(mottatt.plusDays(random.nextInt(12)));
        yield new CaseRecord.Melding(id, source, updated, barn, mottatt, konkludert,
            konkludert.isPresent() ? OptionalInt.of(1 + random.nextInt(10)) : OptionalInt.empty());
      }
      case 2 -> {
        LocalDate start = date();
        Optional<LocalDate> slutt = maybe(random.nextBoolean() ? start.plusMonths(random.nextInt(8))
            : start.plusDays(80 + random.nextInt(20)));
        yield new CaseRecord.Undersokelse(id, source, updated, barn, start, slutt, random.nextInt(3) == 0,
            slutt.isPresent() ? OptionalInt.of(1 + random.nextInt(9)) : OptionalInt.empty());
      }
      case 3 -> {
        LocalDate start = date().minusDays(random.nextInt(400));
        String kategori = KATEGORIER.get(random.nextInt(KATEGORIER.size()));
        String[] hjemmel = LOVHJEMLER.get(random.nextInt(LOVHJEMLER.size())).split(" ");
        List<Integer> ledd = random.nextBoolean() ? List.of() : List.of(1 + random.nextInt(2), 2 + random.nextInt(3));
        List<String> jmfr = random.nextBoolean() ? List.of() : List.of("4-4", "4-" + (11 + random.nextInt(2)));
        yield new CaseRecord.Tiltak(id, source, updated, barn, kategori, hjemmel[0], hjemmel[1], hjemmel[2], ledd, jmfr,
            start, maybe(laterOrEdge(start)), OptionalInt.of(random.nextInt(7)), OptionalInt.of(random.nextInt(5)));
      }
      case 4 -> {
        LocalDate start = date().minusDays(random.nextInt(200));
        var evaluations = new ArrayList<LocalDate>();
        for (int i = random.nextInt(3); i > 0; i--) {
          evaluations.add(date());
        }
        yield new CaseRecord.Plan(id, source, updated, barn, random.nextInt(3) == 0 ? 4 : 1, start,
            maybe(laterOrEdge(start)), evaluations);
      }
      case 5 -> new CaseRecord.Besok(id, source, updated, barn, Besokstype.OPPFOLGING, date());
      case 6 -> new CaseRecord.Besok(id, source, updated, barn, Besokstype.TILSYN, date());
      case 7 -> new CaseRecord.Flytting(id, source, updated, barn, date(), "annet");
      case 8 -> new CaseRecord.Ettervern(id, source, updated, barn, date(), 1 + random.nextInt(3));
      default -> {
        LocalDate start = date();
        yield new CaseRecord.Stilling(id, source, updated, "stilling-" + id,
            new BigDecimal(random.nextInt(1001)).movePointLeft(1), start, maybe(laterOrEdge(start)),
            random.nextInt(4) != 0, random.nextBoolean());
      }
    };
  }

  private LocalDate date() {
    return random.nextInt(3) == 0 ? EDGES.get(random.nextInt(EDGES.size()))
        : LocalDate.of(2022, 10, 1).plusDays(random.nextInt(900));
  }

  private LocalDate laterOrEdge(LocalDate start) {
    LocalDate edge = EDGES.get(random.nextInt(EDGES.size()));
    return random.nextBoolean() && !edge.isBefore(start) ? edge : start.plusDays(random.nextInt(700));
  }

  private Optional<LocalDate> maybe(LocalDate date) {
    return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(date);
  }
}
