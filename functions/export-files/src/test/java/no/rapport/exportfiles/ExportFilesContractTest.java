package no.rapport.exportfiles;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import no.rapport.api.Caller;
import no.rapport.api.Role;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportServices;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.TemplateFiles;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;

class ExportFilesContractTest {

  private static final String TEMPLATE = """
      {"org_id": "org-a", "name": "Test API Export", "format": "csv", "period_from": "2025-01-01",
       "period_to": "2025-12-31", "activity_types": ["group_session"], "locale": "nn-NO"}""";

  private static final Caller CALLER = new Caller("key_org-a", Role.ORG, Optional.of(Set.of("org-a")));

  private final InMemoryRecords records = new InMemoryRecords();
  private final StartedExecutions started = new StartedExecutions();
  private final S3Client s3 = EmbeddedS3.shared().client();
  private final String bucket = "files-" + UUID.randomUUID();
  private ExportFiles exports;
  private ExportJobs jobs;

  /// A client that only starts executions. It fails while `outOfOrder` is set.
  private static final class StartedExecutions implements SfnClient {

    final ConcurrentLinkedQueue<String> names = new ConcurrentLinkedQueue<>();
    volatile boolean outOfOrder;

    @Override
    public StartExecutionResponse startExecution(java.util.function.Consumer<StartExecutionRequest.Builder> request) {
      if (outOfOrder) {
        throw SfnException.builder().message("Step Functions is out of order").build();
      }
      names.add(StartExecutionRequest.builder().applyMutation(request).build().name());
      return StartExecutionResponse.builder().build();
    }

    @Override
    public String serviceName() {
      return "states";
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void start() {
    s3.createBucket(create -> create.bucket(bucket));
    var services = new ExportServices(records, s3, EmbeddedS3.shared().presigner(), started, bucket,
        "arn:aws:states:eu-north-1:000000000000:stateMachine:export",
        "arn:aws:states:eu-north-1:000000000000:stateMachine:retry", Clock.systemUTC());
    exports = new ExportFiles(services);
    jobs = services.jobs();
  }

  private record Answer(int status, Map<String, String> headers, String body) {

    JsonNode json() {
      try {
        return Documents.mapper().readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("Not JSON: " + body, e);
      }
    }
  }

  private static Answer call(RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> handler,
      String method, String organizations, Map<String, String> path, Map<String, String> headers,
      Map<String, List<String>> query, String body) {
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req-1");
    context.setAuthorizer(Map.of("caller", "key_" + organizations, "role", "org", "organizations", organizations));
    var all = new HashMap<>(headers);
    all.put("Content-Type", "application/json");
    var response = handler.handleRequest(new APIGatewayProxyRequestEvent().withHttpMethod(method).withPath("/")
        .withPathParameters(path).withHeaders(all).withMultiValueQueryStringParameters(query).withBody(body)
        .withRequestContext(context), null);
    return new Answer(response.getStatusCode(), response.getHeaders(), response.getBody());
  }

  private static Map<String, String> path(String... values) {
    return values.length == 1 ? Map.of("export_id", values[0])
        : Map.of("export_id", values[0], "export_file_id", values[1]);
  }

  private Answer create(String organizations, String body) {
    return call(new CreateExport(exports), "POST", organizations, Map.of(), Map.of(), Map.of(), body);
  }

  private String aTemplate() {
    return create("org-a", TEMPLATE).json().at("/exports/id").asText();
  }

  private Answer startFile(String template, String organizations) {
    return call(new StartExportFile(exports), "POST", organizations, path(template), Map.of(), Map.of(), null);
  }

  private Answer status(String template, String file, String organizations) {
    return call(new GetExportFile(exports), "GET", organizations, path(template, file), Map.of(), Map.of(), null);
  }

  private Answer delete(String template, String organizations, Map<String, String> headers) {
    return call(new DeleteExport(exports), "DELETE", organizations, path(template), headers, Map.of(), null);
  }

  /// Stores the state that the workflow would have given a file.
  private void setState(String file, ExportState state, long rows, Optional<String> leftOut) {
    ExportJobs.Stored seen = jobs.find(ExportKind.EXPORT_FILE, file).orElseThrow();
    ExportJob job = seen.job();
    String key = "exports/org-a/" + file + "/1/report.csv";
    Optional<ExportFile> made = state == ExportState.COMPLETED
        ? Optional.of(new ExportFile(key, "Aktivitetar 2025.csv", "text/csv; charset=utf-8", 3, "0".repeat(64)))
        : Optional.empty();
    if (made.isPresent()) {
      s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString("a;b"));
      leftOut.ifPresent(list -> s3.putObject(put -> put.bucket(bucket).key(list), RequestBody.fromString("[]")));
    }
    assertThat(records.commit(seen.to(new ExportJob(job.kind(), job.id(), job.orgId(), job.createdAt(),
        job.requestedBy(), job.order(), state, 1, 0, 0, job.queuedAt(), Optional.empty(),
        made.map(_ -> job.createdAt()), Optional.empty(), Optional.empty(), rows, rows, made,
        Optional.of(job.createdAt().plus(ExportJob.FILE_LIFETIME)), leftOut, leftOut.isPresent() ? 1 : 0,
        Optional.empty(), Optional.empty(), false,
        job.submission())))).isTrue();
  }

