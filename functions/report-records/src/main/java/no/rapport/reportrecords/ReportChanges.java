package no.rapport.reportrecords;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import no.rapport.api.Body;

/// A worker's changes to a report (`PUT /api/v1/report-records/{report_id}`), which are merged member by member.
record ReportChanges(Optional<ReportStatus> status, Given<String> fileRef, Given<Long> fileSizeBytes,
    Given<Instant> generatedAt) {

  /// A member that is absent (the value stays), `null` (the value becomes empty) or a new value.
  record Given<T>(boolean given, Optional<T> value) {

    static <T> Given<T> of(Body body, String name, Function<String, Optional<T>> read) {
      return new Given<>(body.has(name), read.apply(name));
    }

    Optional<T> over(Optional<T> present) {
      return given ? value : present;
    }
  }

  private static final Set<String> CHANGEABLE = Set.of("status", "file_ref", "file_size_bytes", "generated_at");

  /// @param report the report to change; its file must be in its organisation's folder
  static ReportChanges parse(Body body, ReportRecord report) {
    body.readOnly(() -> ReportJson.detailed(report), CHANGEABLE);
    if (body.isNull("status")) {
      body.wrong("status", NewReport.STATUS_EXPECTATION);
    }
    return new ReportChanges(body.word("status", ReportStatus::ofWord, NewReport.STATUS_EXPECTATION),
        Given.of(body, "file_ref", name -> body.word(name, key -> FileRef.of(report.orgId(), key), FileRef.EXPECTATION)),
        Given.of(body, "file_size_bytes", name -> body.integer(name, 0, NewReport.MAX_SIZE)),
        Given.of(body, "generated_at", body::instant));
  }

  ReportRecord mergedInto(ReportRecord report, Instant now) {
    ReportRecord merged = report.changed(status.orElse(report.status()), fileRef.over(report.fileRef()),
        fileSizeBytes.over(report.fileSizeBytes()), generatedAt.over(report.generatedAt()), report.updatedAt());
    return merged.equals(report) ? report
        : report.changed(merged.status(), merged.fileRef(), merged.fileSizeBytes(), merged.generatedAt(), now);
  }
}
