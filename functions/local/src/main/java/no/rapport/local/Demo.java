package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/// `mvn -q -Pdemo`: shows the main task on sample data, step by step, from source data to a file behind a link that
/// expires.
///
/// It uses the system as its users do: everything goes over HTTP, and each file through a link. It exits with 0, or with
/// 1 and a sentence about the failure.
public final class Demo {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration MAX_WAIT = Duration.ofMinutes(3);
  private static final Duration LINK_LIFETIME = Duration.ofSeconds(30);
  private static final Pattern FILE_NAME = Pattern.compile("filename=\"([^\"]+)\"");
  private static final int BAR_LENGTH = 32;

  private final LocalRapport rapport;
  private final HttpClient http;
  private final Terminal terminal = new Terminal();

  private Demo(LocalRapport rapport, HttpClient http) {
    this.rapport = rapport;
    this.http = http;
  }

  /// Runs the job once and exits.
  public static void main(String[] arguments) {
    var status = 1;
    try {
      redirectFunctionLogs(Files.createDirectories(folder()).resolve("functions.log"));
    } catch (IOException e) {
      System.err.println("Cannot write to " + folder() + ": " + e);
      System.exit(status);
    }
    try (var rapport = LocalRapport.start(Options.onFreePorts()); var http = HttpClient.newHttpClient()) {
      new Demo(rapport, http).run();
      status = 0;
    } catch (DemoFailed e) {
      System.err.println("\nThe demo stopped: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      System.err.println("\nThe demo stopped: " + e);
      e.printStackTrace();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.err.println("\nThe demo was interrupted");
    }
    // Threads of the embedded services would keep the process alive.
    System.exit(status);
  }

  /// Redirects the functions' logs from standard output to a file, so that they do not appear between the demo's steps.
  private static void redirectFunctionLogs(Path log) throws IOException {
    var console = System.out;
    System.setOut(new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8));
    Terminal.out = console;
  }

  private static Path folder() {
    return Options.home().resolve("target/demo");
  }

  private void run() throws IOException, InterruptedException {
    terminal.line("Rapport runs on " + rapport.baseUrl() + " with S3 on " + rapport.s3Endpoint());
    sourceData();
    cases();
    figures();
    var id = order();
    var export = awaitExport(id);
    var link = URI.create(export.path("file_url").asText());
    var file = download(link, export);
    expires(link);
    terminal.line("");
    terminal.line("The file            " + file);
    terminal.line("Log of functions    " + folder().toAbsolutePath().normalize().resolve("functions.log"));
    terminal.line("Run it yourself     mvn -q -Plocal, then open http://127.0.0.1:3000/_local/ to watch executions");
    terminal.line("How it is built     README.md, template.yaml, statemachines/export.asl.json");
  }

  private void sourceData() throws IOException, InterruptedException {
    terminal.step("1", "Source data: " + count(SampleData.ROWS) + " activities of " + SampleData.ORGANIZATION_NAME);
    imported("organization", "organization.json", SampleData.organization());
    var begun = Instant.now();
    var imported = imported("activities", SampleData.YEAR + ".csv", SampleData.activities());
    var counts = imported.path("counts");
    if (counts.path("imported").asInt() != SampleData.ROWS) {
      throw new DemoFailed("The import did not import every row: " + imported);
    }
    terminal.line("   imported in " + since(begun) + ": " + count(counts.path("imported").asLong()) + " rows, "
        + counts.path("rejected").asLong() + " rejected");
  }

  private void cases() throws IOException, InterruptedException {
    terminal.step("2", "Cases: " + count(SampleCases.CASES)
        + " documents as the case system sends them to the register");
    var begun = Instant.now();
    var imported = imported("cases", SampleData.YEAR + ".zip", SampleCases.archive());
    var documents = imported.path("control_totals").path("documents");
    if (documents.path("taken").asInt() != SampleCases.CASES) {
      throw new DemoFailed("The import did not import every document: " + imported.path("control_totals"));
    }
    terminal.line("   imported in " + since(begun) + ": " + count(documents.path("taken").asLong()) + " documents, "
        + count(imported.path("control_totals").path("elements").path("taken").asLong()) + " records");
    for (var check : got(URI.create(imported.path("report_url").asText())).path("checks")) {
      terminal.line("   " + check.path("severity").asText() + " " + check.path("rule_id").asText() + ": "
          + check.path("count").asLong() + " × " + check.path("title").asText());
    }
  }

