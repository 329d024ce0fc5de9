package no.rapport.api;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.core.warmup.SdkWarmUp;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Primes a function before Lambda takes its snapshot (SnapStart): classes are loaded and code is compiled before the
/// first request.
///
/// Priming writes nothing. Its HTTP client sends no request and answers each with an empty JSON object. The one real
/// request reads an item that never exists; its connection is closed, since connections do not survive the snapshot.
/// Priming makes no id, seed or credential of a later request: random number generators draw from the operating system
/// at each use.
///
/// A failure of priming is logged and costs only time: the function starts anyway.
public final class Priming implements Resource {

  /// The CRaC context holds resources by weak references only.
  private static final List<Priming> KEPT = new ArrayList<>();

  private static final String EVENT = """
      {"httpMethod": "POST", "path": "/priming", "resource": "/priming", "headers": {"Content-Type": "application/json"},
       "multiValueHeaders": {"Content-Type": ["application/json"], "Idempotency-Key": ["priming"]},
       "pathParameters": {"id": "priming"}, "requestContext": {"requestId": "priming", "identity": {"sourceIp": "192.0.2.1"}, "authorizer":
         {"caller": "priming", "role": "org", "organizations": "priming"}},
       "body": "{\\"org_id\\": \\"priming\\", \\"period_from\\": \\"2025-01-01\\", \\"wrong\\": 1}", "isBase64Encoded": false}""";

  private final Runnable steps;

  private Priming(Runnable steps) {
    this.steps = steps;
  }

  /// Registers the priming of a function that calls AWS services. Does nothing if no snapshot will be taken.
  ///
  /// @param table a table whose single items the function may read
  /// @param requests runs requests of the function with clients over the given HTTP client, which answers everything
  ///     with an empty JSON object
  public static void beforeSnapshot(String table, Consumer<SdkHttpClient> requests) {
    register(() -> {
      step("sdk", () -> SdkWarmUp.warmUp(DynamoDbClient.class));
      step("read", () -> read(table));
      step("events", Priming::events);
      step("requests", () -> {
        try (SdkHttpClient offline = new OfflineHttpClient()) {
          requests.accept(offline);
        }
      });
    });
  }

  /// Registers the priming of a function that calls no service. Does nothing if no snapshot will be taken.
  ///
  /// @param requests runs requests of the function
  public static void beforeSnapshot(Runnable requests) {
    register(() -> {
      step("events", Priming::events);
      step("requests", requests);
    });
  }

  /// Runs one request with an idempotency key.
  ///
  /// @param idempotency uses a store that keeps nothing
  public static void once(Idempotency idempotency) {
    Api.answer(event(), null, idempotency,
        request -> Reply.accepted("/priming", JsonNodeFactory.instance.objectNode()));
  }

  private static void register(Runnable steps) {
    if (Environment.optional("AWS_LAMBDA_INITIALIZATION_TYPE", "").equals("snap-start")) {
      var priming = new Priming(steps);
      KEPT.add(priming);
      Core.getGlobalContext().register(priming);
    }
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    long began = System.nanoTime();
    steps.run();
    Log.info("primed", Map.of("milliseconds", (System.nanoTime() - began) / 1_000_000));
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // Priming keeps nothing that could be out of date.
  }

  private static void step(String name, Runnable step) {
    try {
      Log.quietly(step);
    } catch (RuntimeException | LinkageError e) {
      Log.error("priming_failed", Map.of("step", name), e);
    }
  }

  private static void read(String table) {
    try (var dynamoDb = DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(override -> override.putHeader("Connection", "close")).build()) {
      dynamoDb.getItem(get -> get.tableName(table).key(Map.of(
          "pk", AttributeValue.fromS("priming"), "sk", AttributeValue.fromS("priming"))).consistentRead(true));
    }
  }

  /// Reads an event and writes a reply with field errors, with the serializers of the Lambda runtime.
  private static void events() {
    PojoSerializer<APIGatewayProxyResponseEvent> writer = LambdaEventSerializers.serializerFor(
        APIGatewayProxyResponseEvent.class, Priming.class.getClassLoader());
    var event = event();
    writer.toJson(Api.answer(event, null, request -> Reply.ok(JsonNodeFactory.instance.objectNode()
        .put("id", request.pathId("id")))), new ByteArrayOutputStream());
    writer.toJson(Api.answer(event, null, request -> Reply.ok(request.body(body -> {
      body.id("org_id");
      body.date("period_from");
      return JsonNodeFactory.instance.objectNode();
    }))), new ByteArrayOutputStream());
  }

  private static APIGatewayProxyRequestEvent event() {
    PojoSerializer<APIGatewayProxyRequestEvent> reader = LambdaEventSerializers.serializerFor(
        APIGatewayProxyRequestEvent.class, Priming.class.getClassLoader());
    return reader.fromJson(new ByteArrayInputStream(EVENT.getBytes(StandardCharsets.UTF_8)));
  }

  /// Sends no request and answers each with an empty JSON object.
  private static final class OfflineHttpClient implements SdkHttpClient {

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          return HttpExecuteResponse.builder()
              .response(SdkHttpResponse.builder().statusCode(200).putHeader("Content-Type", "application/json").build())
              .responseBody(AbortableInputStream.create(
                  new ByteArrayInputStream("{}".getBytes(StandardCharsets.US_ASCII))))
              .build();
        }

        @Override
        public void abort() {
          // There is no request to abort.
        }
      };
    }

    @Override
    public String clientName() {
      return "OfflineHttpClient";
    }

    @Override
    public void close() {
      // There is no connection to close.
    }
  }
}
