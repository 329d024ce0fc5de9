package no.rapport.local;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import no.rapport.emulator.Loopback;

/// Serves the Lambda Runtime API (version 2018-06-01) for one function. The runtime asks it for the next event and
/// sends it the answers, at once or in chunks.
///
/// Source: AWS documentation, "Using the Lambda runtime API for custom runtimes".
final class RuntimeApi implements AutoCloseable {

  private static final String PREFIX = "/2018-06-01/runtime/";

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Template.LambdaFunction function;
  private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final Map<String, Call> taken = new ConcurrentHashMap<>();
  private final CompletableFuture<byte[]> initError = new CompletableFuture<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch checkpoint = new CountDownLatch(1);
  private final CountDownLatch restore = new CountDownLatch(1);

  private RuntimeApi(ServerSocket server, Template.LambdaFunction function) {
    this.server = server;
    this.function = function;
  }

  /// One event and its answer, which completes exceptionally with [Failed].
  ///
  /// @param arrivals receives the bytes of the answer as they arrive
  private record Call(String id, byte[] event, OutputStream arrivals, CompletableFuture<byte[]> answer) {}

  /// The error of a function that threw an exception. The message is the JSON that the runtime sent.
  static final class Failed extends RuntimeException {

    private static final long serialVersionUID = 1;

    Failed(String json) {
      super(json);
    }
  }

  static RuntimeApi start(Template.LambdaFunction function) {
    try {
      var api = new RuntimeApi(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), function);
      api.threads.execute(api::accept);
      return api;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns the value for `AWS_LAMBDA_RUNTIME_API`.
  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /// Queues an event, which the function gets when it asks for one.
  CompletableFuture<byte[]> call(byte[] event) {
    return call(event, OutputStream.nullOutputStream());
  }

  /// Queues an event. `arrivals` receives the bytes of the answer as they arrive; a streaming function then still runs.
  CompletableFuture<byte[]> call(byte[] event, OutputStream arrivals) {
    var call = new Call(UUID.randomUUID().toString(), event, arrivals, new CompletableFuture<>());
    calls.add(call);
    return call.answer();
  }

  /// Completes with the JSON of the initialisation error, if there is one.
  CompletableFuture<byte[]> initError() {
    return initError;
  }

  /// Counted down when the function asks for its first event or reports an initialisation error.
  CountDownLatch ready() {
    return ready;
  }

  /// Counted down when a function with SnapStart is ready for its snapshot.
  CountDownLatch checkpoint() {
    return checkpoint;
  }

  /// Restores a function with SnapStart from its snapshot.
  void restore() {
    restore.countDown();
  }

  private void accept() {
    while (true) {
      try {
        var connection = server.accept();
        connections.add(connection);
        threads.execute(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /// Serves one connection, which may carry several requests.
  private void serve(Socket connection) {
    try (connection) {
      var in = new BufferedInputStream(connection.getInputStream());
      var out = connection.getOutputStream();
      for (var request = RuntimeRequest.read(in, out); request.isPresent(); request = RuntimeRequest.read(in, out)) {
        handle(request.get(), in, out);
      }
    } catch (IOException e) {
      // The function's process has ended, or this server is closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  private void handle(RuntimeRequest request, BufferedInputStream in, OutputStream out)
      throws IOException, InterruptedException {
    if (!Loopback.isOwnHost(request.headers().get("Host"))) {
      body(request, in);
      send(out, "403 Forbidden", Map.of(), new byte[0]);
      return;
    }
    var path = request.path().substring(PREFIX.length());
    switch (path) {
      case "invocation/next" -> next(request, in, out);
      case "init/error", "restore/error" -> {
        initError.complete(body(request, in));
        ready.countDown();
        send(out, "202 Accepted", Map.of(), new byte[0]);
      }
      case "restore/next" -> {
        body(request, in);
        checkpoint.countDown();
        restore.await();
        send(out, "200 OK", Map.of(), new byte[0]);
      }
      default -> answered(request, path.split("/"), in, out);
    }
  }

  private void next(RuntimeRequest request, BufferedInputStream in, OutputStream out)
      throws IOException, InterruptedException {
    body(request, in);
    ready.countDown();
    var call = calls.take();
    taken.put(call.id(), call);
    send(out, "200 OK", Map.of(
        "Lambda-Runtime-Aws-Request-Id", call.id(),
        "Lambda-Runtime-Deadline-Ms",
        String.valueOf(System.currentTimeMillis() + Duration.from(function.timeout()).toMillis()),
        "Lambda-Runtime-Invoked-Function-Arn", Names.function(function.name()),
        "Content-Type", "application/json"), call.event());
  }

  /// Handles `invocation/{id}/response` and `invocation/{id}/error`.
  private void answered(RuntimeRequest request, String[] path, BufferedInputStream in, OutputStream out)
      throws IOException {
    var call = path.length == 3 && path[0].equals("invocation") ? taken.remove(path[1]) : null;
    if (call == null) {
      body(request, in);
      send(out, "404 Not Found", Map.of(), new byte[0]);
      return;
    }
    var all = new ByteArrayOutputStream();
    var trailers = request.readBody(in, new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        all.write(bytes, from, length);
        call.arrivals().write(bytes, from, length);
      }
    });
    send(out, "202 Accepted", Map.of(), new byte[0]);
    if (path[2].equals("error")) {
      call.answer().completeExceptionally(new Failed(all.toString(StandardCharsets.UTF_8)));
    } else if (request.isStreaming() && trailers.containsKey("Lambda-Runtime-Function-Error-Type")) {
      call.answer().completeExceptionally(new Failed(new String(
          Base64.getDecoder().decode(trailers.get("Lambda-Runtime-Function-Error-Body")), StandardCharsets.UTF_8)));
    } else {
      call.answer().complete(all.toByteArray());
    }
  }

  private static byte[] body(RuntimeRequest request, BufferedInputStream in) throws IOException {
    var body = new ByteArrayOutputStream();
    request.readBody(in, body);
    return body.toByteArray();
  }

  private static void send(OutputStream out, String status, Map<String, String> headers, byte[] body)
      throws IOException {
    var head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    var all = new ByteArrayOutputStream();
    all.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(body);
    out.write(all.toByteArray());
    out.flush();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.shutdownNow();
    }
  }
}
