package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// The page as a browser shows it; skipped where no Chromium is installed.
class TracePageInBrowserTest {

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);

  @TempDir
  private Path folder;

  @Test
  void showsTheGraphOfAnExecutionColouredByWhatHappened() throws Exception {
    var id = client.order("org-browser", "excel");
    var arn = client.ended(id).path("execution_arn").asText();
    Eventually.holds("the end of " + arn, () -> rapport.sfn().describeExecution(describe -> describe.executionArn(arn))
        .status() == ExecutionStatus.SUCCEEDED);

    var page = page("#" + arn);

    assertThat(page).contains(id);
    for (var state : List.of("PlanExport", "AssembleFile", "CompleteExport")) {
      assertThat(classOf(page, state)).as(state).contains("succeeded");
    }
    assertThat(classOf(page, "FailExport")).doesNotContain("seen");
    assertThat(page).contains("<b>" + rapport.sfn().getExecutionHistory(history -> history.executionArn(arn)
        .maxResults(1000)).events().size() + "</b> events");
  }

  @Test
  void showsTextFromOutsideAsText() throws Exception {
    var hostile = "<img src=x onerror=\"document.title='taken'\">";
    Faults.add(new Faults.Fault("DynamoDb", "Query", "SourceDataTable", "InternalServerError", 1000));
    String arn;
    try {
      var id = client.order("org-browser", "csv");
      arn = client.export(id).path("execution_arn").asText();
      Eventually.holds("the start of " + arn, () -> rapport.sfn().listExecutions(list -> list
          .stateMachineArn(Names.stateMachine(arn.split(":")[6]))).executions().stream()
          .anyMatch(execution -> execution.executionArn().equals(arn)));
      rapport.sfn().stopExecution(stop -> stop.executionArn(arn).error("Hostile").cause(hostile));
    } finally {
      Faults.clear();
    }

    var page = page("#" + arn);

    assertThat(page).contains("&lt;img src=x onerror=").doesNotContain("<img", "<title>taken");
  }

  private static String classOf(String page, String state) {
    var node = Pattern.compile("<g class=\"([^\"]*)\"[^>]*data-state=\"" + state + "\"").matcher(page);
    assertThat(node.find()).as(state).isTrue();
    return node.group(1);
  }

  /// The document after its scripts have run for a while.
  private String page(String fragment) throws IOException, InterruptedException {
    var browser = browser();
    assumeTrue(browser.isPresent(), "no Chromium is installed");
    var output = folder.resolve("page.html");
    var process = new ProcessBuilder(browser.get().toString(), "--headless", "--no-sandbox", "--disable-gpu",
        "--user-data-dir=" + folder.resolve("profile"), "--virtual-time-budget=8000", "--dump-dom",
        rapport.baseUrl().resolve("/_local/") + fragment)
        .redirectOutput(output.toFile()).redirectError(folder.resolve("errors").toFile()).start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("Chromium ended").isTrue();
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  private static Optional<Path> browser() {
    return Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
        .flatMap(name -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
