package no.rapport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogTest {

  private static List<JsonNode> lines(Runnable work) {
    var log = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setOut(before);
    }
    return log.toString(StandardCharsets.UTF_8).lines().map(LogTest::parsed).toList();
  }

  private static JsonNode parsed(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not JSON: " + line, e);
    }
  }

  @Test
  void writesOneObjectPerLineWithTimeLevelEventAndMembers() {
    var before = Instant.now();
    List<JsonNode> lines = lines(() -> {
      Log.info("export_started", Map.of("rows", 12, "format", "csv"));
      Log.warn("export_slow", Map.of());
    });
    assertThat(lines).extracting(line -> line.path("event").asText()).containsExactly("export_started", "export_slow");
    assertThat(lines).extracting(line -> line.path("level").asText()).containsExactly("INFO", "WARN");
    assertThat(lines).allSatisfy(line ->
        assertThat(Instant.parse(line.path("timestamp").asText())).isBetween(before, Instant.now()));
    assertThat(lines.getFirst().path("rows").isIntegralNumber()).isTrue();
    assertThat(lines.getFirst().path("rows").asInt()).isEqualTo(12);
    assertThat(lines.getFirst().path("format").asText()).isEqualTo("csv");
  }

  @Test
  void escapesValuesThatCouldStartLineOrMember() {
    String value = "a\"}\n{\"level\":\"ERROR\"\r\u2028\\";
    List<JsonNode> lines = lines(() -> Log.info("import_refused", Map.of("key", value)));
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst().path("key").asText()).isEqualTo(value);
    assertThat(lines.getFirst().path("level").asText()).isEqualTo("INFO");
  }

  @Test
  void addsMembersToEveryLineOfTheWorkAndToNoneAfterIt() {
    List<JsonNode> lines = lines(() -> {
      String done = Log.about(Map.of("request_id", "req-7", "org_id", "org-a"), () -> {
        Log.info("first", Map.of());
        Log.error("second", Map.of("job_id", "job-1"), new IllegalStateException());
        return "done";
      });
      Log.info(done, Map.of());
    });
    assertThat(lines).extracting(line -> line.path("request_id").asText()).containsExactly("req-7", "req-7", "");
    assertThat(lines).extracting(line -> line.path("org_id").asText()).containsExactly("org-a", "org-a", "");
    assertThat(lines.get(1).path("job_id").asText()).isEqualTo("job-1");
    assertThat(lines.get(2).path("event").asText()).isEqualTo("done");
  }

  @Test
  void logsClassAndStackOfEveryCauseButNoMessage() {
    var cause = new IllegalArgumentException("barn 01017012345");
    cause.setStackTrace(frames(30));
    var error = new IllegalStateException("password 12345", cause);
    error.setStackTrace(frames(2));
    List<JsonNode> lines = lines(() -> Log.error("request_failed", Map.of(), error));
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst().path("level").asText()).isEqualTo("ERROR");
    assertThat(lines.getFirst().path("error").asText()).isEqualTo("java.lang.IllegalStateException");
    List<String> stack = lines.getFirst().path("stack").valueStream().map(JsonNode::asText).toList();
    assertThat(stack).startsWith("java.lang.IllegalStateException", "  at Report.read(Report.java:0)",
        "  at Report.read(Report.java:1)", "java.lang.IllegalArgumentException", "  at Report.read(Report.java:0)");
    assertThat(stack).as("the innermost 20 of a long stack").hasSize(1 + 2 + 1 + 20).endsWith("  at Report.read(Report.java:19)");
    assertThat(lines.toString()).doesNotContain("12345");
  }

  private static StackTraceElement[] frames(int count) {
    var frames = new StackTraceElement[count];
    for (int line = 0; line < count; line++) {
      frames[line] = new StackTraceElement("Report", "read", "Report.java", line);
    }
    return frames;
  }
}
