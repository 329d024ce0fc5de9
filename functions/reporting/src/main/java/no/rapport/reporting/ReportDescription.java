package no.rapport.reporting;

import java.util.List;

/// What a report file is about: everything its writers may print besides rows and figures.
///
/// It names no job and no instant, so that one description and the same rows give the same bytes.
///
/// No national identity number gets in by its free texts.
///
/// @param activityTypes codes that were asked for; empty means all
/// @param includeAnnexes whether the annex sheets (key figures, attachments, methods and sources) are written
public record ReportDescription(
    String orgId,
    String organizationName,
    Period period,
    List<String> activityTypes,
    ReportLocale locale,
    boolean includeAnnexes,
    Suppression suppression) {

  public ReportDescription {
    organizationName = NationalIdMask.mask(organizationName).text();
    activityTypes = activityTypes.stream().map(type -> NationalIdMask.mask(type).text()).toList();
  }
}
