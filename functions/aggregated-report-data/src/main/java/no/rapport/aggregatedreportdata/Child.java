package no.rapport.aggregatedreportdata;

import java.util.ArrayList;
import java.util.List;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Besok;
import no.rapport.sourcedata.CaseRecord.Ettervern;
import no.rapport.sourcedata.CaseRecord.Flytting;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Plan;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;

/// All live records of one child, while they are counted.
final class Child {

  private final String barnId;
  private final List<Sak> saker = new ArrayList<>();
  private final List<Melding> meldinger = new ArrayList<>();
  private final List<Undersokelse> undersokelser = new ArrayList<>();
  private final List<Tiltak> tiltak = new ArrayList<>();
  private final List<Plan> planer = new ArrayList<>();
  private final List<Besok> besok = new ArrayList<>();
  private final List<Flytting> flyttinger = new ArrayList<>();
  private final List<Ettervern> ettervern = new ArrayList<>();

  Child(String barnId) {
    this.barnId = barnId;
  }

  boolean has(CaseRecord.OfChild record) {
    return barnId.equals(record.barnId());
  }

  void add(CaseRecord.OfChild record) {
    switch (record) {
      case Sak sak -> saker.add(sak);
      case Melding melding -> meldinger.add(melding);
      case Undersokelse undersokelse -> undersokelser.add(undersokelse);
      case Tiltak one -> tiltak.add(one);
      case Plan plan -> planer.add(plan);
      case Besok one -> besok.add(one);
      case Flytting flytting -> flyttinger.add(flytting);
      case Ettervern one -> ettervern.add(one);
    }
  }

  List<Sak> saker() {
    return saker;
  }

  List<Melding> meldinger() {
    return meldinger;
  }

  List<Undersokelse> undersokelser() {
    return undersokelser;
  }

  List<Tiltak> tiltak() {
    return tiltak;
  }

  List<Plan> planer() {
    return planer;
  }

  List<Besok> besok() {
    return besok;
  }

  List<Flytting> flyttinger() {
    return flyttinger;
  }

  List<Ettervern> ettervern() {
    return ettervern;
  }
}
