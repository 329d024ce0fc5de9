package no.rapport.sourcedata;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import no.rapport.api.Environment;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The keys of the source-data table: partition key `pk` and sort key `sk`, both strings.
///
/// | partition | sort key | item |
/// |---|---|---|
/// | `{org}#activities#{YYYY-MM}` | `{date}#{activity_id}` | an activity, in report order |
/// | `{org}#activity-ids#{00…3f}` | start of activity_ids | keys and versions of activities: `IdentityBucket` |
/// | `{org}#cases#{00…3f}` | `{child}#{type}#{record_id}` | a case record; `child` is a hash, never the pseudonym |
/// | `{org}#case-ids#{00…3f}` | start of `{type}#{record_id}` | keys and versions of case records |
/// | `{org}#register-cases#{00…3f}` | a hash of the case's id | state of a register document's case: [RegisterCase] |
/// | `{org}#case-changes` | `{0…7}` | the periods that changes have touched, see [CaseChanges] |
/// | `{org}#organization` | `name` | the organisation's name |
/// | `#waiting-imports` | `{org}#{time}#{hash of the file}` | a file, from its event to the end of its import |
/// | `#import-places` | `places` | the organisations whose imports are running |
/// | `{org}#erased` | `erased` | marks an erased organisation, whose imports are refused |
///
/// Organisation ids contain no `#`.
public final class SourceDataTable {

  public static final String PK = "pk";
  public static final String SK = "sk";
  /// Activity type of an activity, so that a query can filter and count by it.
  public static final String TYPE = "t";
  /// The values of a row, packed.
  public static final String ROW = "r";
  /// The partition of files to import. Sort keys begin with the organisation and `#`.
  public static final String WAITING_IMPORTS = "#waiting-imports";
  /// The organisation's name.
  public static final String NAME = "name";
  /// Number of partitions for identities and for case records.
  public static final int PARTS = 64;

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private SourceDataTable() {}

  /// Returns the name of the table, from `SOURCE_DATA_TABLE`.
  ///
  /// @throws IllegalStateException if the setting is missing
  public static String nameFromEnvironment() {
    return Environment.required("SOURCE_DATA_TABLE");
  }

  public static DynamoDbClient client() {
    return DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
  }

  public static String activities(String orgId, YearMonth month) {
    return orgId + "#activities#" + month;
  }

  public static String activityIds(String orgId, int part) {
    return orgId + "#activity-ids#" + part(part);
  }

  public static String cases(String orgId, int part) {
    return orgId + "#cases#" + part(part);
  }

  public static String caseIds(String orgId, int part) {
    return orgId + "#case-ids#" + part(part);
  }

  public static String registerCases(String orgId, int part) {
    return orgId + "#register-cases#" + part(part);
  }

  public static String caseChanges(String orgId) {
    return orgId + "#case-changes";
  }

  public static String organization(String orgId) {
    return orgId + "#organization";
  }

  /// Returns the item that marks an erased organisation. It has no attributes besides its key.
  public static Map<String, AttributeValue> erased(String orgId) {
    return key(orgId + "#erased", "erased");
  }

  public static Map<String, AttributeValue> key(String partition, String sortKey) {
    return Map.of(PK, AttributeValue.fromS(partition), SK, AttributeValue.fromS(sortKey));
  }

  /// Returns the part of a text, from 0, below [#PARTS]. It must never change, because stored keys contain it.
  public static int partOf(String text) {
    return sha256(text)[0] & (PARTS - 1);
  }

  /// Returns a short hash in hexadecimal, for keys that must not show an id. It must never change.
  public static String shortHash(String text) {
    return HexFormat.of().formatHex(sha256(text), 0, 8);
  }

  /// Returns a hash of twelve characters (72 bits). Different texts practically never have the same one.
  public static String fingerprint(String text) {
    return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(sha256(text), 9));
  }

  private static byte[] sha256(String text) {
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
