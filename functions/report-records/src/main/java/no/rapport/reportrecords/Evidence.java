package no.rapport.reportrecords;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.RuleSet;

/// Writes the evidence of a report: a small ZIP with which an auditor can verify that a file is the original and that
/// the rows behind it are the sealed ones.
///
/// The same report gives the same bytes in every release: nothing in the ZIP depends on the clock, and nothing is
/// compressed, because compressors change. The ZIP contains no figures and no rows, so it reveals nothing that the
/// report hides.
final class Evidence {

  static final String CONTENT_TYPE = "application/zip";

  // For 1 January 1980, the JDK would add an extended timestamp, which depends on the time zone.
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 2, 0, 0);

  private final ReportRecord report;
  private final ReportParameters parameters;
  private final SealedData sealed;
  private final SealedManifest manifest;

  private Evidence(ReportRecord report, SealedData sealed, SealedManifest manifest) {
    this.report = report;
    this.parameters = report.parameters().orElseThrow();
    this.sealed = sealed;
    this.manifest = manifest;
  }

  /// Returns the key of a report's evidence. It is in the folder of the sealed data, so both are erased together.
  static String key(SealedData sealed) {
    return sealed.prefix() + "evidence.zip";
  }

  static byte[] of(ReportRecord report, SealedData sealed, SealedManifest manifest) {
    var evidence = new Evidence(report, sealed, manifest);
    var zip = new ByteArrayOutputStream();
    try (var out = new ZipOutputStream(zip, StandardCharsets.UTF_8)) {
      String json = evidence.reportJson() + "\n";
      String rows = evidence.rowsJson() + "\n";
      add(out, "README.html", evidence.page());
      add(out, "SHA256SUMS", evidence.sum(report.fileSha256().orElseThrow(), evidence.fileName())
          + evidence.sum(sha256(json), "report.json") + evidence.sum(sha256(rows), "sealed-rows.json"));
      add(out, "report.json", json);
      add(out, "sealed-rows.json", rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return zip.toByteArray();
  }

  private String fileName() {
    String key = report.fileRef().orElseThrow();
    return key.substring(key.lastIndexOf('/') + 1);
  }

  private String sum(String sha256, String name) {
    return sha256 + "  " + name + "\n";
  }

  private String reportJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("report_id", report.reportId());
    json.put("export_id", report.exportId().orElse(null));
    json.put("org_id", report.orgId());
    json.put("period_from", report.period().from().toString());
    json.put("period_to", report.period().to().toString());
    json.put("generated_by", report.generatedBy());
    json.put("generated_at", report.generatedAt().orElseThrow().toString());
    ObjectNode file = json.putObject("file");
    file.put("name", fileName());
    file.put("size_bytes", report.fileSizeBytes().orElseThrow());
    file.put("sha256", report.fileSha256().orElseThrow());
    ObjectNode made = json.putObject("parameters");
    made.put("format", parameters.format().extension());
    made.put("locale", parameters.locale().tag());
    ArrayNode types = made.putArray("activity_types");
    parameters.activityTypes().forEach(types::add);
    made.put("include_annexes", parameters.includeAnnexes());
    made.put("include_attachments", parameters.includeAttachments());
    made.put("suppression", parameters.suppression().word());
    ObjectNode rules = json.putObject("rule_versions");
    putVersion(rules, "figures", manifest.figures().map(FigureSnapshot::ruleVersion).orElse(RuleSet.UNKNOWN));
    putVersion(rules, "prior_figures",
        manifest.figures().map(FigureSnapshot::priorRuleVersion).orElse(RuleSet.UNKNOWN));
    json.put("snapshot_id", manifest.figures().map(FigureSnapshot::snapshotId).orElse(null));
    return json.toString();
  }

  private static void putVersion(ObjectNode json, String name, int version) {
    if (version == RuleSet.UNKNOWN) {
      json.putNull(name);
    } else {
      json.put(name, version);
    }
  }

  private String rowsJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("manifest_sha256", sealed.sha256());
    json.put("rows", manifest.parts().stream().mapToLong(SealedManifest.Part::rows).sum());
    ArrayNode parts = json.putArray("parts");
    manifest.parts().forEach(part -> parts.addObject()
        .put("name", part.key().substring(part.key().lastIndexOf('/') + 1))
        .put("rows", part.rows())
        .put("size_bytes", part.sizeBytes())
        .put("sha256", part.sha256()));
    return json.toString();
  }

  private String page() {
    String file = escaped(fileName());
    String sha256 = report.fileSha256().orElseThrow();
    String id = escaped(report.reportId());
    return """
        <!DOCTYPE html>
        <html lang="nb">
        <head><meta charset="utf-8"><title>Bevis for rapport %1$s</title></head>
        <body>
        <h1>Slik kontrollerer du rapporten</h1>
        <p>Rapport %1$s, fil %2$s, SHA-256 %3$s.</p>
        <ol>
        <li>Pakk ut denne ZIP-filen i en tom mappe og legg rapportfilen %2$s i samme mappe.</li>
        <li>Kjør <code>sha256sum -c SHA256SUMS</code>. Alle linjer skal ende med OK. Da er filen den som ble laget.</li>
        <li>Be om en ny utgave av rapporten: <code>POST /api/v1/report-reexports</code> med
        <code>{"report_id": "%1$s"}</code>, uten andre parametere. Den lages på nytt av de forseglede radene.</li>
        <li>Last den ned og kjør <code>sha256sum</code> på den. Summen skal være %4$s.</li>
        </ol>
        <p><code>report.json</code> har parametere, tidspunkt, hvem som bestilte, og versjonen av reglene for tallene.
        <code>sealed-rows.json</code> har antall rader og SHA-256 for hver forseglet del.</p>
        <section lang="en">
        <h1>How to verify the report</h1>
        <p>Report %1$s, file %2$s, SHA-256 %3$s.</p>
        <ol>
        <li>Unpack this ZIP into an empty folder and put the report file %2$s into the same folder.</li>
        <li>Run <code>sha256sum -c SHA256SUMS</code>. Every line must end with OK. The file is then the one that was \
        made.
        </li>
        <li>Order the report anew: <code>POST /api/v1/report-reexports</code> with
        <code>{"report_id": "%1$s"}</code> and no other parameters. It is made again from the sealed rows.</li>
        <li>Download it and run <code>sha256sum</code> on it. The sum must be %5$s.</li>
        </ol>
        <p><code>report.json</code> has the parameters, the time, who ordered it, and the version of the rules of the
        figures. <code>sealed-rows.json</code> has the number of rows and the SHA-256 of each sealed part.</p>
        </section>
        </body>
        </html>
        """.formatted(id, file, sha256,
        parameters.includeAttachments() ? "den som manifest.json i rapportens ZIP-fil har for rapporten selv, siden "
            + "vedlegg ikke er med i en ny utgave" : sha256,
        parameters.includeAttachments() ? "the one that manifest.json in the report's ZIP file has for the report "
            + "itself, since a re-export has no attachments" : sha256);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }

  private static String sha256(String text) {
    return ReportFiles.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(ZipOutputStream out, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(NO_TIME);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }
}
