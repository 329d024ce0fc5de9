package no.rapport.sourcedata;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HexFormat;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The keys of the source-data table: partition key `pk` and sort key `sk`, both strings.
///
/// | partition | sort key | item |
/// |---|---|---|
/// | `{org}#activities#{YYYY-MM}` | `{date}#{activity_id}` | an activity, in report order |
/// | `{org}#activity-ids#{00…3f}` | activity_id | where the activity lies, its version; stays when it is withdrawn |
/// | `{org}#cases#{00…3f}` | `{child}#{type}#{record_id}` | a case record; `child` is a hash, never the pseudonym |
/// | `{org}#case-ids#{00…3f}` | `{type}#{record_id}` | where the case record lies, its version |
/// | `{org}#case-changes` | `{0…7}` | which periods changes have touched, see [CaseChanges] |
/// | `{org}#organization` | `name` | the organisation's name |
///
/// Organisation ids hold no `#`.
final class SourceDataTable {

  static final String PK = "pk";
  static final String SK = "sk";
  /// Activity type of an activity, so that a query can filter and count by it.
  static final String TYPE = "t";
  /// The values of a row, packed.
  static final String ROW = "r";
  /// The organisation's name.
  static final String NAME = "name";
  /// How many partitions identities and case records are spread over.
  static final int PARTS = 64;

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private SourceDataTable() {}

  /// The name of the table, from `SOURCE_DATA_TABLE`.
  ///
  /// @throws IllegalStateException when the variable is not set
  static String nameFromEnvironment() {
    String name = System.getenv("SOURCE_DATA_TABLE");
    if (name == null || name.isBlank()) {
      throw new IllegalStateException("The environment variable SOURCE_DATA_TABLE is not set");
    }
    return name;
  }

  static DynamoDbClient client() {
    return DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
  }

  static String activities(String orgId, YearMonth month) {
    return orgId + "#activities#" + month;
  }

  static String activity(LocalDate date, String activityId) {
    return date + "#" + activityId;
  }

  static String activityIds(String orgId, String activityId) {
    return orgId + "#activity-ids#" + part(partOf(activityId));
  }

  static String cases(String orgId, int part) {
    return orgId + "#cases#" + part(part);
  }

  static String caseIds(String orgId, String typeAndId) {
    return orgId + "#case-ids#" + part(partOf(typeAndId));
  }

  static String caseChanges(String orgId) {
    return orgId + "#case-changes";
  }

  static String organization(String orgId) {
    return orgId + "#organization";
  }

  /// Which of the [#PARTS] parts a text belongs to; stable for all time.
  static int partOf(String text) {
    return sha256(text)[0] & (PARTS - 1);
  }

  /// A short stable hash in hexadecimal, for keys that must not show what they stand for.
  static String shortHash(String text) {
    return HexFormat.of().formatHex(sha256(text), 0, 8);
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static String part(int part) {
    return new String(new char[] {HEX[part >> 4], HEX[part & 15]});
  }
}