  /// Announces a file, puts it where the answer says, and waits until it is imported.
  private JsonNode imported(String kind, String fileName, byte[] file) throws IOException, InterruptedException {
    var announced = http.send(HttpRequest.newBuilder(rapport.baseUrl().resolve("/api/v1/imports"))
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("""
            {"org_id": "%s", "kind": "%s", "file_name": "%s", "size_bytes": %d}"""
            .formatted(SampleData.ORGANIZATION, kind, fileName, file.length))).build(),
        HttpResponse.BodyHandlers.ofString());
    if (announced.statusCode() != 201) {
      throw new DemoFailed("The import was answered with " + announced.statusCode() + " " + announced.body());
    }
    var waiting = JSON.readTree(announced.body());
    var upload = HttpRequest.newBuilder(URI.create(waiting.path("upload_url").asText()))
        .PUT(HttpRequest.BodyPublishers.ofByteArray(file));
    waiting.path("upload_headers").properties()
        .forEach(header -> upload.header(header.getKey(), header.getValue().asText()));
    int status = http.send(upload.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 200) {
      throw new DemoFailed("The upload was answered with " + status);
    }
    terminal.line("   POST /api/v1/imports, then PUT of " + fileName + ", " + count(file.length) + " bytes");
    var path = rapport.baseUrl().resolve("/api/v1/imports/" + waiting.path("import_id").asText());
    var begun = Instant.now();
    while (true) {
      var imported = got(path);
      switch (imported.path("status").asText()) {
        case "completed" -> {
          return imported;
        }
        case "failed" -> throw new DemoFailed("The import failed: " + imported.path("error").asText());
        default -> pause(begun, "The import of " + fileName);
      }
    }
  }

  private JsonNode got(URI address) throws IOException, InterruptedException {
    return JSON.readTree(
        http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString()).body());
  }

  private void figures() throws IOException, InterruptedException {
    terminal.step("3", "Figures: POST /api/v1/aggregated-report-data for " + (SampleData.YEAR - 1) + " and "
        + SampleData.YEAR);
    aggregated(SampleData.YEAR - 1);
    var snapshot = aggregated(SampleData.YEAR);
    var prior = snapshot.path("prior_period");
    terminal.line("   beside " + prior.path("period_id").asText() + ", comparability "
        + prior.path("comparability").asText());
    for (var section : snapshot.path("sections")) {
      var field = section.path("fields").path(0);
      terminal.line("   %-44s %8s   %s: %s".formatted(field.path("field_key").asText(), field.path("value").asText(),
          prior.path("period_id").asText(), field.path("prior_period_value").asText()));
    }
  }

  private JsonNode aggregated(int year) throws IOException, InterruptedException {
    var base = rapport.baseUrl().resolve("/api/v1/aggregated-report-data");
    var accepted = http.send(HttpRequest.newBuilder(base).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"organization_id\": \"%s\", \"period_id\": \"%d\"}"
            .formatted(SampleData.ORGANIZATION, year))).build(), HttpResponse.BodyHandlers.ofString());
    if (accepted.statusCode() != 202) {
      throw new DemoFailed("The aggregation was answered with " + accepted.statusCode() + " " + accepted.body());
    }
    var id = JSON.readTree(accepted.body()).path("snapshot_id").asText();
    var begun = Instant.now();
    while (true) {
      var snapshot = JSON.readTree(http.send(HttpRequest.newBuilder(URI.create(base + "/" + id)).build(),
          HttpResponse.BodyHandlers.ofString()).body());
      switch (snapshot.path("snapshot_status").asText()) {
        case "processing" -> pause(begun, "The snapshot of " + year);
        case "failed" -> throw new DemoFailed("The figures of " + year + " could not be computed");
        default -> {
          return snapshot;
        }
      }
    }
  }

  private String order() throws IOException, InterruptedException {
    terminal.step("4", "Order: POST /api/v1/bufdir-exports");
    var body = """
        {"org_id": "%s", "format": "excel", "period_from": "%2$d-01-01", "period_to": "%2$d-12-31"}"""
        .formatted(SampleData.ORGANIZATION, SampleData.YEAR);
    var answer = http.send(HttpRequest.newBuilder(rapport.baseUrl().resolve("/api/v1/bufdir-exports"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 202) {
      throw new DemoFailed("The order was answered with " + answer.statusCode() + " " + answer.body());
    }
    var accepted = JSON.readTree(answer.body());
    terminal.line("   202, Location " + answer.headers().firstValue("Location").orElse("?"));
    terminal.line("   " + accepted);
    return accepted.path("export_id").asText();
  }

  private JsonNode awaitExport(String id) throws IOException, InterruptedException {
    terminal.step("5", "Step Functions runs the export");
    var begun = Instant.now();
    var state = "";
    while (true) {
      var answer = http.send(HttpRequest.newBuilder(rapport.baseUrl().resolve("/api/v1/bufdir-exports/" + id)).build(),
          HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new DemoFailed("The export was answered with " + answer.statusCode() + " " + answer.body());
      }
      var export = JSON.readTree(answer.body());
      var now = export.path("status").asText();
      switch (now) {
        case "completed" -> {
          terminal.full("100 %, " + count(export.path("row_count").asLong()) + " rows in " + since(begun));
          terminal.line("   completed");
          return export;
        }
        case "failed", "cancelled" -> throw new DemoFailed("The export " + id + " is " + now + ": "
            + export.path("error_message").asText());
        default -> {
          if (!now.equals(state)) {
            terminal.line("   " + now);
            state = now;
          }
          if (export.path("progress").path("percent").asInt() > 0) {
            terminal.bar(export.path("progress").path("percent").asInt());
          }
          pause(begun, "The export " + id);
        }
      }
    }
  }

  private Path download(URI link, JsonNode export) throws IOException, InterruptedException {
    terminal.step("6", "Download through the link");
    terminal.line("   " + link.toString().replaceAll("X-Amz-Signature=[0-9a-f]+", "X-Amz-Signature=…"));
    var answer = http.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new DemoFailed("The link was answered with " + answer.statusCode() + " "
          + new String(answer.body(), StandardCharsets.UTF_8));
    }
    var bytes = answer.body();
    if (bytes.length != export.path("file_size_bytes").asLong()
        || !sha256(bytes).equals(export.path("file_sha256").asText())) {
      throw new DemoFailed("The file is not the one the export describes: " + bytes.length + " bytes, SHA-256 "
          + sha256(bytes));
    }
    var name = FILE_NAME.matcher(answer.headers().firstValue("Content-Disposition").orElse(""));
    var file = folder().resolve(name.find() ? Path.of(name.group(1)).getFileName().toString() : "export.xlsx");
    Files.write(file, bytes);
    terminal.line("   " + count(bytes.length) + " bytes, SHA-256 as recorded, saved as " + file.getFileName());
    return file.toAbsolutePath().normalize();
  }

  private void expires(URI link) throws IOException, InterruptedException {
    terminal.step("7", "The link expires");
    var begun = Instant.now();
    while (true) {
      var answer = http.send(HttpRequest.newBuilder(link).header("Range", "bytes=0-0").build(),
          HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() == 403) {
        terminal.ended("403 Forbidden, " + since(begun) + " later");
        return;
      }
      var age = Duration.between(begun, Instant.now());
      if (age.compareTo(LINK_LIFETIME.plusSeconds(2)) > 0) {
        throw new DemoFailed("The link still works " + age.toSeconds() + " s after it was created");
      }
      terminal.bar((int) (100 * age.toMillis() / LINK_LIFETIME.toMillis()));
      Thread.sleep(Duration.ofMillis(500));
    }
  }

  private static void pause(Instant begun, String awaited) throws InterruptedException {
    if (Duration.between(begun, Instant.now()).compareTo(MAX_WAIT) > 0) {
      throw new DemoFailed(awaited + " was not ready after " + MAX_WAIT.toSeconds() + " s");
    }
    Thread.sleep(Duration.ofMillis(100));
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }

  private static String since(Instant begun) {
    return String.format(Locale.ROOT, "%.1f s", Duration.between(begun, Instant.now()).toMillis() / 1000.0);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A step had an unexpected result.
  private static final class DemoFailed extends RuntimeException {
    DemoFailed(String message) {
      super(message);
    }
  }

  /// Prints lines and a progress bar. The bar only appends characters, so that it is also readable in a log file.
  private static final class Terminal {

    private static PrintStream out = System.out;

    private int drawn = -1;

    void step(String number, String what) {
      line("");
      line(number + "  " + what);
    }

    void line(String text) {
      if (drawn >= 0) {
        out.println();
        drawn = -1;
      }
      out.println(text);
    }

    /// Draws the bar up to `percent` of its length.
    void bar(int percent) {
      if (drawn < 0) {
        out.print("   ");
        drawn = 0;
      }
      for (; drawn < BAR_LENGTH * percent / 100; drawn++) {
        out.print('█');
      }
      out.flush();
    }

    /// Completes the bar and prints a text after it.
    void full(String text) {
      bar(100);
      out.println("  " + text);
      drawn = -1;
    }

    /// Ends the bar at its current length and prints a text after it.
    void ended(String text) {
      out.println("  " + text);
      drawn = -1;
    }
  }
}
