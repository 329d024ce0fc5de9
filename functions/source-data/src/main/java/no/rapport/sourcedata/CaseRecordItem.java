package no.rapport.sourcedata;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import no.rapport.sourcedata.CaseRecord.Besok;
import no.rapport.sourcedata.CaseRecord.Besokstype;
import no.rapport.sourcedata.CaseRecord.Ettervern;
import no.rapport.sourcedata.CaseRecord.Flytting;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.OfChild;
import no.rapport.sourcedata.CaseRecord.Plan;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Stilling;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;

/// Converts case records to items of the table and back.
public final class CaseRecordItem {

  /// Stands for an absent date. Imports accept no date near it.
  private static final long NO_DATE = -1_000_000;

  private static final String ACT_OF_1992 = "BVL";
  /// The spelling of some files, which earlier releases stored unchanged.
  private static final String ACT_OF_1992_SPELLED_OUT = "BVL1992";

  private CaseRecordItem() {}

  /// Returns the name of a record's type in imports and keys.
  public static String type(CaseRecord caseRecord) {
    return switch (caseRecord) {
      case Sak _ -> "sak";
      case Melding _ -> "melding";
      case Undersokelse _ -> "undersokelse";
      case Tiltak _ -> "tiltak";
      case Plan _ -> "plan";
      case Besok _ -> "besok";
      case Flytting _ -> "flytting";
      case Ettervern _ -> "ettervern";
      case Stilling _ -> "stilling";
    };
  }

  /// Returns the id that decides the part: the child's, or the position's for a record without a child.
  public static String owner(CaseRecord caseRecord) {
    return switch (caseRecord) {
      case OfChild ofChild -> ofChild.barnId();
      case Stilling stilling -> stilling.stillingId();
    };
  }

  /// Returns `{type}#{record_id}`, which identifies the record in all its versions.
  public static String identity(CaseRecord caseRecord) {
    return type(caseRecord) + "#" + caseRecord.recordId();
  }

  /// Returns the part and a hash of the owner. A child's records are adjacent, and the key does not show the child.
  public static String place(CaseRecord caseRecord) {
    String owner = owner(caseRecord);
    return SourceDataTable.partOf(owner) + "#" + SourceDataTable.shortHash(owner);
  }

  public static String pack(CaseRecord caseRecord) {
    PackedText.Writer packed = packed(caseRecord, ActivityItem.nanos(caseRecord.updatedAt()));
    if (caseRecord instanceof Sak sak) {
      packed.number(sak.version().importedAt()).number(sak.version().file()).number(sak.version().line());
    }
    return packed.pack();
  }

  /// Returns a fingerprint of all values that figures use. It includes `updated_at` only for a child's case, because
  /// the newest case decides the birth date.
  public static String fingerprint(CaseRecord caseRecord) {
    long updatedAt = caseRecord instanceof Sak ? ActivityItem.nanos(caseRecord.updatedAt()) : 0;
    return SourceDataTable.fingerprint(identity(caseRecord) + "#" + packed(caseRecord, updatedAt).pack());
  }

  /// Returns the sets of periods whose figures may depend on the record, as [CaseChangeGroup] writes them.
  public static List<String> touches(CaseRecord caseRecord) {
    return switch (caseRecord) {
      case Sak _ -> List.of(CaseChangeGroup.EVERY_PERIOD);
      case Melding melding -> quarters(melding.mottattDato(), melding.konkludertDato());
      case Undersokelse undersokelse -> quarters(undersokelse.start(), undersokelse.slutt());
      case Tiltak tiltak -> List.of(CaseChangeGroup.quarterAndLater(tiltak.start()));
      case Plan plan -> List.of(CaseChangeGroup.quarterAndLater(plan.start()));
      case Besok besok -> List.of(CaseChangeGroup.quarter(besok.dato()));
      case Flytting flytting -> List.of(CaseChangeGroup.quarter(flytting.dato()));
      case Ettervern ettervern -> List.of(CaseChangeGroup.quarter(ettervern.konkludert()));
      case Stilling stilling -> List.of(CaseChangeGroup.quarterAndLater(stilling.start()));
    };
  }

  /// Returns the name under which live records are counted: type (for visits also the purpose) and source system.
  public static String presence(CaseRecord caseRecord) {
    String type = caseRecord instanceof Besok besok ? "besok-" + besok.besokType().word() : type(caseRecord);
    return type + "/" + caseRecord.sourceSystem();
  }

  private static List<String> quarters(LocalDate first, Optional<LocalDate> second) {
    String quarter = CaseChangeGroup.quarter(first);
    return second.map(CaseChangeGroup::quarter)
        .filter(other -> !other.equals(quarter))
        .map(other -> List.of(quarter, other))
        .orElse(List.of(quarter));
  }

