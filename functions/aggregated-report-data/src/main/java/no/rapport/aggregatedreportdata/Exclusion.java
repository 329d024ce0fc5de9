package no.rapport.aggregatedreportdata;

import java.util.Locale;
import no.rapport.reporting.LocalizedText;
import no.rapport.reporting.ReportLocale;

/// Why a record that a figure considers does not count in it. A record has at most one reason: the first that applies,
/// in the order in which [Sum] lists the reasons of each sum.
enum Exclusion {
  RECEIVED_OUTSIDE_PERIOD("Mottatt utenfor perioden", "Motteke utanfor perioden", "Received outside the period"),
  NOT_CONCLUDED("Ikke konkludert", "Ikkje konkludert", "Not concluded"),
  CONCLUDED_OUTSIDE_PERIOD("Konkludert utenfor perioden", "Konkludert utanfor perioden",
      "Concluded outside the period"),
  OTHER_CONCLUSION("En annen konklusjon", "Ein annan konklusjon", "Another conclusion"),
  STARTED_OUTSIDE_PERIOD("Startet utenfor perioden", "Starta utanfor perioden", "Started outside the period"),
  NOT_ENDED("Ikke avsluttet", "Ikkje avslutta", "Not ended"),
  ENDED_OUTSIDE_PERIOD("Avsluttet utenfor perioden", "Avslutta utanfor perioden", "Ended outside the period"),
  WITHIN_LIMIT("Avsluttet innen fristen", "Avslutta innan fristen", "Completed within the limit"),
  PLACEMENT("Plassering utenfor hjemmet", "Plassering utanfor heimen", "A placement outside the home"),
  CARE_ORDER("Omsorgsovertakelse", "Omsorgsovertaking", "A care order"),
  NOT_PLACEMENT("Ikke plassering utenfor hjemmet", "Ikkje plassering utanfor heimen",
      "Not a placement outside the home"),
  NOT_CARE_ORDER("Ikke omsorgsovertakelse", "Ikkje omsorgsovertaking", "Not a care order"),
  NOT_ACUTE("Ikke akutt", "Ikkje akutt", "Not an emergency placement"),
  NOT_FOSTER_HOME("Ikke fosterhjem", "Ikkje fosterheim", "Not a foster home"),
  NOT_INSTITUTION("Ikke institusjon", "Ikkje institusjon", "Not an institution"),
  OUTSIDE_PERIOD("Utenfor perioden", "Utanfor perioden", "Outside the period"),
  NOT_OPEN_AT_PERIOD_END("Ikke åpent ved periodens slutt", "Ikkje ope ved slutten av perioden",
      "Not open at the end of the period"),
  VACANT("Ubesatt", "Ikkje fylt", "Vacant"),
  STARTED_TOO_LATE("Startet mindre enn 12 måneder før periodens siste dag",
      "Starta mindre enn 12 månader før den siste dagen i perioden",
      "Started less than 12 months before the last day of the period"),
  REQUIREMENT_MET("Kravet er oppfylt", "Kravet er oppfylt", "The requirement is met"),
  NOT_FIRST_OF_CHILD("Ikke barnets første tiltak", "Ikkje det første tiltaket til barnet",
      "Not the child's first measure"),
  SAME_CHILD("Barnet er allerede talt", "Barnet er alt talt", "The child has been counted already"),
  NO_OPEN_PLAN("Barnet har ingen åpen plan", "Barnet har ingen open plan", "The child has no open plan"),
  NO_EVALUATED_PLAN("Barnet har ingen evaluert plan", "Barnet har ingen evaluert plan",
      "The child has no evaluated plan"),
  AGE_UNKNOWN("Alderen er ikke kjent", "Alderen er ikkje kjend", "The age is not known"),
  OTHER_AGE("Ikke 18–24 år", "Ikkje 18–24 år", "Not aged 18–24"),
  /// The record counts.
  NONE("", "", "");

  private final LocalizedText text;

  Exclusion(String nb, String nn, String en) {
    this.text = new LocalizedText(nb, nn, "", en);
  }

  /// Returns this reason if the condition holds, otherwise [#NONE].
  static Exclusion when(boolean applies, Exclusion reason) {
    return applies ? reason : NONE;
  }

  /// Returns this reason. If this is [#NONE], returns the given reason if its condition holds.
  Exclusion or(boolean applies, Exclusion next) {
    return this == NONE && applies ? next : this;
  }

  /// The reason's word in answers.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The reason in a reader's language; in Sami as in Bokmål.
  String text(ReportLocale locale) {
    return text.in(locale);
  }
}
