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

/// Tests the trace page in a browser. Skipped if Chromium is not installed.
class TracePageInBrowserTest {

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);

  @TempDir
  private Path folder;

  @Test
  void coloursTheGraphByTheStatusOfStates() throws Exception {
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
  void showsMarkupInDataAsText() throws Exception {
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

  @Test
  void findsAJobByItsIdAndShowsItsError() throws Exception {
    client.ended(client.order("org-browser", "csv"));
    Faults.add(new Faults.Fault("DynamoDb", "Query", "SourceDataTable", "AccessDeniedException", 1000));
    String id;
    try {
      id = client.order("org-browser", "pdf");
      assertThat(client.ended(id).path("status").asText()).isEqualTo("failed");
    } finally {
      Faults.clear();
    }
    client.ended(client.order("org-browser", "json"));

    try (var page = open("#" + id)) {
      page.await("document.querySelector('#execution h2')?.textContent", id);
      assertThat(page.evaluate("document.querySelector('#state h2').textContent")).isEqualTo("PlanExport");
      assertThat(page.evaluate("document.querySelector('#state').textContent")).contains("AccessDenied")
          .doesNotContain("null");

      page.evaluate("(find => {find.value = '" + id + "'; find.dispatchEvent(new Event('input'));})"
          + "(document.querySelector('#filter'))");
      page.await("[...document.querySelectorAll('#list .name')].map(name => name.textContent)", id);
      page.evaluate("(status => {status.value = 'SUCCEEDED'; status.dispatchEvent(new Event('change'));})"
          + "(document.querySelector('#status'))");
      page.await("document.querySelector('#list').textContent", "No such execution.");
    }
  }

  @Test
  void showsEachIterationOfAMapState() throws Exception {
    var machine = "arn:aws:states:eu-north-1:000000000000:stateMachine:browser-iterations";
    rapport.sfn().createStateMachine(create -> create.name("browser-iterations")
        .roleArn("arn:aws:iam::000000000000:role/browser").definition("""
            {"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": {
              "Type": "Map", "Items": "{% ['one', 'two', 'three'] %}", "End": true,
              "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Part",
                "States": {"Part": {"Type": "Pass", "End": true}}}}}}"""));
    var arn = rapport.sfn().startExecution(start -> start.stateMachineArn(machine)).executionArn();

    try (var page = open("#" + arn)) {
      page.await("document.querySelector('[data-state=Part]')?.classList.contains('succeeded')", "true");
      page.evaluate("document.querySelector('[data-state=Part]').dispatchEvent(new MouseEvent('click'))");
      page.await("[...document.querySelectorAll('#state .runs button')].map(each => each.textContent)", "#0,#1,#2");
      page.evaluate("document.querySelectorAll('#state .runs button')[1].click()");
      page.await("[...document.querySelectorAll('#state pre')].map(each => each.textContent)", "two,two");
      assertThat(page.evaluate("document.querySelectorAll('.timeline li').length")).isEqualTo("4");
    }
  }

  @Test
  void opensAFailedExecutionAtTheFailedStateNotAtARetriedOne() throws Exception {
    var machine = "arn:aws:states:eu-north-1:000000000000:stateMachine:browser-failure";
    rapport.sfn().createStateMachine(create -> create.name("browser-failure")
        .roleArn("arn:aws:iam::000000000000:role/browser").definition("""
            {"QueryLanguage": "JSONata", "StartAt": "Unknown", "States": {
              "Unknown": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "none"}, "Next": "Each",
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Each"}]},
              "Each": {"Type": "Map", "Items": [1], "End": true, "ItemProcessor": {
                "StartAt": "Compute", "States": {"Compute": {"Type": "Pass", "Output": "{% $missing %}", "End": true}}}}}}
            """));
    var arn = rapport.sfn().startExecution(start -> start.stateMachineArn(machine)).executionArn();
    Eventually.holds("the end of " + arn, () -> rapport.sfn().describeExecution(describe -> describe.executionArn(arn))
        .status() == ExecutionStatus.FAILED);

    try (var page = open("#" + arn)) {
      page.await("document.querySelector('#state h2')?.textContent", "Compute");
      assertThat(page.evaluate("document.querySelector('#state').textContent")).contains("$missing");
      assertThat(page.evaluate("document.querySelector('[data-state=Each]').classList.contains('failed')"))
          .isEqualTo("true");
    }
  }

  private Chromium open(String fragment) throws Exception {
    var browser = browser();
    assumeTrue(browser.isPresent(), "no Chromium is installed");
    return Chromium.open(browser.get(), folder, rapport.baseUrl().resolve("/_local/" + fragment));
  }

  private static String classOf(String page, String state) {
    var node = Pattern.compile("<g class=\"([^\"]*)\"[^>]*data-state=\"" + state + "\"").matcher(page);
    assertThat(node.find()).as(state).isTrue();
    return node.group(1);
  }

  /// Returns the document after its scripts have run.
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
