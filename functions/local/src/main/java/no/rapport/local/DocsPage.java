package no.rapport.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;

/// The page `/_local/docs`: the description of the API (`docs/openapi.yaml`) in Swagger UI, whose files are in its webjar.
/// Nothing is read from the network.
final class DocsPage implements HttpHandler {

  static final String PATH = "/_local/docs";

  private static final String OWN = "/no/rapport/local/";
  /// Where the webjar has its files, version included.
  private static final String VIEWER = "/META-INF/resources/webjars/swagger-ui/5.34.1/";
  private static final Set<String> VIEWER_FILES = Set.of("swagger-ui.css", "swagger-ui-bundle.js");
  private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "css",
      "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8", "yaml", "application/yaml");
  /// The viewer sets styles in elements and draws its arrows as data.
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
      + "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String name = path.equals(PATH) ? "docs.html" : path.startsWith(PATH + "/") ? path.substring(PATH.length() + 1) : "";
      byte[] content = exchange.getRequestMethod().equals("GET") ? content(name) : null;
      if (content == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      var headers = exchange.getResponseHeaders();
      headers.set("Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Content-Security-Policy", POLICY);
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    }
  }

  /// Null where there is no such file.
  private static byte[] content(String name) throws IOException {
    if (name.equals("openapi.yaml")) {
      return Files.readAllBytes(Options.home().resolve("docs/openapi.yaml"));
    }
    if (name.equals("docs.html") || name.equals("docs.js")) {
      return resource(OWN + name);
    }
    return VIEWER_FILES.contains(name) ? resource(VIEWER + name) : null;
  }

  private static byte[] resource(String path) throws IOException {
    try (var file = DocsPage.class.getResourceAsStream(path)) {
      return file.readAllBytes();
    }
  }
}
