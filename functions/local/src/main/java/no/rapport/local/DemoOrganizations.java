package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import no.rapport.api.Environment;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.s3.S3Client;

/// Seeds three organisations through the API, as any client would: source data, an export, a report, a re-export, a
/// snapshot, a template and its file. Then their records get the ids of the contracts' examples, which the events in
/// `events/` and `requests.http` name.
final class DemoOrganizations {

  static final String MUNICIPALITY = "org-1042";
  static final String EXPORTER = "org-bufdir-042";
  static final String REPORTER = "org_bufdir_oslo_42";
  static final String REPORT = "rpt_01HX9K2M3N4P5Q6R7S8T9U0V";

  private static final String EXPORTS = "/api/v1/bufdir-exports";
  private static final String SNAPSHOTS = "/api/v1/aggregated-report-data";
  private static final String TEMPLATES = "/api/v1/exports";
  private static final Set<String> ENDED_WITHOUT_RESULT = Set.of("failed", "cancelled");
  private static final int ACTIVITIES = 200;
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final URI base;
  private final String key;
  private final S3Client s3;
  private final DynamoDbClient dynamoDb;

  /// @param key of an admin
  DemoOrganizations(URI base, String key, S3Client s3, DynamoDbClient dynamoDb) {
    this.base = base;
    this.key = key;
    this.s3 = s3;
    this.dynamoDb = dynamoDb;
  }

  /// Seeds them, unless they are there.
  ///
  /// @return the paths of what is there now
  synchronized List<String> seed() {
    var paths = List.of("/api/v1/report-records/" + REPORT, "/api/v1/report-reexports/reexp_02KB3M6Q7R8S9T0U1V2W3X4Y",
        "/api/v1/bufdir-exports/exp-20260301-abc123", "/api/v1/aggregated-report-data/snap-001",
        "/api/v1/exports/86446", "/api/v1/exports/86446/export_files/74780");
    if (call("GET", paths.getFirst(), null).isEmpty()) {
      make();
    }
    return paths;
  }

  private void make() {
    for (String organization : List.of(MUNICIPALITY, EXPORTER, REPORTER)) {
      put(organization, "organization.json", SampleData.organization());
      put(organization, "activities/demo.csv", activities(organization));
    }
    put(MUNICIPALITY, "cases/demo.zip", SampleCases.archive());
    var ids = new LinkedHashMap<String, String>();
    ids.put(completed(EXPORTS, order(EXPORTER), "export_id"), "exp-20260301-abc123");
    completed(EXPORTS, order(REPORTER), "export_id");
    String report = call("GET", "/api/v1/report-records?org_id=" + REPORTER, null).at("/data/0/report_id").asText();
    ids.put(completed("/api/v1/report-reexports", JSON.createObjectNode().put("report_id", report), "reexport_id"),
        "reexp_02KB3M6Q7R8S9T0U1V2W3X4Y");
    ids.put(report, REPORT);
    ids.put(snapshot(), "snap-001");
    String template = created(TEMPLATES, order(EXPORTER).put("name", "Test-API-Export"), "/exports/id");
    String files = TEMPLATES + "/" + template + "/export_files";
    String file = created(files, null, "/export_files/id");
    awaitStatus(files + "/" + file, "/export_files/status", Set.of("available"));
    ids.put(file, "74780");
    ids.put(template, "86446");
    rename(ids);
  }

  /// Creates a resource, waits until it is completed and returns its id.
  private String completed(String collection, JsonNode body, String idField) {
    String id = created(collection, body, "/" + idField);
    awaitStatus(collection + "/" + id, "/status", Set.of("completed"));
    return id;
  }

  /// Returns the id of the municipality's snapshot of 2024. It is `historical` if a later period has a snapshot.
  private String snapshot() {
    String id = created(SNAPSHOTS, JSON.createObjectNode().put("organization_id", MUNICIPALITY)
        .put("period_id", "2024"), "/snapshot_id");
    awaitStatus(SNAPSHOTS + "/" + id, "/snapshot_status", Set.of("current", "historical"));
    return id;
  }

  private static ObjectNode order(String organization) {
    return JSON.createObjectNode().put("org_id", organization).put("format", "csv").put("period_from", "2025-01-01")
        .put("period_to", "2025-12-31");
  }

