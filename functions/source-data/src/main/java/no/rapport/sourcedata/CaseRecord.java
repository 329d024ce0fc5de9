package no.rapport.sourcedata;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A record of a municipal child-welfare service, as its systems delivered it. Dates are calendar dates in Europe/Oslo;
/// `updatedAt` is UTC. Attributes keep the Norwegian names of the national record form.
///
/// Records are confidential: [Object#toString] returns only the type, so that no record is logged by accident.
public sealed interface CaseRecord {

  /// Unique among the organisation's records of the same type.
  String recordId();

  /// The system that delivered the record.
  String sourceSystem();

  Instant updatedAt();

  /// A record of one child. All records of a child are in the same part.
  sealed interface OfChild extends CaseRecord {

    /// A pseudonym, never a national id number.
    String barnId();
  }

  /// A child's case.
  ///
  /// @param version orders a child's cases; the greatest is the newest
  record Sak(
      String recordId, String sourceSystem, Instant updatedAt, String barnId, LocalDate fodt, Version version)
      implements OfChild {
    @Override
    public String toString() {
      return "Sak";
    }
  }

  /// A report of concern.
  ///
  /// @param konklusjon 1 to 10; present if `konkludertDato` is
  record Melding(
      String recordId, String sourceSystem, Instant updatedAt, String barnId,
      LocalDate mottattDato, Optional<LocalDate> konkludertDato, OptionalInt konklusjon) implements OfChild {
    @Override
    public String toString() {
      return "Melding";
    }
  }

  /// An investigation.
  ///
  /// @param konklusjon 1 to 9; present if `slutt` is
  record Undersokelse(
      String recordId, String sourceSystem, Instant updatedAt, String barnId,
      LocalDate start, Optional<LocalDate> slutt, boolean utvidetFrist, OptionalInt konklusjon) implements OfChild {
    @Override
    public String toString() {
      return "Undersokelse";
    }
  }

  /// A measure.
  ///
  /// @param kategori such as `2.1`
  /// @param lov the act: `BVL` (of 1992), `BVL2021` or `BL1981`
  /// @param kap chapter of the act
  /// @param par section of the act
  /// @param ledd subsections of the section; may be empty
  /// @param jmfr further sections that the measure refers to, as chapter and section, such as `4-12`
  /// @param hyppighetOppf follow-up visits a year; present for every foster home (2.1-2.4, 2.99)
  /// @param hyppighetTilsyn supervision visits a year; present for every foster home
  record Tiltak(
      String recordId, String sourceSystem, Instant updatedAt, String barnId,
      String kategori, String lov, String kap, String par, List<Integer> ledd, List<String> jmfr,
      LocalDate start, Optional<LocalDate> slutt,
      OptionalInt hyppighetOppf, OptionalInt hyppighetTilsyn) implements OfChild {

    public Tiltak {
      ledd = List.copyOf(ledd);
      jmfr = List.copyOf(jmfr);
    }

    /// Creates a measure with a legal basis without subsections and further sections.
    public Tiltak(
        String recordId, String sourceSystem, Instant updatedAt, String barnId,
        String kategori, String lov, String kap, String par, LocalDate start, Optional<LocalDate> slutt,
        OptionalInt hyppighetOppf, OptionalInt hyppighetTilsyn) {
      this(recordId, sourceSystem, updatedAt, barnId, kategori, lov, kap, par, List.of(), List.of(), start, slutt,
          hyppighetOppf, hyppighetTilsyn);
    }

    @Override
    public String toString() {
      return "Tiltak";
    }
  }

  /// A plan.
  ///
  /// @param planType 1 tiltaksplan, 4 omsorgsplan
  /// @param evalueringer when the plan was evaluated
  record Plan(
      String recordId, String sourceSystem, Instant updatedAt, String barnId,
      int planType, LocalDate start, Optional<LocalDate> slutt, List<LocalDate> evalueringer) implements OfChild {

    public Plan {
      evalueringer = List.copyOf(evalueringer);
    }

    @Override
    public String toString() {
      return "Plan";
    }
  }

  /// The purpose of a visit: follow-up or supervision.
  enum Besokstype {
    OPPFOLGING("oppfolging"),
    TILSYN("tilsyn");

    private final String word;

    Besokstype(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// A visit to a child in a foster home.
  record Besok(
      String recordId, String sourceSystem, Instant updatedAt, String barnId,
      Besokstype besokType, LocalDate dato) implements OfChild {
    @Override
    public String toString() {
      return "Besok";
    }
  }

  /// A child's move from one placement to another.
  record Flytting(
      String recordId, String sourceSystem, Instant updatedAt, String barnId,
      LocalDate dato, String arsak) implements OfChild {
    @Override
    public String toString() {
      return "Flytting";
    }
  }

  /// An offer of aftercare.
  ///
  /// @param konklusjon 1 if it was accepted
  record Ettervern(
      String recordId, String sourceSystem, Instant updatedAt, String barnId,
      LocalDate konkludert, int konklusjon) implements OfChild {
    @Override
    public String toString() {
      return "Ettervern";
    }
  }

  /// A position in the service. It belongs to no child.
  ///
  /// @param prosent percentage of a full-time position
  /// @param besatt whether the position is filled
  /// @param oppfyller156 whether the holder meets the competence requirement of section 15-6
  record Stilling(
      String recordId, String sourceSystem, Instant updatedAt, String stillingId,
      BigDecimal prosent, LocalDate start, Optional<LocalDate> slutt, boolean besatt, boolean oppfyller156)
      implements CaseRecord {
    @Override
    public String toString() {
      return "Stilling";
    }
  }
}
