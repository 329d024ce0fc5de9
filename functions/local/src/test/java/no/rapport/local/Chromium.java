package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Controls a page in a headless Chromium through the DevTools protocol.
final class Chromium implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final WebSocket page;
  private final BlockingQueue<String> answers;
  private int calls;

  private Chromium(Process process, WebSocket page, BlockingQueue<String> answers) {
    this.process = process;
    this.page = page;
    this.answers = answers;
  }

  /// Returns the path of Chromium on this machine, or empty if it is not installed.
  static Optional<Path> installed() {
    return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome").map(Path::of)
        .filter(Files::isExecutable).findFirst();
  }

  /// @param folder an empty folder for the profile
  static Chromium open(Path binary, Path folder, URI address) throws Exception {
    Path port = folder.resolve("DevToolsActivePort");
    Process process = new ProcessBuilder(List.of(binary.toString(), "--headless", "--no-sandbox", "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run", "--remote-debugging-port=0", "--remote-allow-origins=*", "--user-data-dir=" + folder, "about:blank"))
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    Instant end = Instant.now().plusSeconds(60);
    while (!Files.exists(port) || Files.readAllLines(port).isEmpty()) {
      if (Instant.now().isAfter(end) || !process.isAlive()) {
        process.destroyForcibly();
        throw new IOException("Chromium did not start");
      }
      pause();
    }
    var client = HttpClient.newHttpClient();
    String target = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
        + Files.readAllLines(port).getFirst() + "/json/new?"
        + URLEncoder.encode(address.toString(), StandardCharsets.UTF_8)))
        .PUT(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString()).body();
    var answers = new LinkedBlockingQueue<String>();
    var text = new StringBuilder();
    WebSocket page = client.newWebSocketBuilder().buildAsync(
        URI.create(JSON.readTree(target).get("webSocketDebuggerUrl").textValue()), new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
              answers.add(text.toString());
              text.setLength(0);
            }
            socket.request(1);
            return null;
          }
        }).join();
    return new Chromium(process, page, answers);
  }

  /// Returns the value of a JavaScript expression in the page, as text.
  String evaluate(String expression) throws Exception {
    int id = ++calls;
    var call = JSON.createObjectNode().put("id", id).put("method", "Runtime.evaluate");
    call.putObject("params").put("expression", "String(" + expression + ")");
    page.sendText(call.toString(), true).join();
    while (true) {
      String answer = answers.poll(30, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IOException("Chromium did not answer");
      }
      JsonNode json = JSON.readTree(answer);
      if (json.path("id").asInt() == id) {
        return json.at("/result/result/value").asText();
      }
    }
  }

  /// Waits until an expression in the page has a value.
  void await(String expression, String value) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    String last = evaluate(expression);
    while (!last.equals(value)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(expression + " is " + last + ", expected " + value);
      }
      pause();
      last = evaluate(expression);
    }
  }

  /// Yields the processor to the browser.
  private static void pause() {
    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
  }

  @Override
  public void close() {
    page.abort();
    // Ends all of its processes, because a remaining one would write to the profile while it is removed.
    var all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(handle -> handle.onExit().join());
  }
}
