package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page in a real browser, on an API that answers in the contract's shapes.
class WatchPageTest {

  private static final String API = "/api/v1/aggregated-report-data";

  private final LinkedBlockingQueue<String> stream = new LinkedBlockingQueue<>();
  private volatile int moves = 47;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(WatchPage.PATH, new WatchPage());
    server.createContext(API, exchange -> send(exchange, "application/json", """
        {"data": [{"snapshot_id": "snap-1", "aggregated_at": "2026-03-25T14:00:00Z"}]}"""));
    server.createContext(API + "/snap-1", exchange -> send(exchange, "application/json", """
        {"snapshot_id": "snap-1", "organization_name": "<b>Oslo Sør</b>", "period_id": "2024",
        "snapshot_status": "current", "cache_valid": true, "aggregated_at": "2026-03-25T14:00:00Z",
        "sections": [{"section_id": "barn-under-omsorg", "section_title": "Barn under omsorg", "fields": [
        {"field_key": "antall_flyttinger", "value": %d, "prior_period_value": 52, "data_source": "fagsystem-cis"},
        {"field_key": "antall_akuttplasseringer", "value": 3, "prior_period_value": 2, "data_source": "manual"},
        {"field_key": "andel_barn_i_fosterhjem", "value": null, "prior_period_value": 6.5, "data_source": "manual"}]}],
        "prior_period": {"period_id": "2023", "snapshot_id": "snap-2", "aggregated_at": "2025-01-08T10:00:00Z",
        "comparability": "code_break", "comparability_reason": "Codes changed",
        "not_comparable": ["antall_akuttplasseringer"]},
        "field_count": 34, "populated_field_count": 33}""".formatted(moves)));
    server.createContext(API + "/snap-1/fields/antall_flyttinger", exchange -> send(exchange, "application/json", """
        {"field_key": "antall_flyttinger", "value": 47, "unit": "antall", "rule": "<i>Flyttinger</i> i perioden.",
        "rule_version": 1, "numerator": 47, "denominator": null, "records_considered": 60,
        "excluded": [{"reason": "outside_period", "count": 13, "text": "Utenfor perioden"}],
        "data_source": "fagsystem-cis", "comparability": "code_break", "absent": null}"""));
    server.createContext(API + "/watch", exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      try (var out = exchange.getResponseBody()) {
        out.write("retry: 1000\nid: 3\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        out.write(stream.take().getBytes(StandardCharsets.UTF_8));
        out.flush();
        stream.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    server.start();
  }

  @AfterEach
  void stop() {
    stream.add(": end\n\n");
    stream.add(": end\n\n");
    server.stop(0);
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static void send(HttpExchange exchange, String type, String body) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Test
  void servesItsFilesAndNothingElse() throws Exception {
    var client = HttpClient.newHttpClient();
    for (String path : new String[] {"/_local/watch", "/_local/watch.css", "/_local/watch.js",
        "/_local/watch-names.json"}) {
      assertThat(client.send(HttpRequest.newBuilder(at(path)).build(), BodyHandlers.ofString()).statusCode())
          .as(path).isEqualTo(200);
    }
    for (String path : new String[] {"/_local/watch/watch.js", "/_local/watch.html.bak", "/_local/watchman"}) {
      assertThat(client.send(HttpRequest.newBuilder(at(path)).build(), BodyHandlers.ofString()).statusCode())
          .as(path).isEqualTo(404);
    }
  }

  @Test
  void showsFiguresBesideLastYearsAndLightsUpWhatChanges(@TempDir Path folder) throws Exception {
    var binary = Chromium.installed();
    assumeTrue(binary.isPresent(), "there is no Chromium here");
    try (var page = Chromium.open(binary.get(), folder, at("/_local/watch?organization_id=org-1042&period_id=2024"))) {
      page.await("document.querySelector('#antall_flyttinger .value')?.textContent", "47");
      assertThat(page.evaluate("[...document.querySelectorAll('#antall_flyttinger td')].map(td => td.textContent)"))
          .isEqualTo("Flyttingerantall,47,52,−5,fagsystem-cis");
      assertThat(page.evaluate("[...document.querySelectorAll('#antall_akuttplasseringer td')].slice(1, 4)"
          + ".map(td => td.textContent)")).as("a prior value that cannot be compared").isEqualTo("3,2\u00A0*,");
      assertThat(page.evaluate("document.getElementById('state').textContent")).contains("* not comparable: Codes changed");
      assertThat(page.evaluate("document.querySelectorAll('#andel_barn_i_fosterhjem td')[1].textContent"))
          .isEqualTo("–");
      assertThat(page.evaluate("document.getElementById('name').textContent")).isEqualTo("<b>Oslo Sør</b>");
      assertThat(page.evaluate("document.querySelectorAll('tr.lit').length")).isEqualTo("0");
      page.await("document.getElementById('live').textContent", "following");

      page.evaluate("document.querySelector('#antall_flyttinger button').focus()");
      page.evaluate("document.activeElement.click()");
      page.await("document.querySelector('#why-antall_flyttinger li')?.textContent", "Utenfor perioden: 13");
      assertThat(page.evaluate("[...document.querySelectorAll('#why-antall_flyttinger p')].map(p => p.textContent)"))
          .isEqualTo("<i>Flyttinger</i> i perioden.,47, from 60 records, rule set 1,"
              + "* not comparable with last year: code break");
      assertThat(page.evaluate("document.activeElement.getAttribute('aria-expanded')")).isEqualTo("true");

      moves = 48;
      stream.add("""
          id: 4
          event: data_updated
          data: {"event":"data_updated","snapshot_id":"snap-1","organization_id":"org-1042","period_id":"2024",\
          "changed_sections":["barn-under-omsorg"],"changed_field_keys":["antall_flyttinger"],\
          "updated_at":"2026-03-26T09:12:00Z"}

          """);

      page.await("document.querySelector('#antall_flyttinger .value')?.textContent", "48");
      assertThat(page.evaluate("[...document.querySelectorAll('tr.lit')].map(row => row.id)"))
          .isEqualTo("antall_flyttinger");
      page.await("document.getElementById('events').children.length", "1");
      page.await("document.querySelector('#why-antall_flyttinger li')?.textContent", "Utenfor perioden: 13");
      assertThat(page.evaluate("document.activeElement.getAttribute('aria-controls')"))
          .as("the focus stays where it was").isEqualTo("why-antall_flyttinger");
      page.evaluate("document.activeElement.click()");
      assertThat(page.evaluate("String(document.getElementById('why-antall_flyttinger'))")).isEqualTo("null");
      assertThat(page.evaluate("document.querySelector('#events li').lastChild.textContent")).isEqualTo("Flyttinger");
    }
  }
}
