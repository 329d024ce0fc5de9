package no.rapport.reportrecords;

import java.time.Instant;
import java.time.LocalDate;
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

  private static final Pattern TYPE = Pattern.compile("[a-z_]{1,64}");

  static NewReport parse(Body body) {
    String orgId = body.required("org_id", body.id("org_id"), "-");
    String type = body.required("report_type",
        body.matching("report_type", TYPE, "must be 1 to 64 characters of a-z and _"), "-");
    LocalDate from = body.required("period_from", body.date("period_from"), LocalDate.EPOCH);
    LocalDate to = body.required("period_to", body.date("period_to"), from);
    ReportStatus status = body.required("status", body.word("status", ReportStatus::ofWord, STATUS_EXPECTATION),
        ReportStatus.PENDING);
    Optional<String> fileRef = body.word("file_ref", key -> FileRef.of(orgId, key), FileRef.EXPECTATION);
    Optional<Long> size = body.integer("file_size_bytes", 0, MAX_SIZE);
    String generatedBy = body.required("generated_by", body.id("generated_by"), "-");
    Optional<Instant> generatedAt = body.instant("generated_at");
    if (status == ReportStatus.COMPLETED && (!body.has("file_ref") || body.isNull("file_ref"))) {
      body.wrong("file_ref", "is required when status is completed");
    }
    boolean backwards = to.isBefore(from);
    if (backwards && body.has("period_from")) {
      body.wrong("period_to", "must not be before period_from");
    }
    return new NewReport(orgId, type, new Period(from, backwards ? from : to), status, fileRef, size, generatedBy,
        generatedAt);
  }

  ReportRecord toReport(String reportId, Instant now) {
    return new ReportRecord(reportId, orgId, reportType, period, status, fileRef, fileSizeBytes, generatedBy,
        generatedAt, now, now, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }
}
