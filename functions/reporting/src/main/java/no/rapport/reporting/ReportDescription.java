package no.rapport.reporting;

import java.util.List;

/// Describes a report file: everything that its writers may print besides rows and figures.
///
/// It contains no job and no instant, so the same description and rows give the same bytes.
///
/// Its free texts are masked, so it contains no national identity number.
///
/// @param activityTypes requested codes; empty means all
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
