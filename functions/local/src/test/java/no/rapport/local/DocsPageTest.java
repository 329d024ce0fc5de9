package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.regex.Pattern;
import no.rapport.api.Role;
import org.junit.jupiter.api.Test;

/// The pages of the local stack that show its description and its keys.
class DocsPageTest {

  private static final LocalRapport RAPPORT = LocalRapport.shared();

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(RAPPORT.baseUrl().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void showsTheDescriptionWithFilesOfItsOwnOnly() throws Exception {
    var page = get("/_local/docs");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    var files = Pattern.compile("(?:src|href)=\"(?!data:)([^\"]+)\"").matcher(page.body());
    int found = 0;
    while (files.find()) {
      found++;
      assertThat(files.group(1)).startsWith("/_local/docs/");
      assertThat(get(files.group(1)).statusCode()).as(files.group(1)).isEqualTo(200);
    }
    assertThat(found).isEqualTo(3);
    assertThat(get("/_local/docs/openapi.yaml").body())
        .isEqualTo(Files.readString(Options.home().resolve("docs/openapi.yaml")));
    assertThat(get("/_local/docs/docs.js").body()).contains("/_local/docs/openapi.yaml");
    assertThat(get("/_local/docs/../trace.html").statusCode()).isEqualTo(404);
    assertThat(get("/_local/docs/swagger-ui.js").statusCode()).isEqualTo(404);
  }

  @Test
  void showsTheKeysOfThisStartToPagesOfItsOwnOnly() throws Exception {
    var keys = RAPPORT.issueKeys();
    String shown = get("/_local/keys").body();
    assertThat(keys.keySet()).containsExactlyInAnyOrder(Role.values());
    keys.values().forEach(key -> assertThat(shown).contains(key));
    assertThat(get("/_local/keys", "Origin", "http://example.com").statusCode()).isEqualTo(403);
    assertThat(get("/_local/").body()).contains("/_local/keys.js", "id=\"keys\"");
  }

  @Test
  void namesTheVersionOfTheViewerThatThePomHas() throws Exception {
    String pom = Files.readString(Options.home().resolve("pom.xml"));
    var version = Pattern.compile("<swagger-ui.version>(.+)</swagger-ui.version>").matcher(pom);
    assertThat(version.find()).isTrue();
    assertThat(DocsPageTest.class.getResource("/META-INF/resources/webjars/swagger-ui/" + version.group(1)
        + "/swagger-ui-bundle.js")).isNotNull();
  }
}
