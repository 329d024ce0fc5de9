package no.rapport.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Map;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.ReportLocale;

/// Serves the page `/_local/watch`. It shows an organisation's figures of a period next to last year's and highlights
/// changes. The page is an ordinary client of the API: it uses `fetch` and the browser's `EventSource`.
final class WatchPage implements HttpHandler {

  static final String PATH = "/_local/watch";

  private static final ObjectMapper JSON = new ObjectMapper();

  /// The labels of figures from the catalogue. The API does not return them.
  private static final String NAMES = "watch-names.json";
  private static final Map<String, String> TYPES = Map.of(
      NAMES, "application/json",
      "watch.html", "text/html; charset=utf-8",
      "watch.css", "text/css; charset=utf-8",
      "watch.js", "text/javascript; charset=utf-8");

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String name = path.equals(PATH) ? "watch.html" : path.substring(path.lastIndexOf('/') + 1);
      String type = path.equals(PATH) || path.equals("/_local/" + name) ? TYPES.get(name) : null;
      if (type == null || !exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] content = name.equals(NAMES) ? names() : file(name);
      var headers = exchange.getResponseHeaders();
      headers.set("Content-Type", type);
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Content-Security-Policy", "default-src 'self'; img-src data:");
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    }
  }

  private static byte[] file(String name) throws IOException {
    try (var file = WatchPage.class.getResourceAsStream(name)) {
      return file.readAllBytes();
    }
  }

  private static byte[] names() throws IOException {
    var names = JSON.createObjectNode();
    FigureCatalogue.figures().forEach(figure -> names.putObject(figure.key())
        .put("label", figure.label(ReportLocale.NB))
        .put("unit", figure.unit().label(ReportLocale.NB))
        .put("decimals", switch (figure.unit()) {
          case COUNT, CHILDREN, YOUNG_PEOPLE -> 0;
          case PERCENT, DAYS, FULL_TIME_EQUIVALENTS -> 1;
        }));
    return JSON.writeValueAsBytes(names);
  }
}
