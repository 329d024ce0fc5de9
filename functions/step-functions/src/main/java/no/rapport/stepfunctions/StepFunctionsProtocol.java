package no.rapport.stepfunctions;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The service's JSON 1.0 protocol over HTTP: `X-Amz-Target: AWSStepFunctions.{operation}`, errors as 400 with `__type`
/// and `message`. Signatures are not checked.
final class StepFunctionsProtocol implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(StepFunctionsProtocol.class.getName());
  private static final String TARGET = "AWSStepFunctions.";
  private static final int MAX_REQUEST_BYTES = 2 * 1024 * 1024;
  private static final Map<String, String> UNSUPPORTED = Map.ofEntries(
      Map.entry("CreateActivity", "activities"), Map.entry("DeleteActivity", "activities"),
      Map.entry("DescribeActivity", "activities"), Map.entry("ListActivities", "activities"),
      Map.entry("GetActivityTask", "activities"), Map.entry("SendTaskSuccess", "task tokens"),
      Map.entry("SendTaskFailure", "task tokens"), Map.entry("SendTaskHeartbeat", "task tokens"),
      Map.entry("DescribeMapRun", "distributed map"), Map.entry("ListMapRuns", "distributed map"),
      Map.entry("UpdateMapRun", "distributed map"), Map.entry("RedriveExecution", "redrive"),
      Map.entry("StartSyncExecution", "Express workflows"), Map.entry("CreateStateMachineAlias", "aliases"),
      Map.entry("UpdateStateMachineAlias", "aliases"), Map.entry("DeleteStateMachineAlias", "aliases"),
      Map.entry("DescribeStateMachineAlias", "aliases"), Map.entry("ListStateMachineAliases", "aliases"),
      Map.entry("PublishStateMachineVersion", "versions"), Map.entry("DeleteStateMachineVersion", "versions"),
      Map.entry("ListStateMachineVersions", "versions"), Map.entry("TagResource", "tags"),
      Map.entry("UntagResource", "tags"), Map.entry("ListTagsForResource", "tags"));
  private static final Set<String> EXECUTION_DATA = Set.of("input", "inputDetails", "output", "outputDetails",
      "parameters", "assignedVariables", "assignedVariablesDetails");

  private final Service service;
  private final HttpServer server;
  private final ExecutorService threads;

  private StepFunctionsProtocol(Service service, HttpServer server, ExecutorService threads) {
    this.service = service;
    this.server = server;
    this.threads = threads;
  }

  static StepFunctionsProtocol start(Service service, int port) {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(Address.HOST), port), 0);
      var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("step-functions-http-", 0).factory());
      var protocol = new StepFunctionsProtocol(service, server, threads);
      server.createContext("/", protocol::handle);
      server.setExecutor(threads);
      server.start();
      return protocol;
    } catch (IOException e) {
      throw new UncheckedIOException("Step Functions did not start on port " + port, e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!Address.isOwnHost(exchange.getRequestHeaders().getFirst("Host"))
          || exchange.getRequestHeaders().containsKey("Origin")) {
        exchange.sendResponseHeaders(403, -1);
        return;
      }
      var reply = reply(exchange.getRequestMethod(), exchange.getRequestHeaders().getFirst("X-Amz-Target"),
          exchange.getRequestBody().readNBytes(MAX_REQUEST_BYTES + 1));
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(reply.status(), reply.body().length);
      exchange.getResponseBody().write(reply.body());
    }
  }

  HttpReply reply(String method, String target, byte[] request) {
    int status;
    Map<String, Object> body;
    try {
      body = answer(method, target, request);
      status = 200;
    } catch (StepFunctionsException e) {
      status = 400;
      body = Map.of("__type", e.code(), "message", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "A request to Step Functions failed", e);
      status = 500;
      body = Map.of("__type", "InternalFailure", "message", "The emulator failed: " + e);
    }
    return new HttpReply(status, Map.of("Content-Type", "application/x-amz-json-1.0",
        "x-amzn-RequestId", UUID.randomUUID().toString()), JsonValues.write(body).getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, Object> answer(String method, String target, byte[] bytes) {
    if (!method.equals("POST") || target == null || !target.startsWith(TARGET)) {
      throw new StepFunctionsException("UnknownOperationException",
          "This is Step Functions: POST with X-Amz-Target " + TARGET + "{operation}, not " + method
              + " with " + (target == null ? "none" : target));
    }
    if (bytes.length > MAX_REQUEST_BYTES) {
      throw new StepFunctionsException("ValidationException", 
          "The request is longer than " + MAX_REQUEST_BYTES + " bytes");
    }
    Object json;
    try {
      json = bytes.length == 0 ? Map.of() : JsonValues.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new StepFunctionsException("SerializationException", e.getMessage());
    }
    if (!(json instanceof Map<?, ?> fields)) {
      throw new StepFunctionsException("SerializationException", "A request must be a JSON object");
    }
    return perform(target.substring(TARGET.length()), new ProtocolRequest(fields));
  }

  private Map<String, Object> perform(String operation, ProtocolRequest request) {
    return switch (operation) {
      case "StartExecution" -> startExecution(request);
      case "StopExecution" -> stopExecution(request);
      case "DescribeExecution" -> describeExecution(request);
      case "ListExecutions" -> listExecutions(request);
      case "GetExecutionHistory" -> history(request);
      case "CreateStateMachine" -> createStateMachine(request);
      case "UpdateStateMachine" -> updateStateMachine(request);
      case "DeleteStateMachine" -> {
        service.deleteStateMachine(request.text("stateMachineArn"));
        yield Map.of();
      }
      case "DescribeStateMachine" -> machine(service.describeStateMachine(request.text("stateMachineArn")));
      case "DescribeStateMachineForExecution" ->
          machineOf(service.stateMachineOf(request.text("executionArn")));
      case "ListStateMachines" -> listStateMachines(request);
      case "ValidateStateMachineDefinition" -> validate(request);
      case "TestState" -> StateTestProtocol.answer(request, service);
      default -> throw new StepFunctionsException("UnknownOperationException", UNSUPPORTED.containsKey(operation)
          ? "The operation " + operation + " is not supported by this engine: it has no " + UNSUPPORTED.get(operation)
          : "Step Functions has no operation " + operation);
    };
  }

  private Map<String, Object> startExecution(ProtocolRequest request) {
    var machine = request.text("stateMachineArn");
    var input = request.optionalText("input").orElse("{}");
    var name = request.optionalText("name");
    var execution = name.isPresent()
        ? service.start(machine, name.get(), input) : service.start(machine, input);
    var answer = new LinkedHashMap<String, Object>();
    answer.put("executionArn", execution.executionArn());
    answer.put("startDate", seconds(execution.startDate()));
    return answer;
  }

  private Map<String, Object> stopExecution(ProtocolRequest request) {
    var stopped = service.stop(
        request.text("executionArn"), request.optionalText("error"), request.optionalText("cause"));
    return Map.of("stopDate", seconds(stopped.stopDate().orElseThrow()));
  }

  private Map<String, Object> describeExecution(ProtocolRequest request) {
    var execution = service.describe(request.text("executionArn"));
    var answer = summary(execution);
    if (!request.optionalText("includedData").orElse("ALL_DATA").equals("METADATA_ONLY")) {
      answer.put("input", execution.input());
      answer.put("inputDetails", Map.of("included", true));
      execution.output().ifPresent(output -> {
        answer.put("output", output);
        answer.put("outputDetails", Map.of("included", true));
      });
    }
    execution.error().ifPresent(error -> answer.put("error", error));
    execution.cause().ifPresent(cause -> answer.put("cause", cause));
    answer.put("redriveStatus", "NOT_REDRIVABLE");
    answer.put("redriveStatusReason", "This emulator does not redrive executions");
    return answer;
  }

  private static Map<String, Object> summary(ExecutionDescription execution) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("executionArn", execution.executionArn());
    answer.put("stateMachineArn", execution.stateMachineArn());
    answer.put("name", execution.name());
    answer.put("status", execution.status().name());
    answer.put("startDate", seconds(execution.startDate()));
    execution.stopDate().ifPresent(stop -> answer.put("stopDate", seconds(stop)));
    answer.put("redriveCount", 0);
    return answer;
  }

  private Map<String, Object> listExecutions(ProtocolRequest request) {
    var machine = request.text("stateMachineArn");
    service.describeStateMachine(machine);
    var status = request.optionalText("statusFilter").map(StepFunctionsProtocol::status);
    var size = request.pageSize();
    var rows = new ArrayList<Object>();
    var last = 0L;
    for (var entry : service.newestFirst(machine, request.token().orElse(Long.MAX_VALUE)).entrySet()) {
      var execution = entry.getValue().describe();
      if (status.isPresent() && execution.status() != status.get()) {
        continue;
      }
      if (rows.size() == size) {
        return page("executions", rows, Optional.of(last));
      }
      rows.add(summary(execution));
      last = entry.getKey();
    }
    return page("executions", rows, Optional.empty());
  }

  private static ExecutionStatus status(String name) {
    try {
      return ExecutionStatus.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new StepFunctionsException("ValidationException", "1 validation error detected: Value '" + name
          + "' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: "
          + List.of(ExecutionStatus.values()));
    }
  }

  private Map<String, Object> history(ProtocolRequest request) {
    var events = new ArrayList<>(service.history(request.text("executionArn")));
    if (request.flag("reverseOrder", false)) {
      events.sort((a, b) -> Long.compare(b.id(), a.id()));
    }
    var withData = request.flag("includeExecutionData", true);
    return paged("events", events.stream().map(event -> event(event, withData)).toList(), request);
  }

  private static Map<String, Object> event(HistoryEvent event, boolean withData) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("timestamp", seconds(event.timestamp()));
    answer.put("type", event.type());
    answer.put("id", event.id());
    answer.put("previousEventId", event.previousId());
    var details = new LinkedHashMap<String, Object>(event.details());
    if (!withData) {
      details.keySet().removeAll(EXECUTION_DATA);
    }
    // The last event of an execution always has its details member, even if a Fail state names neither an error nor a
    // cause.
    if (!details.isEmpty() || event.type().startsWith("Execution")) {
      answer.put(event.detailsMember(), details);
    }
    return answer;
  }

  private Map<String, Object> createStateMachine(ProtocolRequest request) {
    var name = request.text("name");
    var definition = request.text("definition");
    var role = request.text("roleArn");
    if (!request.optionalText("type").orElse("STANDARD").equals("STANDARD")) {
      throw new StepFunctionsException(
          "StateMachineTypeNotSupported", "The type EXPRESS is not supported by this emulator");
    }
    if (request.flag("publish", false)) {
      throw new StepFunctionsException("ValidationException", "Versions are not supported by this emulator");
    }
    for (var known : service.stateMachines()) {
      if (known.name().equals(name)) {
        if (known.definition().equals(definition) && known.roleArn().equals(role)) {
          return created(known);
        }
        throw new StepFunctionsException(
            "StateMachineAlreadyExists", "State Machine Already Exists: '" + known.arn() + "'");
      }
    }
    return created(service.describeStateMachine(service.createStateMachine(name, definition, role)));
  }

  private static Map<String, Object> created(StateMachineDescription machine) {
    return Map.of("stateMachineArn", machine.arn(), "creationDate", seconds(machine.creationDate()));
  }

  private Map<String, Object> updateStateMachine(ProtocolRequest request) {
    var known = service.describeStateMachine(request.text("stateMachineArn"));
    service.createStateMachine(known.name(), request.optionalText("definition").orElse(known.definition()),
        request.optionalText("roleArn").orElse(known.roleArn()));
    var updated = service.describeStateMachine(known.arn());
    return Map.of("updateDate", seconds(service.now()), "revisionId", updated.revisionId());
  }

  private static Map<String, Object> machine(StateMachineDescription machine) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("stateMachineArn", machine.arn());
    answer.put("name", machine.name());
    answer.put("status", "ACTIVE");
    answer.put("definition", machine.definition());
    answer.put("roleArn", machine.roleArn());
    answer.put("type", "STANDARD");
    answer.put("creationDate", seconds(machine.creationDate()));
    answer.put("loggingConfiguration", Map.of("level", "OFF", "includeExecutionData", false));
    answer.put("tracingConfiguration", Map.of("enabled", false));
    answer.put("revisionId", machine.revisionId());
    return answer;
  }

  private static Map<String, Object> machineOf(StateMachineDescription machine) {
    var answer = machine(machine);
    answer.keySet().removeAll(Set.of("status", "type", "creationDate"));
    answer.put("updateDate", seconds(machine.creationDate()));
    return answer;
  }

  private Map<String, Object> listStateMachines(ProtocolRequest request) {
    var rows = new ArrayList<Map<String, Object>>();
    for (var machine : service.stateMachines()) {
      var row = new LinkedHashMap<String, Object>();
      row.put("stateMachineArn", machine.arn());
      row.put("name", machine.name());
      row.put("type", "STANDARD");
      row.put("creationDate", seconds(machine.creationDate()));
      rows.add(row);
    }
    return paged("stateMachines", rows, request);
  }

  private static Map<String, Object> validate(ProtocolRequest request) {
    var diagnostics = new ArrayList<Object>();
    for (var problem : DefinitionReader.problems(request.text("definition"))) {
      var colon = problem.indexOf(": ");
      var at = problem.lastIndexOf(" at /");
      var row = new LinkedHashMap<String, Object>();
      row.put("severity", "ERROR");
      row.put("code", problem.substring(0, colon));
      row.put("message", at < 0 ? problem.substring(colon + 2) : problem.substring(colon + 2, at));
      if (at >= 0) {
        row.put("location", problem.substring(at + 4));
      }
      diagnostics.add(row);
    }
    var answer = new LinkedHashMap<String, Object>();
    answer.put("result", diagnostics.isEmpty() ? "OK" : "FAIL");
    answer.put("diagnostics", diagnostics);
    answer.put("truncated", false);
    return answer;
  }

  private static Map<String, Object> paged(String member, List<?> all, ProtocolRequest request) {
    var from = (int) Math.min(request.token().orElse(0L), all.size());
    var to = Math.min(from + request.pageSize(), all.size());
    return page(member, all.subList(from, to), to < all.size() ? Optional.of((long) to) : Optional.empty());
  }

  private static Map<String, Object> page(String member, List<?> rows, Optional<Long> next) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put(member, rows);
    next.ifPresent(token -> answer.put("nextToken",
        Base64.getUrlEncoder().withoutPadding().encodeToString(("p" + token).getBytes(StandardCharsets.UTF_8))));
    return answer;
  }

  private static BigDecimal seconds(Instant instant) {
    return BigDecimal.valueOf(instant.toEpochMilli(), 3);
  }
}
