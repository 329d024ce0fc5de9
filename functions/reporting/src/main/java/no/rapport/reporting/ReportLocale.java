package no.rapport.reporting;

import java.util.Arrays;
import java.util.Optional;

/// The languages of a report (BCP 47 tags as the contracts write them).
public enum ReportLocale {
  NB("nb-NO"),
  NN("nn-NO"),
  SE("se-NO"),
  EN("en");

  private final String tag;

  ReportLocale(String tag) {
    this.tag = tag;
  }

  public String tag() {
    return tag;
  }

  public static Optional<ReportLocale> ofTag(String tag) {
    return Arrays.stream(values()).filter(locale -> locale.tag.equals(tag)).findFirst();
  }
}
