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

/// Practises before Lambda takes the snapshot that a function's instances start from (SnapStart), so that classes are
/// loaded and code is compiled before anyone waits for it.
///
/// Nothing is written: what a context practises meets an HTTP client that sends nothing and finds everything empty. The
/// one request that leaves is a read of an item that is never there; its connection is closed, since none survives
/// the snapshot. No id, seed or credential of a later request is made here: generators of random numbers draw from
/// the operating system at each use.
///
/// Whatever goes wrong is logged and costs nothing but time: the function is not refused for it.
public final class Priming implements Resource {

  /// The context holds resources weakly.
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

  /// Has this done before the snapshot, if one is going to be taken; otherwise does nothing.
  ///
  /// @param table a table that the function may read single items of
  /// @param practice what the function does for a request, with clients over the given HTTP client, which answers
  ///     everything with an empty JSON object
  public static void beforeSnapshot(String table, Consumer<SdkHttpClient> practice) {
    register(() -> {
      step("sdk", () -> SdkWarmUp.warmUp(DynamoDbClient.class));
      step("read", () -> read(table));
      step("events", Priming::events);
      step("practice", () -> {
        try (SdkHttpClient nowhere = new Nowhere()) {
          practice.accept(nowhere);
        }
      });
    });
  }

  /// The same for a function that calls no service.
  ///
  /// @param practice what the function does for a request
  public static void beforeSnapshot(Runnable practice) {
    register(() -> {
      step("events", Priming::events);
      step("practice", practice);
    });
  }

  /// Answers a request that names an idempotency key.
  ///
  /// @param idempotency over a store that keeps nothing
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
    // Nothing was kept that could be out of date.
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

  /// An event in, a reply with every field error out, as the runtime reads and writes them.
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

  /// Sends nothing and has an empty JSON object for every answer.
  private static final class Nowhere implements SdkHttpClient {

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
          // Nothing is on its way.
        }
      };
    }

    @Override
    public String clientName() {
      return "Nowhere";
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
