package no.rapport.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.records.AuditTrail;
import no.rapport.records.Documents;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.ResponseTransformer;

class ImportsTest {

  private static final String ORG = "org-1";
  private static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");

  private final String bucket = "imports-" + UUID.randomUUID();
  private final InMemoryRecords records = new InMemoryRecords();
  private final ImportRecords imports = new ImportRecords(records);
  private final Imports api = new Imports(records, EmbeddedS3.shared().presigner(), bucket, Clock.systemUTC());

  ImportsTest() {
    EmbeddedS3.shared().client().createBucket(create -> create.bucket(bucket));
  }

  private record Answer(int status, Map<String, String> headers, JsonNode body) {

    String text(String pointer) {
      return body.at(pointer).textValue();
    }
  }

  private static Answer call(RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> handler,
      String organization, Map<String, String> path, Map<String, String> query, String body, String key) {
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req");
    context.setAuthorizer(Map.of("caller", "key-" + organization, "role", "org", "organizations", organization));
    var headers = new HashMap<String, String>();
    headers.put("Content-Type", "application/json");
    if (key != null) {
      headers.put("Idempotency-Key", key);
    }
    var response = handler.handleRequest(new APIGatewayProxyRequestEvent().withHttpMethod("ANY").withPath(Imports.PATH)
        .withHeaders(headers).withPathParameters(path).withQueryStringParameters(query).withBody(body)
        .withIsBase64Encoded(false).withRequestContext(context), null);
    try {
      return new Answer(response.getStatusCode(), response.getHeaders(), Documents.mapper().readTree(response.getBody()));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private Answer create(String body) {
    return call(new CreateImport(api), ORG, Map.of(), Map.of(), body, null);
  }

  private Answer get(String importId) {
    return call(new GetImport(api), ORG, Map.of("import_id", importId), Map.of(), null, null);
  }

  private Answer list(Map<String, String> query) {
    return call(new ListImports(api), ORG, Map.of(), query, null, null);
  }

  private static String order(String fileName, int size) {
    return "{\"org_id\": \"org-1\", \"kind\": \"activities\", \"file_name\": \"" + fileName + "\", \"size_bytes\": " + size
        + "}";
  }

  private static int put(Answer answer, String content, Map<String, String> more) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(answer.text("/upload_url")))
        .PUT(HttpRequest.BodyPublishers.ofString(content));
    var headers = new HashMap<String, String>();
    answer.body().path("upload_headers").properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().textValue()));
    headers.putAll(more);
    headers.forEach(request::header);
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void returnsLinkThatAcceptsOnlyAnnouncedFileOnce() throws Exception {
    Answer announced = create(order("Kari 2025.CSV.gz", 5));

    assertThat(announced.status()).isEqualTo(201);
    assertThat(announced.headers()).containsEntry("Location", "/api/v1/imports/" + announced.text("/import_id"))
        .containsKeys("ETag", "Retry-After");
    assertThat(announced.body().fieldNames()).toIterable().startsWith("import_id", "org_id", "kind", "file_name", "status",
        "upload_url", "upload_url_expires_at", "upload_headers", "created_at");
    assertThat(announced.text("/status")).isEqualTo("awaiting_upload");
    assertThat(announced.text("/file_name")).isEqualTo("Kari 2025.CSV.gz");
    String link = announced.text("/upload_url");
    assertThat(link).contains("/imports/org-1/activities/" + announced.text("/import_id") + ".csv.gz?")
        .contains("X-Amz-Expires=25")
        .contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match")
        .doesNotContain("Kari").doesNotContainIgnoringCase("checksum");

    assertThat(put(announced, "12345", Map.of("Content-Type", "text/html"))).as("another type").isEqualTo(403);
    assertThat(put(announced, "123456", Map.of())).as("another size").isEqualTo(403);
    assertThat(put(announced, "12345", Map.of("If-None-Match", "\"x\""))).as("another condition").isEqualTo(403);
    assertThat(put(announced, "12345", Map.of())).isEqualTo(200);
    assertThat(put(get(announced.text("/import_id")), "54321", Map.of())).as("a second file").isEqualTo(412);
    assertThat(EmbeddedS3.shared().client().getObject(get -> get.bucket(bucket).key("imports/org-1/activities/"
        + announced.text("/import_id") + ".csv.gz"), ResponseTransformer.toBytes()).asUtf8String()).isEqualTo("12345");
  }

  @Test
  void returnsSameImportWithNewLinkForRepetitionAnd422IfRepeatedAsDryRun() {
    Answer first = call(new CreateImport(api), ORG, Map.of(), Map.of(), order("a.csv", 5), "k1");
    Answer again = call(new CreateImport(api), ORG, Map.of(), Map.of(), order("a.csv", 5), "k1");

    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text("/import_id")).isEqualTo(first.text("/import_id"));
    assertThat(again.text("/upload_url")).isNotNull();
    assertThat(list(Map.of()).body().at("/pagination/total").asInt()).isEqualTo(1);
    assertThat(call(new CreateImport(api), ORG, Map.of(), Map.of("dry_run", "true"), order("a.csv", 5), "k1").status())
        .isEqualTo(422);
  }

  @Test
  void reportsEveryInvalidMemberAndParameter() {
    assertThat(create("{}").body().path("errors")).hasSize(4);
    for (String name : List.of("a/b.csv", "a\\\\b.csv", "a\\nb.csv", "", "x".repeat(256), "a\\u202eb.csv", "01010112345.csv")) {
      Answer refused = create(order(name, 5));
      assertThat(refused.status()).as(name).isEqualTo(422);
      assertThat(refused.text("/errors/0/pointer")).isEqualTo("/file_name");
    }
    assertThat(create(order("a.csv", 0)).status()).isEqualTo(422);
    assertThat(create(order("a.csv", 5).replace(": 5", ": 2147483649")).status()).isEqualTo(422);
    assertThat(create(order("a.csv", 5).replace("activities", "organization").replace(": 5", ": 65537")).status())
        .isEqualTo(422);
    for (Map<String, String> query : List.of(Map.of("dry_run", "yes"), Map.of("dryrun", "true"))) {
      assertThat(call(new CreateImport(api), ORG, Map.of(), query, order("a.csv", 5), null).status()).isEqualTo(400);
    }
    assertThat(list(Map.of("kind", "files")).status()).isEqualTo(400);
    assertThat(list(Map.of("status", "pending")).status()).isEqualTo(400);
  }

  @Test
  void showsImportsOnlyToOwnersAndNoLinksInLists() {
    String id = create(order("a.csv", 5)).text("/import_id");
    create(order("b.csv", 5).replace("activities", "cases"));

    assertThat(call(new GetImport(api), "org-2", Map.of("import_id", id), Map.of(), null, null).body().toString())
        .isEqualTo("{\"message\":\"Not Found\"}");
    assertThat(call(new CreateImport(api), "org-2", Map.of(), Map.of(), order("a.csv", 5), null).status()).isEqualTo(404);
    assertThat(call(new ListImports(api), "org-2", Map.of(), Map.of(), null, null).body().at("/pagination/total").asInt())
        .isZero();
    Answer cases = list(Map.of("kind", "cases", "status", "awaiting_upload"));
    assertThat(cases.body().at("/pagination/total").asInt()).isEqualTo(1);
    assertThat(cases.text("/data/0/file_name")).isEqualTo("b.csv");
    assertThat(cases.body().toString()).doesNotContain("url").doesNotContain("http");
  }

  @Test
  void storesAuditEventsForAnnouncementAndLinksWithoutFileName() {
    String id = create(order("Kari.csv", 5)).text("/import_id");
    get(id);

    var events = new AuditTrail(records).after(ORG, "", 10, Instant.now()).events();
    assertThat(events).extracting(event -> event.action() + " " + event.resource())
        .containsExactlyInAnyOrder("created imports/" + id, "link_issued imports/" + id, "link_issued imports/" + id);
    assertThat(Documents.write(events)).doesNotContain("Kari").doesNotContain("X-Amz");
  }

  @Test
  void findsAnnouncedImportByKeyAndShowsItsResult() throws Exception {
    String id = create(order("a.csv", 5)).text("/import_id");
    UploadedFile file = aFile("imports/org-1/activities/" + id + ".csv", "e1");

    assertThat(imports.begin(file, NOON).importId()).isEqualTo(id);
    assertThat(get(id).text("/status")).isEqualTo("processing");
    assertThat(get(id).text("/upload_url")).isNull();
    imports.reached(id, 3, NOON);
    assertThat(get(id).body().at("/progress/bytes_read").asInt()).isEqualTo(3);
    var head = Documents.mapper().createObjectNode().putNull("error");
    head.putObject("counts").put("read", 30);
    var entry = Documents.mapper().createObjectNode().put("line", 2).put("reason", "x");
    imports.end(id, ImportResult.of(head, java.util.Collections.nCopies(30, entry), List.of(), List.of()), NOON);
    Answer ended = get(id);
    assertThat(ended.text("/status")).isEqualTo("completed");
    assertThat(ended.headers()).doesNotContainKey("Retry-After");
    assertThat(ended.body().path("rejected")).hasSize(20);
    assertThat(ended.text("/report_url")).contains("/import-state/org-1/reports/" + id + ".json?");
    imports.fail(id, "too late", NOON);
    assertThat(get(id).text("/status")).as("a final status is final").isEqualTo("completed");
    assertThat(imports.begin(file, NOON).status()).as("a repeated event").isEqualTo(ImportStatus.COMPLETED);
    assertThat(list(Map.of("status", "completed")).body().at("/pagination/total").asInt()).isEqualTo(1);
  }

  @Test
  void createsOneImportForEachUnannouncedPut() {
    UploadedFile file = aFile("imports/org-1/activities/mappe/2025.csv", "e1");
    String id = imports.begin(file, NOON).importId();

    assertThat(imports.begin(file, NOON.plusSeconds(9)).importId()).isEqualTo(id);
    assertThat(imports.begin(aFile(file.key(), "e2"), NOON).importId()).isNotEqualTo(id);
    assertThat(get(id).text("/file_name")).isEqualTo("mappe/2025.csv");
    assertThat(get(id).text("/created_at")).isEqualTo("2026-03-26T12:00:00Z");
    assertThat(list(Map.of("status", "processing")).body().at("/pagination/total").asInt()).isEqualTo(2);
  }

  @Test
  void masksIdentityNumbersInNamesOfUnannouncedFiles() {
    String id = imports.begin(aFile("imports/org-1/activities/01010112345.csv", "e1"), NOON).importId();
    assertThat(get(id).text("/file_name")).doesNotContain("01010112345");
  }

  @Test
  void matchesAnnouncedImportOnlyByItsOwnKey() {
    String id = create(order("a.csv", 5)).text("/import_id");

    UploadedFile foreign = new UploadedFile("org-2", ImportKind.ACTIVITIES, "imports/org-2/activities/" + id + ".csv", "e",
        5, NOON);
    assertThat(imports.begin(foreign, NOON).importId()).isNotEqualTo(id);
    assertThat(imports.begin(aFile("imports/org-1/activities/" + id + ".txt", "e"), NOON).importId()).isNotEqualTo(id);
    assertThat(get(id).text("/status")).isEqualTo("awaiting_upload");
  }

  private static UploadedFile aFile(String key, String etag) {
    return new UploadedFile(ORG, ImportKind.ACTIVITIES, key, etag, 5, NOON);
  }
}