  private static byte[] activities(String organization) {
    return new String(SampleData.activities(), StandardCharsets.UTF_8).lines().limit(ACTIVITIES)
        .filter(line -> line.split(";").length > 12)
        .map(line -> line.replace(SampleData.ORGANIZATION, organization) + "\r\n")
        .reduce("", String::concat).getBytes(StandardCharsets.UTF_8);
  }

  private void put(String organization, String name, byte[] content) {
    String path = "imports/" + organization + "/" + name;
    if (!isImported(path)) {
      s3.putObject(put -> put.bucket(LocalRapport.BUCKET).key(path), RequestBody.fromBytes(content));
      until(path, () -> isImported(path));
    }
  }

  private boolean isImported(String path) {
    return s3.listObjectsV2(list -> list.bucket(LocalRapport.BUCKET).prefix(path + ".report.json")).hasContents();
  }

  /// Returns the resource's id from the body of the answer.
  private String created(String path, JsonNode body, String idPointer) {
    var answer = send("POST", path, body);
    String id = json(answer).at(idPointer).asText();
    if (id.isEmpty()) {
      throw new IllegalStateException("POST " + path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return id;
  }

  private void awaitStatus(String path, String pointer, Set<String> wanted) {
    until(path, () -> {
      String status = call("GET", path, null).at(pointer).asText();
      if (ENDED_WITHOUT_RESULT.contains(status)) {
        throw new IllegalStateException(path + " is " + status);
      }
      return wanted.contains(status);
    });
  }

  private static void until(String what, BooleanSupplier condition) {
    Instant latest = Instant.now().plus(LONGEST);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(latest)) {
        throw new IllegalStateException(what + " took longer than " + LONGEST.toSeconds() + " s");
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private JsonNode call(String method, String path, JsonNode body) {
    return json(send(method, path, body));
  }

  /// Returns the body, or an empty object if the answer is not 2xx.
  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return answer.statusCode() / 100 == 2 ? JSON.readTree(answer.body()) : JSON.createObjectNode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> send(String method, String path, JsonNode body) {
    var request = HttpRequest.newBuilder(base.resolve(path)).header("x-api-key", key).method(method,
        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.toString()));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  // --- ids of the contracts' examples ----------------------------------------------------------------------------

  /// Renames resources in the table of records, wherever their ids stand but in the keys of objects, which stay.
  private void rename(Map<String, String> ids) {
    String table = Environment.required("RECORDS_TABLE");
    Predicate<String> hasId = text -> ids.keySet().stream().anyMatch(text::contains);
    List<String> keys = dynamoDb.describeTable(describe -> describe.tableName(table)).table().keySchema().stream()
        .map(element -> element.attributeName()).toList();
    for (var page : dynamoDb.scanPaginator(scan -> scan.tableName(table).consistentRead(true))) {
      for (var item : page.items()) {
        if (item.values().stream().anyMatch(value -> value.s() != null && hasId.test(value.s()))) {
          var renamed = new LinkedHashMap<String, AttributeValue>();
          item.forEach((name, value) -> renamed.put(name,
              value.s() == null ? value : AttributeValue.fromS(renamed(value.s(), ids))));
          move(table, keys, item, renamed);
        }
      }
    }
  }

  private void move(String table, List<String> keys, Map<String, AttributeValue> from, Map<String, AttributeValue> to) {
    var key = new LinkedHashMap<>(from);
    key.keySet().retainAll(keys);
    var put = TransactWriteItem.builder().put(Put.builder().tableName(table).item(to).build()).build();
    boolean isSamePlace = keys.stream().allMatch(name -> from.get(name).equals(to.get(name)));
    dynamoDb.transactWriteItems(write -> write.transactItems(isSamePlace ? List.of(put) : List.of(put,
        TransactWriteItem.builder().delete(delete -> delete.tableName(table).key(key)).build())));
  }

  private static String renamed(String text, Map<String, String> ids) {
    String renamed = text;
    for (var id : ids.entrySet()) {
      // Not below a folder: that is an object's key.
      renamed = renamed.replaceAll("(?<![/_0-9A-Za-z])" + id.getKey() + "(?![/_0-9A-Za-z])", id.getValue());
    }
    return renamed;
  }
}
