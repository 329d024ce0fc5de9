package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import no.rapport.imports.ImportKind;
import no.rapport.imports.ImportRecord;
import no.rapport.imports.ImportRecords;
import no.rapport.imports.ImportResult;
import no.rapport.imports.UploadedFile;
import no.rapport.reporting.NationalIdMask;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourceimports.ImportKey.Organization;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Registers an organisation by its file `organization.json`: its name, `{"name": …}`, and the numbers by which
/// documents of the national register name it, `organization_number` and `district_number`.
///
/// Errors are reported in `organization.json.report.json`, as for files of rows.
final class ImportOrganization {

  private static final int MAX_CHARS = 200;
  private static final long MAX_BYTES = 64 * 1024;

  private final ImportRecords imports;
  private final ImportStates states;
  private final S3Client s3;
  private final OrganizationRegister register;
  private final InstantSource clock;

  ImportOrganization(ImportRecords imports, S3Client s3, OrganizationRegister register, InstantSource clock) {
    this.clock = clock;
    this.imports = imports;
    this.states = new ImportStates(s3);
    this.s3 = s3;
    this.register = register;
  }

  void apply(String bucket, Organization organization, Optional<Instant> putAt) {
    ResponseBytes<GetObjectResponse> object;
    try {
      object = s3.getObject(
          request -> request.bucket(bucket).key(organization.key()).range("bytes=0-" + MAX_BYTES),
          ResponseTransformer.toBytes());
    } catch (S3Exception e) {
      // Removed since, or empty: S3 refuses a range of an empty object.
      if (e.statusCode() == 404 || e.statusCode() == 416) {
        return;
      }
      throw e;
    }
    Instant enteredAt = putAt.orElse(object.response().lastModified());
    ImportRecord imported = imports.begin(new UploadedFile(organization.orgId(), ImportKind.ORGANIZATION,
        organization.key(), object.response().eTag(), size(object.response()), enteredAt), clock.instant());
    if (imported.status().isFinal()) {
      states.removeChecked(bucket, imported);
      return;
    }
    JsonNode json = json(object.asByteArray());
    String name = name(json);
    Optional<OrganizationNumbers> numbers = OrganizationNumbers.of(json);
    Optional<String> error = name == null
        ? Optional.of("The file must be {\"name\": …} with a name of 1 to " + MAX_CHARS + " characters on one line")
        : numbers.isPresent() ? Optional.empty() : Optional.of("organization_number must be a text of nine digits; "
            + "district_number must be a text of two digits and requires an organization_number");
    if (error.isEmpty() && !imported.dryRun()) {
      register.enter(organization.orgId(), name, numbers.get().numbers(), enteredAt);
    }
    ObjectNode report = ImportReport.head(organization.key(), imported.kind().word(), error);
    if (imported.dryRun()) {
      report.put("dry_run", true);
    }
    report.putObject("counts").put("read", 1).put("imported", error.isEmpty() ? 1 : 0).put("unchanged", 0)
        .put("withdrawn", 0).put("rejected", error.isEmpty() ? 0 : 1).put("warned", 0).put("masked", 0);
    states.report(bucket, imported, report.toPrettyString().getBytes(StandardCharsets.UTF_8));
    imports.end(imported.importId(), ImportResult.of(report, List.of(), List.of(), List.of()), clock.instant());
    states.removeChecked(bucket, imported);
  }

  /// Returns the size of the whole object, of which only the first bytes were fetched.
  private static long size(GetObjectResponse response) {
    String range = response.contentRange();
    return range == null ? response.contentLength() : Long.parseLong(range.substring(range.indexOf('/') + 1));
  }

  /// Returns the JSON object in the file, or a missing node if there is none.
  private static JsonNode json(byte[] bytes) {
    try {
      FileContent content = FileContent.of(bytes, "organization.json");
      String text = content.encoding().equals(StandardCharsets.UTF_8)
          ? CsvRecord.utf8(bytes)
          : new String(bytes, content.encoding());
      return text == null || bytes.length > MAX_BYTES
          ? MissingNode.getInstance()
          : JsonRows.parse(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (UnreadableFile | JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String name(JsonNode object) {
    if (!object.isObject() || !object.path("name").isTextual()) {
      return null;
    }
    String name = object.path("name").asText().strip();
    boolean usable = !name.isEmpty() && name.length() <= MAX_CHARS && name.chars().noneMatch(Character::isISOControl)
        && name.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE);
    return usable ? NationalIdMask.mask(name).text() : null;
  }
}