  private static PackedText.Writer packed(CaseRecord caseRecord, long updatedAt) {
    var packed = new PackedText.Writer()
        .number(updatedAt)
        .text(caseRecord.sourceSystem())
        .text(owner(caseRecord));
    switch (caseRecord) {
      case Sak sak -> packed.number(day(sak.fodt()));
      case Melding melding -> packed
          .number(day(melding.mottattDato()))
          .number(day(melding.konkludertDato()))
          .number(melding.konklusjon().orElse(-1));
      case Undersokelse undersokelse -> packed
          .number(day(undersokelse.start()))
          .number(day(undersokelse.slutt()))
          .number(undersokelse.utvidetFrist() ? 1 : 0)
          .number(undersokelse.konklusjon().orElse(-1));
      case Tiltak tiltak -> {
        packed
            .text(tiltak.kategori())
            .text(tiltak.lov())
            .text(tiltak.kap())
            .text(tiltak.par())
            .number(day(tiltak.start()))
            .number(day(tiltak.slutt()))
            .number(tiltak.hyppighetOppf().orElse(-1))
            .number(tiltak.hyppighetTilsyn().orElse(-1));
        // Without subsections the item stays equal to those of earlier releases, which did not store any.
        if (!tiltak.ledd().isEmpty() || !tiltak.jmfr().isEmpty()) {
          packed.number(tiltak.ledd().size());
          tiltak.ledd().forEach(packed::number);
          tiltak.jmfr().forEach(packed::text);
        }
      }
      case Plan plan -> {
        packed.number(plan.planType()).number(day(plan.start())).number(day(plan.slutt()));
        plan.evalueringer().forEach(date -> packed.number(day(date)));
      }
      case Besok besok -> packed.number(besok.besokType().ordinal()).number(day(besok.dato()));
      case Flytting flytting -> packed.number(day(flytting.dato())).text(flytting.arsak());
      case Ettervern ettervern -> packed.number(day(ettervern.konkludert())).number(ettervern.konklusjon());
      case Stilling stilling -> packed
          .text(stilling.prosent().toString())
          .number(day(stilling.start()))
          .number(day(stilling.slutt()))
          .number(stilling.besatt() ? 1 : 0)
          .number(stilling.oppfyller156() ? 1 : 0);
    }
    return packed;
  }

  public static CaseRecord unpack(String sortKey, String row) {
    int typeAt = sortKey.indexOf('#') + 1;
    int idAt = sortKey.indexOf('#', typeAt) + 1;
    String id = sortKey.substring(idAt);
    var packed = new PackedText.Reader(row);
    Instant updatedAt = ActivityItem.instant(packed.number());
    String source = packed.text();
    String owner = packed.text();
    return switch (sortKey.substring(typeAt, idAt - 1)) {
      case "sak" -> new Sak(id, source, updatedAt, owner, date(packed), new Version(
          ActivityItem.nanos(updatedAt), packed.number(), packed.number(), packed.number()));
      case "melding" -> new Melding(id, source, updatedAt, owner, date(packed), optionalDate(packed), integer(packed));
      case "undersokelse" -> new Undersokelse(
          id, source, updatedAt, owner, date(packed), optionalDate(packed), packed.number() == 1, integer(packed));
      case "tiltak" -> tiltak(id, source, updatedAt, owner, packed);
      case "plan" -> new Plan(
          id, source, updatedAt, owner, (int) packed.number(), date(packed), optionalDate(packed), dates(packed));
      case "besok" -> new Besok(
          id, source, updatedAt, owner, packed.number() == 0 ? Besokstype.OPPFOLGING : Besokstype.TILSYN, date(packed));
      case "flytting" -> new Flytting(id, source, updatedAt, owner, date(packed), packed.text());
      case "ettervern" -> new Ettervern(id, source, updatedAt, owner, date(packed), (int) packed.number());
      case "stilling" -> new Stilling(
          id, source, updatedAt, owner, new BigDecimal(packed.text()), date(packed), optionalDate(packed),
          packed.number() == 1, packed.number() == 1);
      default -> throw new IllegalStateException("The stored case record has a type that this version does not know");
    };
  }

  private static Tiltak tiltak(String id, String source, Instant updatedAt, String barnId, PackedText.Reader packed) {
    String kategori = packed.text();
    String lov = packed.text();
    String kap = packed.text();
    String par = packed.text();
    LocalDate start = date(packed);
    Optional<LocalDate> slutt = optionalDate(packed);
    OptionalInt hyppighetOppf = integer(packed);
    OptionalInt hyppighetTilsyn = integer(packed);
    List<Integer> ledd = List.of();
    List<String> jmfr = List.of();
    if (packed.hasNext()) {
      ledd = new ArrayList<>();
      for (long left = packed.number(); left > 0; left--) {
        ledd.add((int) packed.number());
      }
      jmfr = new ArrayList<>();
      while (packed.hasNext()) {
        jmfr.add(packed.text());
      }
    }
    return new Tiltak(id, source, updatedAt, barnId, kategori, lov.equals(ACT_OF_1992_SPELLED_OUT) ? ACT_OF_1992 : lov,
        kap, par, ledd, jmfr, start, slutt, hyppighetOppf, hyppighetTilsyn);
  }

  private static long day(LocalDate date) {
    return date.toEpochDay();
  }

  private static long day(Optional<LocalDate> date) {
    return date.map(LocalDate::toEpochDay).orElse(NO_DATE);
  }

  private static LocalDate date(PackedText.Reader packed) {
    return LocalDate.ofEpochDay(packed.number());
  }

  private static Optional<LocalDate> optionalDate(PackedText.Reader packed) {
    long day = packed.number();
    return day == NO_DATE ? Optional.empty() : Optional.of(LocalDate.ofEpochDay(day));
  }

  private static OptionalInt integer(PackedText.Reader packed) {
    int value = (int) packed.number();
    return value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
  }

  private static List<LocalDate> dates(PackedText.Reader packed) {
    var dates = new ArrayList<LocalDate>();
    while (packed.hasNext()) {
      dates.add(date(packed));
    }
    return dates;
  }
}
