package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A website can make its own host name resolve to 127.0.0.1 (DNS rebinding). Every port refuses such names.
class OwnNamesTest {

  private final LocalRapport rapport = LocalRapport.shared();

  @ParameterizedTest
  @ValueSource(strings = {"rapport.attacker.example", "127.0.0.1.attacker.example", "attacker.example:3000",
      "localhost.attacker.example", "10.0.0.1"})
  void noPortAnswersForAForeignHostName(String host) throws IOException {
    assertThat(status(rapport.baseUrl(), "GET", "/api/v1/bufdir-exports", host, "")).as("API").isEqualTo("403");
    assertThat(status(rapport.baseUrl(), "POST",
        "/_local/2015-03-31/functions/ManageApiKeysFunction/invocations", host, "")).as("/_local").isEqualTo("403");
    assertThat(status(rapport.dynamoDbEndpoint(), "POST", "/", host, TARGET_TABLES)).as("DynamoDB").isEqualTo("403");
    assertThat(status(rapport.stepFunctionsEndpoint(), "POST", "/", host, TARGET_MACHINES)).as("Step Functions")
        .isEqualTo("403");
    assertThat(status(rapport.s3Endpoint(), "GET", "/", host, "")).as("S3").isEqualTo("403");
    assertThat(status(rapport.bufdir().orElseThrow().apiUrl().resolve("/token"), "POST", "/token", host, ""))
        .as("Bufdir").isEqualTo("403");
    var function = new Template.LambdaFunction("Function", "function", Path.of("code"), "handler", Map.of(),
        Duration.ofSeconds(1), 128, List.of(), List.of(), List.of());
    try (var runtime = RuntimeApi.start(function)) {
      runtime.call("{}".getBytes(StandardCharsets.US_ASCII));
      assertThat(status(URI.create("http://" + runtime.address()), "GET", "/2018-06-01/runtime/invocation/next", host,
          "")).as("Runtime API").isEqualTo("403");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "host.docker.internal"})
  void everyPortAnswersForLocalHostNames(String name) throws IOException {
    assertThat(status(rapport.baseUrl(), "GET", "/api/v1/bufdir-exports", name + ":" + rapport.baseUrl().getPort(), ""))
        .as("API").isEqualTo("200");
    assertThat(status(rapport.dynamoDbEndpoint(), "POST", "/", name, TARGET_TABLES)).as("DynamoDB").isNotEqualTo("403");
    assertThat(status(rapport.stepFunctionsEndpoint(), "POST", "/", name, TARGET_MACHINES)).as("Step Functions")
        .isEqualTo("200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://attacker.example", "null"})
  void storesRefusePagesOfOtherSites(String origin) throws IOException {
    var headers = "Origin: " + origin + "\r\n";
    assertThat(status(rapport.dynamoDbEndpoint(), "POST", "/", "127.0.0.1", TARGET_TABLES + headers)).isEqualTo("403");
    assertThat(status(rapport.stepFunctionsEndpoint(), "POST", "/", "127.0.0.1", TARGET_MACHINES + headers))
        .isEqualTo("403");
  }

  private static final String TARGET_TABLES = "X-Amz-Target: DynamoDB_20120810.ListTables\r\n"
      + "Content-Type: application/x-amz-json-1.0\r\n"
      + "Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/eu-north-1/dynamodb/aws4_request, "
      + "SignedHeaders=host, Signature=0\r\n";
  private static final String TARGET_MACHINES = "X-Amz-Target: AWSStepFunctions.ListStateMachines\r\n";

  private static String status(URI service, String method, String path, String host, String headers) throws IOException {
    try (var socket = new Socket("127.0.0.1", service.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write((method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers
          + "Content-Length: 2\r\nConnection: close\r\n\r\n{}").getBytes(StandardCharsets.US_ASCII));
      var line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
      return line == null ? "closed" : line.split(" ")[1];
    }
  }
}
