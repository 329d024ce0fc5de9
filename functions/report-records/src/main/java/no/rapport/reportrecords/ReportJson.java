package no.rapport.reportrecords;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/// Reports as the contract prints them, member by member and in its order.
final class ReportJson {

  private ReportJson() {}

  /// In lists.
  static ObjectNode listed(ReportRecord report) {
    return JsonNodeFactory.instance.objectNode()
        .put("report_id", report.reportId())
        .put("org_id", report.orgId())
        .put("report_type", report.reportType())
        .put("period_from", report.period().from().toString())
        .put("period_to", report.period().to().toString())
        .put("status", report.status().word())
        .put("file_ref", report.fileRef().orElse(null))
        .put("file_size_bytes", report.fileSizeBytes().orElse(null))
        .put("generated_by", report.generatedBy())
        .put("generated_at", report.generatedAt().map(Instant::toString).orElse(null))
        .put("created_at", report.createdAt().toString())
        .put("updated_at", report.updatedAt().toString());
  }

  /// One report by itself, also as the answer to POST and PUT: with the digest of the file that Rapport wrote, and the export that left it.
  static ObjectNode detailed(ReportRecord report) {
    return listed(report)
        .put("file_sha256", report.fileSha256().orElse(null))
        .put("export_id", report.exportId().orElse(null));
  }

  static ObjectNode deleted(ReportRecord report, Instant deletedAt) {
    return JsonNodeFactory.instance.objectNode()
        .put("report_id", report.reportId())
        .put("deleted", true)
        .put("deleted_at", deletedAt.toString());
  }
}
