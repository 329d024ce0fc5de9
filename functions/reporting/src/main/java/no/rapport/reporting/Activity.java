package no.rapport.reporting;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/// One activity that an organisation reports to Bufdir, as imported: one row of the report.
///
/// Texts are never null; a missing value is an empty text. `date` is a calendar date in Europe/Oslo, `updatedAt` is
/// UTC.
///
/// @param municipality four-digit number kept as text (`0301`), or empty
/// @param notes free text, or empty
/// @param attachments file names below `attachments/{org_id}/{activity_id}/`
public record Activity(
    String activityId,
    String orgId,
    String activityType,
    LocalDate date,
    int participantCount,
    int durationMinutes,
    String location,
    String municipality,
    String county,
    String targetGroup,
    String title,
    String notes,
    List<String> attachments,
    Instant updatedAt) {

  public Activity {
    attachments = List.copyOf(attachments);
  }
}
