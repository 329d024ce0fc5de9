package no.rapport.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/// The Runtime API of Lambda (version 2018-06-01) for one function: what a runtime asks for its next event and tells its
/// answers.
///
/// Source: AWS documentation, "Using the Lambda runtime API for custom runtimes".
final class RuntimeApi implements AutoCloseable {

  private static final String PREFIX = "/2018-06-01/runtime/";

  private final HttpServer server;
  private final Template.LambdaFunction function;
  private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final Map<String, Call> taken = new ConcurrentHashMap<>();
  private final CompletableFuture<byte[]> initError = new CompletableFuture<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch checkpoint = new CountDownLatch(1);
  private final CountDownLatch restore = new CountDownLatch(1);

  private RuntimeApi(HttpServer server, Template.LambdaFunction function) {
    this.server = server;
    this.function = function;
  }

  /// One event and what becomes of it: the answer, or [Failed].
  private record Call(String id, byte[] event, CompletableFuture<byte[]> answer) {}

  /// What a function ends with that throws; the message is the JSON that the runtime sent.
  static final class Failed extends RuntimeException {

    private static final long serialVersionUID = 1;

    Failed(String json) {
      super(json);
    }
  }

  static RuntimeApi start(Template.LambdaFunction function) {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var api = new RuntimeApi(server, function);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext(PREFIX, api::handle);
      server.start();
      return api;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What `AWS_LAMBDA_RUNTIME_API` is to be.
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// Gives the function an event as soon as it asks for one.
  CompletableFuture<byte[]> call(byte[] event) {
    var call = new Call(UUID.randomUUID().toString(), event, new CompletableFuture<>());
    calls.add(call);
    return call.answer();
  }

  /// Ends with the JSON of an error that kept the function from being made.
  CompletableFuture<byte[]> initError() {
    return initError;
  }

  /// Counted down when the function asks for its first event, or has said why it could not be made.
  CountDownLatch ready() {
    return ready;
  }

  /// Counted down where a function under SnapStart has done all that it does before the snapshot.
  CountDownLatch checkpoint() {
    return checkpoint;
  }

  /// Lets a function under SnapStart go on.
  void restore() {
    restore.countDown();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath().substring(PREFIX.length());
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      switch (path) {
        case "invocation/next" -> next(exchange);
        case "init/error", "restore/error" -> {
          initError.complete(body);
          ready.countDown();
          exchange.sendResponseHeaders(202, -1);
        }
        case "restore/next" -> {
          checkpoint.countDown();
          restore.await();
          exchange.sendResponseHeaders(200, -1);
        }
        default -> answered(exchange, path.split("/"), body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    ready.countDown();
    var call = calls.take();
    taken.put(call.id(), call);
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", call.id());
    headers.set("Lambda-Runtime-Deadline-Ms",
        String.valueOf(System.currentTimeMillis() + Duration.from(function.timeout()).toMillis()));
    headers.set("Lambda-Runtime-Invoked-Function-Arn", Names.function(function.name()));
    headers.set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, call.event().length);
    exchange.getResponseBody().write(call.event());
  }

  /// `invocation/{id}/response` and `invocation/{id}/error`.
  private void answered(HttpExchange exchange, String[] path, byte[] body) throws IOException {
    var call = path.length == 3 && path[0].equals("invocation") ? taken.remove(path[1]) : null;
    if (call == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    exchange.sendResponseHeaders(202, -1);
    if (path[2].equals("response")) {
      call.answer().complete(body);
    } else {
      call.answer().completeExceptionally(new Failed(new String(body, java.nio.charset.StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
