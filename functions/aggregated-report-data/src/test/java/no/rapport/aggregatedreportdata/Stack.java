package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import no.rapport.emulator.MovableClock;
import no.rapport.records.Documents;
import no.rapport.records.Records;

/// The context as tests use it: its handlers, called with events, and its state machine's tasks, called one by one.
final class Stack {

  static final String ORG = "org-1042";
  private static final String PATH = AggregatedReportData.PATH;
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  final FakeCases cases = new FakeCases();
  final FakeExecutions executions = new FakeExecutions();
  final MovableClock clock;
  final AggregatedReportData data;
  /// All that ever travelled between the states of the machine.
  final List<String> states = new CopyOnWriteArrayList<>();
  private Runnable whilePausing = () -> { };
  private String role = "admin";
  private String organizations = "*";

  Stack(Records records) {
    this(records, new MovableClock(Instant.now()));
  }

  /// @param clock the store's, too, where the test looks at what expires
  Stack(Records records, MovableClock clock) {
    this.clock = clock;
    data = new AggregatedReportData(records, cases, executions, clock);
  }

  /// An answer with its JSON.
  record Answer(int status, Map<String, String> headers, String body) {

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(body, e);
      }
    }

    String text(String pointer) {
      return json().at(pointer).asText();
    }

    List<String> members() {
      var names = new ArrayList<String>();
      json().fieldNames().forEachRemaining(names::add);
      return names;
    }
  }

  /// The same data, seen by a key that is bound to some organisations.
  Stack as(String callerRole, String callerOrganizations) {
    role = callerRole;
    organizations = callerOrganizations;
    return this;
  }

  Answer list(Map<String, String> query) {
    return call(new ListAggregatedReportData(data), "GET", PATH, Map.of(), query, null, Map.of());
  }

  Answer get(String id) {
    return call(new GetAggregatedReportData(data), "GET", PATH + "/" + id, Map.of("id", id), Map.of(), null, Map.of());
  }

  Answer checks(String id) {
    return call(new GetAggregatedReportDataChecks(data), "GET", PATH + "/" + id + "/checks", Map.of("id", id), Map.of(),
        null, Map.of());
  }

  Answer field(String id, String fieldKey, Map<String, String> query) {
    return call(new GetAggregatedReportDataField(data), "GET", PATH + "/" + id + "/fields/" + fieldKey,
        Map.of("id", id, "field_key", fieldKey), query, null, Map.of());
  }

  Answer changes(String id, Map<String, String> query) {
    return call(new GetAggregatedReportDataChanges(data), "GET", PATH + "/" + id + "/changes", Map.of("id", id), query,
        null, Map.of());
  }

  Answer post(String body, Map<String, String> headers) {
    return call(new CreateAggregatedReportData(data), "POST", PATH, Map.of(), Map.of(), body, headers);
  }

  Answer post(String orgId, String periodId, boolean force) {
    return post("""
        {"organization_id": "%s", "period_id": "%s", "force_reaggregate": %s}""".formatted(orgId, periodId, force),
        Map.of());
  }

  Answer put(String id, String body, Map<String, String> headers) {
    return call(new UpdateAggregatedReportData(data), "PUT", PATH + "/" + id, Map.of("id", id), Map.of(), body,
        headers);
  }

  Answer put(String id) {
    return put(id, """
        {"invalidate_cache": true, "reason": "Fagsystem data updated after deadline extension"}""", Map.of());
  }

  Answer delete(String id) {
    return delete(id, Map.of());
  }

  Answer delete(String id, Map<String, String> headers) {
    return call(new DeleteAggregatedReportData(data), "DELETE", PATH + "/" + id, Map.of("id", id), Map.of(), null,
        headers);
  }

  Answer ticket(String body) {
    return call(new CreateWatchTicket(data), "POST", PATH + "/watch", Map.of(), Map.of(), body, Map.of());
  }

  Answer ticket(String body, String idempotencyKey) {
    return call(new CreateWatchTicket(data), "POST", PATH + "/watch", Map.of(), Map.of(), body,
        Map.of("Idempotency-Key", idempotencyKey));
  }

  /// What happens in each pause of a connection.
  void whilePausing(Runnable act) {
    whilePausing = act;
  }

  /// One connection of a follower, time passing only in its pauses.
  byte[] watch(Map<String, String> query, Map<String, String> headers) throws IOException {
    var out = new ByteArrayOutputStream();
    new WatchAggregatedReportData(data, EventStream.Transfer.STREAMED, time -> {
      clock.pass(time);
      whilePausing.run();
      return true;
    }).handleRequest(new ByteArrayInputStream(JSON.writeValueAsBytes(JSON.convertValue(
        event("GET", PATH + "/watch", Map.of(), query, null, headers), new TypeReference<Map<String, Object>>() {}))),
        out, null);
    return out.toByteArray();
  }

  /// Requests a period's figures and lets the aggregation run to its end.
  ///
  /// @return the snapshot's id
  String aggregated(String orgId, String periodId) {
    Answer answer = post(orgId, periodId, true);
    run(answer.text("/job_id"));
    return answer.text("/snapshot_id");
  }

  void run(String jobId) {
    publish(merged(jobId));
    executions.standings.put(jobId, Executions.Standing.ENDED);
  }

  /// Runs a started aggregation up to its last task.
  ///
  /// @return the last task's input
  Map<String, Object> merged(String jobId) {
    Claim claim = executions.started.stream().filter(c -> c.jobId().equals(jobId)).findFirst().orElseThrow();
    Map<String, Object> input = map(claim);
    Map<String, Object> plan = travel(new StartAggregation(data).handleRequest(travel(input), null));
    var tallies = new ArrayList<Map<String, Object>>();
    for (Object range : (List<?>) plan.get("ranges")) {
      var part = new LinkedHashMap<>(input);
      part.putAll(map(range));
      tallies.add(travel(new AggregatePart(data).handleRequest(travel(part), null)));
    }
    Map<String, Object> merged = travel(new MergeSnapshot().handleRequest(travel(Map.of("tallies", tallies)), null));
    var last = new LinkedHashMap<>(input);
    last.put("mark", plan.get("mark"));
    last.put("total", merged.get("total"));
    return last;
  }

  Map<String, Object> publish(Map<String, Object> input) {
    return travel(new PublishChanges(data).handleRequest(travel(input), null));
  }

  Map<String, Object> fail(String jobId) {
    Claim claim = executions.started.stream().filter(c -> c.jobId().equals(jobId)).findFirst().orElseThrow();
    var input = new LinkedHashMap<>(map(claim));
    input.put("step", "AggregateParts");
    input.put("error", "States.Timeout");
    return travel(new FailAggregation(data).handleRequest(travel(input), null));
  }

  void sweep() {
    clock.pass(Duration.ofSeconds(30));
    new SweepAggregations(data).handleRequest(new LinkedHashMap<>(), null);
  }

  /// As it comes out of the state machine: through JSON.
  private Map<String, Object> travel(Map<String, Object> state) {
    try {
      String text = JSON.writeValueAsString(state);
      states.add(text);
      return JSON.readValue(text, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> map(Object value) {
    return Documents.mapper().convertValue(value, new TypeReference<>() {});
  }

  private Answer call(RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> handler, String method,
      String path, Map<String, String> pathParameters, Map<String, String> query, String body,
      Map<String, String> headers) {
    APIGatewayProxyResponseEvent response =
        handler.handleRequest(event(method, path, pathParameters, query, body, headers), null);
    return new Answer(response.getStatusCode(), response.getHeaders(), response.getBody());
  }

  private APIGatewayProxyRequestEvent event(String method, String path, Map<String, String> pathParameters,
      Map<String, String> query, String body, Map<String, String> headers) {
    var all = new LinkedHashMap<>(headers);
    if (body != null) {
      all.put("Content-Type", "application/json");
    }
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req-1");
    context.setAuthorizer(Map.of("caller", "key-01", "role", role, "organizations", organizations));
    return new APIGatewayProxyRequestEvent().withHttpMethod(method).withPath(path).withHeaders(all)
        .withPathParameters(pathParameters).withQueryStringParameters(query.isEmpty() ? null : query)
        .withBody(body).withIsBase64Encoded(false)
        .withRequestContext(context);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
