package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    String name = name(object.asByteArray());
    ObjectNode report = JsonRows.MAPPER.createObjectNode();
    report.put("file", organization.key());
    Optional<OrganizationNumbers> numbers = OrganizationNumbers.of(object.asByteArray());
    if (name != null && numbers.isEmpty()) {
      report.put("status", "failed");
      report.put("error", "organization_number must be a text of nine digits, district_number one of two digits, only "
          + "beside an organization_number");
    } else if (name == null) {
      report.put("status", "failed");
      report.put("error", "The file must be {\"name\": …} with a name of 1 to " + LONGEST + " characters on one line");
    } else {
      register.enter(organization.orgId(), name, numbers.get().numbers(), putAt.orElse(object.response().lastModified()));
      report.put("status", "completed");
      report.putNull("error");
    }
    s3.putObject(
        request -> request
            .bucket(bucket)
            .key(organization.key() + ImportKey.REPORT)
            .contentType("application/json"),
        RequestBody.fromString(report.toPrettyString()));
  }

  private static String name(byte[] json) {
    if (json.length > MOST_BYTES) {
      return null;
    }
    String text = CsvRecord.utf8(json);
    if (text == null) {
      return null;
    }
    try {
      JsonNode object = JsonRows.parse(text.startsWith("\uFEFF") ? text.substring(1) : text);
      if ( !object.isObject() || !object.path("name").isTextual()) {
        return null;
      }
      String name = object.path("name").asText().strip();
      boolean usable = !name.isEmpty() && name.length() <= LONGEST && name.chars().noneMatch(Character::isISOControl)
          && name.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE);
      return usable ? NationalIdMask.mask(name).text() : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}
