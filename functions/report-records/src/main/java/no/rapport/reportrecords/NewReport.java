package no.rapport.reportrecords;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import no.rapport.api.Body;
import no.rapport.reporting.Period;

/// A report as a client enters it (`POST /api/v1/report-records`).
record NewReport(String orgId, String reportType, Period period, ReportStatus status, Optional<String> fileRef,
    Optional<Long> fileSizeBytes, String generatedBy, Optional<Instant> generatedAt) {

  static final String STATUS_EXPECTATION = "must be pending, processing, completed or failed";
  /// The largest whole number that every JSON reader holds exactly.
  static final long MAX_SIZE = (1L << 53) - 1;

  private static final int MAX_YEARS = 5;
  private static final Pattern TYPE = Pattern.compile("[a-z_]{1,64}");

  /// @param actingUser becomes `generated_by` if the body has none
  static NewReport parse(Body body, Optional<String> actingUser) {
    String orgId = body.required("org_id", body.id("org_id"), "-");
    String type = body.required("report_type",
        body.matching("report_type", TYPE, "must be 1 to 64 characters of a-z and _"), "-");
    Body.DateRange dates = body.dateRange("period_from", "period_to", MAX_YEARS);
    ReportStatus status = body.required("status", body.word("status", ReportStatus::ofWord, STATUS_EXPECTATION),
        ReportStatus.PENDING);
    Optional<String> fileRef = body.word("file_ref", key -> FileRef.of(orgId, key), FileRef.EXPECTATION);
    Optional<Long> size = body.integer("file_size_bytes", 0, MAX_SIZE);
    String generatedBy = body.required("generated_by",
        body.personId("generated_by").or(() -> body.has("generated_by") ? Optional.empty() : actingUser), "-");
    Optional<Instant> generatedAt = body.instant("generated_at");
    if (status == ReportStatus.COMPLETED && (!body.has("file_ref") || body.isNull("file_ref"))) {
      body.wrong("file_ref", "is required when status is completed");
    }
    return new NewReport(orgId, type, new Period(dates.from(), dates.to()), status, fileRef, size, generatedBy,
        generatedAt);
  }

  ReportRecord toReport(String reportId, Instant now) {
    return new ReportRecord(reportId, orgId, reportType, period, status, fileRef, fileSizeBytes, generatedBy,
        generatedAt, now, now, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }
}
