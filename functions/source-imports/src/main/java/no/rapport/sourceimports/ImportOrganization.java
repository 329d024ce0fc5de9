package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import no.rapport.reporting.NationalIdMask;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourceimports.ImportKey.Organization;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Enters the name of an organisation in the register: `organization.json` with `{"name": …}`, and the numbers that
/// documents of the national register name it by, `organization_number` and `district_number`.
///
/// What cannot be entered is told in `organization.json.report.json`, as for files of rows.
final class ImportOrganization {

  private static final int LONGEST = 200;
  private static final long MOST_BYTES = 64 * 1024;

  private final S3Client s3;
  private final OrganizationRegister register;

  ImportOrganization(S3Client s3, OrganizationRegister register) {
    this.s3 = s3;
    this.register = register;
  }

  void apply(String bucket, Organization organization, Optional<Instant> putAt) {
    ResponseBytes<GetObjectResponse> object;
    try {
      object = s3.getObject(
          request -> request.bucket(bucket).key(organization.key()).range("bytes=0-" + MOST_BYTES),
          ResponseTransformer.toBytes());
    } catch (S3Exception e) {
      // Removed again, or empty: a range of nothing is refused.
      if (e.statusCode() == 404 || e.statusCode() == 416) {
        return;
      }
      throw e;
    }
    JsonNode json = json(object.asByteArray());
    String name = name(json);
    Optional<OrganizationNumbers> numbers = OrganizationNumbers.of(json);
    Optional<String> error = name == null
        ? Optional.of("The file must be {\"name\": …} with a name of 1 to " + LONGEST + " characters on one line")
        : numbers.isPresent() ? Optional.empty() : Optional.of("organization_number must be a text of nine digits, "
            + "district_number one of two digits, only beside an organization_number");
    if (error.isEmpty()) {
      register.enter(organization.orgId(), name, numbers.get().numbers(), putAt.orElse(object.response().lastModified()));
    }
    ObjectNode report = ImportReport.head(organization.key(), "organization", error);
    s3.putObject(
        request -> request
            .bucket(bucket)
            .key(organization.key() + ImportKey.REPORT)
            .contentType("application/json"),
        RequestBody.fromString(report.toPrettyString()));
  }

  /// The object in the file; a missing node where there is none.
  private static JsonNode json(byte[] bytes) {
    try {
      FileContent content = FileContent.of(bytes, "organization.json");
      String text = content.encoding().equals(StandardCharsets.UTF_8)
          ? CsvRecord.utf8(bytes)
          : new String(bytes, content.encoding());
      return text == null || bytes.length > MOST_BYTES
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
    boolean usable = !name.isEmpty() && name.length() <= LONGEST && name.chars().noneMatch(Character::isISOControl)
        && name.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE);
    return usable ? NationalIdMask.mask(name).text() : null;
  }
}
