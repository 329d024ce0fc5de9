package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracePageTest {

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);

  @AfterEach
  void clearFaults() {
    Faults.clear();
  }

  @Test
  void servesAPageWithoutExternalResources() {
    for (var file : new String[] {"", "trace.js", "trace.css"}) {
      var answer = client.download(rapport.baseUrl().resolve("/_local/" + file).toString());
      var text = new String(answer.body(), StandardCharsets.UTF_8);

      assertThat(answer.statusCode()).as(file).isEqualTo(200);
      assertThat(text.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://", "https://");
      assertThat(text).doesNotContain("innerHTML", "insertAdjacentHTML", "document.write", "eval(");
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'").doesNotContain("unsafe");
    }
  }

  @Test
  void answersOnlyForLocalHostNames() throws IOException {
    assertThat(statusWith("Host: rapport.attacker.example")).contains(" 403");
    assertThat(statusWith("Host: 127.0.0.1\r\nOrigin: https://attacker.example")).contains(" 403");
    assertThat(statusWith("Host: localhost:3000")).contains(" 200");
  }

  private String statusWith(String headers) throws IOException {
    try (var socket = new Socket("127.0.0.1", rapport.baseUrl().getPort())) {
      socket.getOutputStream().write(("GET /_local/api/executions HTTP/1.1\r\n" + headers
          + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    }
  }

  @Test
  void addsAndRemovesFaults() {
    var ordered = client.post("/_local/faults", """
        {"service": "S3", "operation": "PutObject", "resource": "exports/", "error": "SlowDown", "times": 3}""");
    assertThat(ordered.status()).isEqualTo(201);
    assertThat(client.get("/_local/faults").body().path("faults").path(0).path("times").asInt()).isEqualTo(3);

    assertThat(client.delete("/_local/faults").body().path("faults")).isEmpty();
  }

  @Test
  void explainsAnInvalidFault() {
    assertThat(client.post("/_local/faults", "{\"error\": \"X\", \"time\": 3}").body().path("message").asText())
        .contains("time");
    assertThat(client.post("/_local/faults", "[]").status()).isEqualTo(400);
    assertThat(client.post("/_local/faults", "{").status()).isEqualTo(400);
    assertThat(client.post("/_local/faults", "{\"error\": \"X\", \"times\": 0}").status()).isEqualTo(400);
  }

  @Test
  void invokesAFunctionThatNoRouteReaches() {
    var answer = client.post("/_local/2015-03-31/functions/ManageApiKeysFunction/invocations", "{\"action\": \"list\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("keys").isArray()).isTrue();
    assertThat(client.post("/_local/2015-03-31/functions/Nothing/invocations", "{}").status()).isEqualTo(404);
  }

  @Test
  void reportsAFunctionsError() {
    var answer = client.send("POST", "/_local/2015-03-31/functions/PlanExportFunction/invocations", """
        {"kind": "BUFDIR_EXPORT", "export_id": "exp-absent", "org_id": "org", "attempt": 1}""", Map.of());

    assertThat(answer.header("X-Amz-Function-Error")).isEqualTo("Unhandled");
    assertThat(answer.body().path("errorType").asText()).startsWith("no.rapport.");
  }

  @Test
  void answersNotFoundForAnUnknownExecution() {
    assertThat(client.get("/_local/api/execution?name=nothing").status()).isEqualTo(404);
    assertThat(client.get("/_local/api/execution?arn=nothing").status()).isEqualTo(404);
    assertThat(client.get("/_local/api/execution").status()).isEqualTo(400);
    assertThat(client.get("/_local/nothing").status()).isEqualTo(404);
  }
}