  private static int get(String url) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
          .statusCode();
    }
  }

  @Test
  void refusesUnknownStatuses() {
    String template = aTemplate();
    for (String status : List.of("invented", "active,invented", "completed")) {
      var query = Map.of("status", List.of(status));
      assertThat(call(new ListExports(exports), "GET", "org-a", Map.of(), Map.of(), query, null).status())
          .isEqualTo(400);
      assertThat(call(new ListExportFiles(exports), "GET", "org-a", path(template), Map.of(), query, null).status())
          .isEqualTo(400);
    }
    var words = Map.of("status", List.of("initializing,queued,in_progress,available,success_with_errors,empty_list,failed"));
    assertThat(call(new ListExportFiles(exports), "GET", "org-a", path(template), Map.of(), words, null).status())
        .isEqualTo(200);
    assertThat(call(new ListExports(exports), "GET", "org-a", Map.of(), Map.of(),
        Map.of("status", List.of("active")), null).json().at("/pagination/total").asInt()).isEqualTo(1);
  }

  @Test
  void refusesATemplateNameThatContainsAnIdentityNumber() {
    Answer answer = create("org-a", TEMPLATE.replace("Test API Export", "Barn 010190 12345"));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("/name");
    assertThat(answer.body()).doesNotContain("12345");
  }

  @Test
  void createsShowsAndListsTemplates() {
    Answer created = create("org-a", TEMPLATE);
    assertThat(created.status()).isEqualTo(201);
    JsonNode template = created.json().get("exports");
    assertThat(template.get("id").isIntegralNumber()).isTrue();
    String id = template.get("id").asText();
    assertThat(created.headers()).containsEntry("Location", "/api/v1/exports/" + id).containsEntry("ETag", "\"1\"");
    assertThat(template.properties().stream().map(Map.Entry::getKey)).containsExactly("id", "href", "name", "org_id",
        "format", "period_from", "period_to", "activity_types", "include_attachments", "locale", "include_annexes",
        "suppression", "created_at");
    assertThat(template.get("href").asText()).isEqualTo("/api/v1/exports/" + id);

    Answer shown = call(new GetExport(exports), "GET", "org-a", path(id), Map.of(), Map.of(), null);
    assertThat(shown.body()).isEqualTo(created.body());
    Answer listed = call(new ListExports(exports), "GET", "org-a,org-b", Map.of(), Map.of(), Map.of(), null);
    assertThat(listed.json().get("exports")).containsExactly(template);
    assertThat(listed.json().get("pagination").toString()).isEqualTo("{\"page\":1,\"limit\":20,\"total\":1}");
  }

  @Test
  void namesEveryWrongFieldOfATemplate() {
    Answer refused = create("org-a", """
        {"name": "", "format": "docx", "period_from": "2025-02-30", "period_to": "2020-01-01", "surprise": 1}""");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().get("errors").findValuesAsText("pointer"))
        .contains("/org_id", "/name", "/format", "/period_from", "/surprise");
    assertThat(create("org-a", TEMPLATE.replace("2025-12-31", "2031-12-31")).status()).isEqualTo(422);
  }

  @Test
  void startsAFileAndShowsItInTheFormOfTheContract() {
    String template = aTemplate();
    Answer begun = startFile(template, "org-a");
    assertThat(begun.status()).isEqualTo(201);
    JsonNode file = begun.json().get("export_files");
    assertThat(file.properties().stream().map(Map.Entry::getKey))
        .containsExactly("id", "href", "export_id", "status", "download_url", "errors_url");
    String id = file.get("id").asText();
    assertThat(file.get("id").isIntegralNumber()).isTrue();
    assertThat(file.get("export_id").asText()).isEqualTo(template);
    assertThat(file.get("href").asText()).isEqualTo("/api/v1/exports/" + template + "/export_files/" + id)
        .matches("/api/v1/exports/\\d+/export_files/\\d+");
    assertThat(file.get("status").asText()).isEqualTo("queued");
    assertThat(file.get("download_url").isNull()).isTrue();
    assertThat(begun.headers()).containsEntry("Location", file.get("href").asText()).containsKey("Retry-After");
    assertThat(started.names).containsExactly(id);
    assertThat(status(template, id, "org-a").body()).isEqualTo(begun.body());
  }

  @Test
  void showsAllSevenStatuses() throws Exception {
    started.outOfOrder = true;
    String template = aTemplate();
    String file = startFile(template, "org-a").json().at("/export_files/id").asText();
    assertThat(status(template, file, "org-a").json().at("/export_files/status").asText()).isEqualTo("initializing");
    record Case(ExportState state, long rows, Optional<String> leftOut, String status, boolean link) {}
    String leftOut = "exports/org-a/" + file + "/1/left_out.json";
    for (var expected : List.of(new Case(ExportState.QUEUED, 0, Optional.empty(), "queued", false),
        new Case(ExportState.PROCESSING, 0, Optional.empty(), "in_progress", false),
        new Case(ExportState.COMPLETED, 5, Optional.empty(), "available", true),
        new Case(ExportState.COMPLETED, 5, Optional.of(leftOut), "success_with_errors", true),
        new Case(ExportState.COMPLETED, 0, Optional.empty(), "empty_list", false),
        new Case(ExportState.FAILED, 0, Optional.empty(), "failed", false))) {
      setState(file, expected.state(), expected.rows(), expected.leftOut());
      Answer answer = status(template, file, "org-a");
      JsonNode shown = answer.json().get("export_files");
      assertThat(shown.get("status").asText()).isEqualTo(expected.status());
      assertThat(shown.get("download_url").isNull()).isEqualTo(!expected.link());
      assertThat(shown.get("errors_url").isNull()).isEqualTo(expected.leftOut().isEmpty());
      assertThat(answer.headers().containsKey("Retry-After")).isEqualTo(expected.state().isUnfinished());
      if (expected.link()) {
        assertThat(get(shown.get("download_url").asText())).isEqualTo(200);
      }
      if (expected.leftOut().isPresent()) {
        assertThat(get(shown.get("errors_url").asText())).isEqualTo(200);
      }
      Answer listed = call(new ListExportFiles(exports), "GET", "org-a", path(template), Map.of(),
          Map.of("status", List.of(expected.status())), null);
      assertThat(listed.json().at("/pagination/total").asInt()).isEqualTo(1);
      assertThat(listed.json().at("/export_files/0").properties().stream().map(Map.Entry::getKey))
          .containsExactly("id", "href", "export_id", "status");
    }
  }

  @Test
  void givesNoLinkAfterTheFileHasExpired() {
    String template = aTemplate();
    String file = startFile(template, "org-a").json().at("/export_files/id").asText();
    setState(file, ExportState.COMPLETED, 5, Optional.empty());
    ExportJobs.Stored stored = jobs.find(ExportKind.EXPORT_FILE, file).orElseThrow();
    Instant end = stored.job().createdAt().plus(ExportJob.FILE_LIFETIME);
    assertThat(exports.status(200, stored, end.minusSeconds(1)).body().orElseThrow().at("/export_files/download_url")
        .isNull()).isFalse();
    assertThat(exports.status(200, stored, end).body().orElseThrow().at("/export_files/download_url").isNull())
        .isTrue();
  }

  @Test
  void answersWithTheUnfinishedFileAndStartsAnotherOnlyAfterIt() {
    String template = aTemplate();
    String first = startFile(template, "org-a").json().at("/export_files/id").asText();
    Answer again = startFile(template, "org-a");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.json().at("/export_files/id").asText()).isEqualTo(first);
    setState(first, ExportState.COMPLETED, 5, Optional.empty());
    String second = startFile(template, "org-a").json().at("/export_files/id").asText();
    assertThat(second).isNotEqualTo(first);
    assertThat(started.names).containsExactly(first, second);
    Answer listed = call(new ListExportFiles(exports), "GET", "org-a", path(template), Map.of(), Map.of(), null);
    assertThat(listed.json().get("export_files").findValuesAsText("id")).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void refusesANewFileAtAHundredUnfinishedOnesButShowsTheUnfinishedOne() {
    String template = aTemplate();
    for (int i = 1; i < 100; i++) {
      assertThat(startFile(aTemplate(), "org-a").status()).isEqualTo(201);
    }
    String last = aTemplate();
    Answer taken = startFile(last, "org-a");
    assertThat(taken.status()).isEqualTo(201);
    Answer refused = startFile(template, "org-a");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers()).containsEntry("Retry-After", "30");
    assertThat(startFile(last, "org-a").body()).isEqualTo(taken.body());
    assertThat(startFile(create("org-b", TEMPLATE.replace("org-a", "org-b")).json().at("/exports/id").asText(), "org-b")
        .status()).as("another organisation is not slowed").isEqualTo(201);
    setState(taken.json().at("/export_files/id").asText(), ExportState.COMPLETED, 5, Optional.empty());
    assertThat(startFile(template, "org-a").status()).isEqualTo(201);
  }

  @Test
  void startsOneFileForManyConcurrentRequests() throws Exception {
    for (int round = 0; round < 50; round++) {
      // One organisation for each round, so that the quota of running exports does not make files wait.
      String org = "org-" + round;
      String template = create(org, TEMPLATE.replace("org-a", org)).json().at("/exports/id").asText();
      var barrier = new CyclicBarrier(8);
      var ids = new ConcurrentLinkedQueue<String>();
      var threads = IntStream.range(0, 8).mapToObj(_ -> Thread.ofVirtual().start(() -> {
        try {
          barrier.await();
          ids.add(startFile(template, org).json().at("/export_files/id").asText());
        } catch (Exception e) {
          ids.add(e.toString());
        }
      })).toList();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(ids).hasSize(8);
      assertThat(ids.stream().distinct()).hasSize(1);
    }
    assertThat(started.names.stream().distinct()).hasSize(50);
  }

  @Test
  void deletesATemplateWithItsFilesUnlessOneIsUnfinished() {
    String template = aTemplate();
    String file = startFile(template, "org-a").json().at("/export_files/id").asText();
    assertThat(delete(template, "org-a", Map.of())).satisfies(refused -> {
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.json().get("detail").asText()).contains(file).contains("queued");
    });
    setState(file, ExportState.COMPLETED, 5, Optional.empty());
    assertThat(delete(template, "org-a", Map.of("If-Match", "\"7\"")).status()).isEqualTo(412);
    assertThat(delete(template, "org-a", Map.of("If-Match", "\"1\""))).satisfies(deleted -> {
      assertThat(deleted.status()).isEqualTo(200);
      assertThat(deleted.body()).isEqualTo("{\"deleted\":true,\"export_id\":" + template + "}");
    });
    for (Answer gone : List.of(delete(template, "org-a", Map.of()), status(template, file, "org-a"),
        startFile(template, "org-a"))) {
      assertThat(gone.status()).isEqualTo(404);
    }
    assertThat(s3.listObjectsV2(list -> list.bucket(bucket)).contents()).isEmpty();
    assertThat(jobs.find(ExportKind.EXPORT_FILE, file)).isEmpty();
    assertThat(Cleanup.open(records, "", 10, Instant.now())).isNotEmpty();
  }

  @Test
  void leavesTheFilesThatATransactionDoesNotHoldToTheSweeper() {
    String template = aTemplate();
    String file = startFile(template, "org-a").json().at("/export_files/id").asText();
    setState(file, ExportState.COMPLETED, 5, Optional.empty());
    Entry original = records.find("export-files", file).orElseThrow();
    for (int i = 1; i <= 130; i++) {
      records.commit(new Change.Create(Entry.first("export-files", "org-a", "1" + i, original.created().minusSeconds(i),
          original.status(), original.filters(), original.document().replace(file, "1" + i))));
    }

    assertThat(delete(template, "org-a", Map.of()).status()).isEqualTo(200);
    assertThat(status(template, "1130", "org-a").status()).as("a file that is still there").isEqualTo(404);
    for (int sweeps = 0; sweeps < 2; sweeps++) {
      records.notes(TemplateFiles.PARTITION, "", 10, Instant.now())
          .forEach(note -> TemplateFiles.deleteSome(records, note, Instant.now()));
    }

    assertThat(records.first(Listing.of("export-files", "org-a", Set.of(), 10))).isEmpty();
    assertThat(records.notes(TemplateFiles.PARTITION, "", 10, Instant.now())).isEmpty();
    assertThat(Cleanup.open(records, "", 500, Instant.now())).as("duties to remove objects").hasSize(14);
  }

  @Test
  void takesTheNextIdWhereOneIsAnothers() {
    Instant now = Instant.parse("2026-01-31T12:00:00Z");
    var wanted = exports.templates().find(aTemplate(), CALLER).orElseThrow().template();
    var candidates = List.of(wanted.id(), wanted.id(), 7L, 8L).iterator();
    Supplier<ExportTemplate> templates = () -> new ExportTemplate(
        candidates.next(), "org-a", "Another", now, "key_org-a", wanted.order());

    var kept = exports.templates().create(templates);
    assertThat(kept.template().id()).isEqualTo(7);
    assertThat(exports.templates().create(() -> kept.template()).template()).as("the request again").isEqualTo(kept.template());

    String taken = startFile(Long.toString(wanted.id()), "org-a").json().at("/export_files/id").asText();
    setState(taken, ExportState.COMPLETED, 5, Optional.empty());
    var ids = List.of(taken, "9").iterator();
    assertThat(exports.templates().start(kept, ids::next, CALLER.id(), now))
        .isInstanceOfSatisfying(ExportTemplates.Running.class, running -> {
          assertThat(running.file().job().id()).isEqualTo("9");
          assertThat(running.file().job().order().templateId()).contains(7L);
        });
    assertThat(jobs.find(ExportKind.EXPORT_FILE, taken)).get()
        .satisfies(file -> assertThat(file.job().order().templateId()).contains(wanted.id()));
  }

  @Test
  void losesNoFileThatIsStartedWhileItsTemplateIsDeleted() throws Exception {
    for (int round = 0; round < 200; round++) {
      String template = aTemplate();
      var barrier = new CyclicBarrier(2);
      var answers = new ConcurrentLinkedQueue<Answer>();
      var threads = List.<Runnable>of(() -> answers.add(startFile(template, "org-a")),
          () -> answers.add(delete(template, "org-a", Map.of()))).stream().map(act -> Thread.ofVirtual().start(() -> {
            try {
              barrier.await();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            act.run();
          })).toList();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(answers.stream().map(Answer::status).sorted()).isIn(List.of(200, 404), List.of(201, 409));
    }
  }

  @Test
  void answersTheSameForForeignAndUnknownIds() {
    String template = aTemplate();
    String file = startFile(template, "org-a").json().at("/export_files/id").asText();
    String other = create("org-b", TEMPLATE.replace("org-a", "org-b")).json().at("/exports/id").asText();
    Answer unknown = status("1", "2", "org-b");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("{\"message\":\"Not Found\"}");
    for (Answer foreign : List.of(status(template, file, "org-b"), status(other, file, "org-b"),
        status("..", "x'", "org-b"), startFile(template, "org-b"), delete(template, "org-b", Map.of()),
        call(new GetExport(exports), "GET", "org-b", path(template), Map.of(), Map.of(), null),
        call(new ListExportFiles(exports), "GET", "org-b", path(template), Map.of(), Map.of(), null),
        create("org-b", TEMPLATE))) {
      assertThat(foreign).isEqualTo(unknown);
    }
    assertThat(call(new ListExports(exports), "GET", "org-b", Map.of(), Map.of(), Map.of(), null).json()
        .get("exports").findValuesAsText("id")).containsExactly(other);
  }

  @Test
  void replaysAStartUnderOneIdempotencyKey() {
    String template = aTemplate();
    var key = Map.of("Idempotency-Key", "start-1");
    Answer first = call(new StartExportFile(exports), "POST", "org-a", path(template), key, Map.of(), null);
    setState(first.json().at("/export_files/id").asText(), ExportState.COMPLETED, 1, Optional.empty());
    Answer again = call(new StartExportFile(exports), "POST", "org-a", path(template), key, Map.of(), null);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(started.names).hasSize(1);
  }
}
