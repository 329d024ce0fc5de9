package no.rapport.reportrecords;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/// Writes reports as the contract defines them, with its members in its order.
final class ReportJson {

  private ReportJson() {}

  /// Writes a report as lists show it.
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

  /// Writes a single report, also for the answers to POST and PUT. It adds the digest of the file that Rapport wrote,
  /// and the id of the export that created the record.
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
