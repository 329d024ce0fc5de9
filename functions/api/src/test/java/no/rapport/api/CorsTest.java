package no.rapport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CorsTest {

  @AfterEach
  void forgetOrigins() {
    System.clearProperty("ALLOWED_ORIGINS");
  }

  @Test
  void allowsOriginOfRequestIfConfigured() {
    System.setProperty("ALLOWED_ORIGINS", "https://a.example.no,https://b.example.no");

    assertThat(headers("https://b.example.no"))
        .containsEntry("Access-Control-Allow-Origin", "https://b.example.no").containsEntry("Vary", "Origin");
  }

  @Test
  void allowsNoOtherOrigin() {
    System.setProperty("ALLOWED_ORIGINS", "https://a.example.no,https://b.example.no");

    for (var origin : new String[] {"https://evil.example", "https://a.example.no,https://b.example.no", "null", ""}) {
      assertThat(headers(origin)).as(origin).doesNotContainKey("Access-Control-Allow-Origin")
          .containsEntry("Vary", "Origin");
    }
  }

  @Test
  void sendsNoCorsHeadersIfNoOriginIsConfigured() {
    assertThat(headers("https://a.example.no")).doesNotContainKeys("Access-Control-Allow-Origin", "Vary");
  }

  private static Map<String, String> headers(String origin) {
    var event = new APIGatewayProxyRequestEvent().withHeaders(Map.of("ORIGIN", origin));
    return Api.answerUnauthenticated(event, null, _ -> new Reply(200, Map.of(), Optional.empty())).getHeaders();
  }
}
