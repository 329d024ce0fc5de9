package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every deployable as Lambda runs it: its zip unpacked, in a process of its own under AWS's runtime interface client,
/// with the variables of `sam local`, answers its event as the same function does inside the local stack.
///
/// `mvn verify` tries one function of each zip. All of them:
/// `mvn verify -pl functions/local -am -Drapport.deployable.tests=deployables -Dtest=DeployablesTest
/// -Dsurefire.failIfNoSpecifiedTests=false`
class DeployablesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalRapport RAPPORT = LocalRapport.shared();

  /// Where the zips are unpacked, once each.
  @TempDir
  private static Path folder;

  /// Most bytes of each zip: about a tenth above what it was when it was last looked through.
  private static final Map<String, Long> CEILING = Map.ofEntries(
      Map.entry("access.zip", 11_000_000L),
      Map.entry("aggregated-report-data.zip", 12_500_000L),
      Map.entry("audit.zip", 17_000_000L),
      Map.entry("bufdir-exports.zip", 17_000_000L),
      Map.entry("export-files.zip", 17_000_000L),
      Map.entry("export-workflow.zip", 21_000_000L),
      Map.entry("imports.zip", 15_700_000L),
      Map.entry("report-records.zip", 15_500_000L),
      Map.entry("report-reexports.zip", 17_000_000L),
      Map.entry("source-imports.zip", 19_500_000L),
      Map.entry("synthetic.zip", 17_000_000L));

  /// What a function ended with.
  ///
  /// @param status of an API function's answer; 200 for every success, as the second of two equal requests may find what
  ///     the first began
  /// @param error type of what was thrown
  private record End(Optional<Integer> status, Optional<String> error) {}

  static Stream<String> functions() {
    return RAPPORT.template().functions().keySet().stream();
  }

  /// The first function of each zip.
  static Stream<String> oneOfEachZip() {
    var first = new LinkedHashMap<Path, String>();
    RAPPORT.template().functions().values().stream()
        .filter(function -> !function.logicalId().startsWith("Watch"))
        .forEach(function -> first.putIfAbsent(function.code(), function.logicalId()));
    return first.values().stream();
  }

  @Tag("deployable")
  @ParameterizedTest
  @MethodSource("oneOfEachZip")
  void answersFromAProcessOfItsOwn(String id) throws IOException {
    answersAsInTheLocalStack(id);
  }

  /// What is loaded is paid for by whoever meets a new instance.
  @Tag("deployable")
  @ParameterizedTest
  @MethodSource("oneOfEachZip")
  void staysBelowItsCeiling(String id) throws IOException {
    var zip = RAPPORT.template().function(id).code();
    assertThat(Files.size(zip)).as(zip.toString()).isLessThanOrEqualTo(CEILING.get(zip.getFileName().toString()));
  }

  @Tag("deployables")
  @ParameterizedTest
  @MethodSource("functions")
  void everyFunctionAnswersFromAProcessOfItsOwn(String id) throws IOException {
    answersAsInTheLocalStack(id);
  }

  private static void answersAsInTheLocalStack(String id) throws IOException {
    var function = RAPPORT.template().function(id);
    var event = JSON.writeValueAsBytes(DeploymentTest.event(function));

    End here = end(() -> RAPPORT.functions().invoke(id, event));
    String output;
    End there;
    try (var process = FunctionProcess.start(RAPPORT, id, FunctionProcess.asOnLambda(RAPPORT, id, folder))) {
      there = end(() -> process.invoke(event));
      output = process.output();
    }

    assertThat(there).as(output).isEqualTo(here);
    there.error().ifPresent(type -> assertThat(type).as(output).satisfiesAnyOf(
        own -> assertThat(own).startsWith("no.rapport."), leave -> assertThat(leave).isEqualTo("Unauthorized")));
    there.status().ifPresent(status -> assertThat(status).as(output).isBetween(200, 499).isNotEqualTo(400));
  }

  private interface Invocation {
    byte[] answer() throws FunctionFailed;
  }

  private static End end(Invocation invocation) throws IOException {
    try {
      // A stream begins with the same JSON head as another answer, and ends it with eight zero bytes.
      var text = new String(invocation.answer(), StandardCharsets.UTF_8);
      JsonNode answer = JSON.readTree(text.split("\0")[0]);
      return new End(Optional.ofNullable(answer.get("statusCode")).map(JsonNode::asInt)
          .map(status -> status < 300 ? 200 : status), Optional.empty());
    } catch (FunctionFailed e) {
      return new End(Optional.empty(), Optional.of(name(e.errorType(), e.getMessage())));
    } catch (RuntimeApi.Failed e) {
      var error = JSON.readTree(e.getMessage());
      return new End(Optional.empty(),
          Optional.of(name(error.path("errorType").asText(), error.path("errorMessage").asText())));
    }
  }

  private static String name(String type, String message) {
    return "Unauthorized".equals(message) ? message : type;
  }
}
