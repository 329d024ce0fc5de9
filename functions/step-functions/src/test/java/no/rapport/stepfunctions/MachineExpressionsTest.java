package no.rapport.stepfunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compares the expressions of the project's own state machines with jsonata-js on random inputs.
///
/// Needs `node`, and the npm package `jsonata` in the folder that the environment variable `RAPPORT_JSONATA_JS` names;
/// skipped otherwise. `functions/step-functions/README.md` has the command. `-Drapport.inputs=1000` draws more inputs.
class MachineExpressionsTest {

  private static final Set<String> RESERVED = Set.of("result", "errorOutput");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int INPUTS = Integer.getInteger("rapport.inputs", 50);
  private static final String SCRIPT = """
      const fs = require("fs"), jsonata = require("jsonata");
      (async () => {
        for (const {expression, variables} of JSON.parse(fs.readFileSync(process.argv[1], "utf8"))) {
          let line;
          try {
            const value = await jsonata(expression).evaluate(undefined, variables);
            line = value === undefined ? {} : {value};
          } catch (error) {
            line = {};
          }
          console.log(JSON.stringify(line));
        }
      })();
      """;
  private static final List<String> NAMES = List.of("Payload", "plan", "parts", "ranges", "mark", "total", "rendered",
      "submit", "notify", "notification", "status", "organization", "kind", "outcome", "action", "Error", "Cause",
      "step", "error", "Execution", "Input", "Name", "Map", "Item", "Value", "tallies", "a", "ø");
  private static final List<String> TEXTS =
      List.of("", "completed", "superseded", "export", "follow_up", "blåbær \"\\\n\u2028", "true", "0");

  private record Case(String expression, Map<String, Object> variables) {}

  @TempDir
  private Path folder;

  @Test
  void evaluatesLikeJsonataJs() throws Exception {
    var modules = System.getenv("RAPPORT_JSONATA_JS");
    assumeTrue(modules != null && Files.exists(Path.of(modules, "node_modules", "jsonata")),
        "RAPPORT_JSONATA_JS names no folder with the npm package jsonata");
    var cases = cases();
    assertThat(cases).hasSizeGreaterThan(INPUTS * 20);
    var theirs = evaluateWithNode(Path.of(modules), cases);
    assertThat(theirs).hasSameSizeAs(cases);
    for (var i = 0; i < cases.size(); i++) {
      var variables = JsonValues.write(cases.get(i).variables());
      assertThat(evaluate(cases.get(i))).describedAs("%s with %s", cases.get(i).expression(), variables)
          .isEqualTo(theirs.get(i));
    }
  }

  private static List<Case> cases() throws IOException {
    var expressions = new TreeSet<String>();
    try (var files = Files.list(Path.of(System.getProperty("rapport.home"), "statemachines"))) {
      for (var file : files.sorted().toList()) {
        collect(JsonValues.parse(Files.readString(file)), expressions);
      }
    }
    var random = new Random(23);
    var cases = new ArrayList<Case>();
    for (var expression : expressions) {
      for (var i = 0; i < INPUTS; i++) {
        var variables = new LinkedHashMap<String, Object>();
        for (var name : List.of("claim", "plan", "mark")) {
          variables.put(name, value(random, 2));
        }
        var states = new LinkedHashMap<String, Object>();
        for (var name : List.of("input", "result", "errorOutput", "context")) {
          states.put(name, value(random, 4));
        }
        variables.put("states", states);
        cases.add(new Case(expression, variables));
      }
    }
    return cases;
  }

  private static void collect(Object json, Set<String> into) {
    switch (json) {
      case String text when text.startsWith("{%") -> into.add(text);
      case Map<?, ?> object -> object.values().forEach(value -> collect(value, into));
      case List<?> list -> list.forEach(value -> collect(value, into));
      default -> { }
    }
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 10)) {
      case 0 -> JsonValues.NULL;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt(-3, 1_000_000);
      case 3 -> random.nextInt(1000) / 8d;
      case 4 -> TEXTS.get(random.nextInt(TEXTS.size()));
      case 5 -> {
        var list = new ArrayList<Object>();
        for (var i = random.nextInt(4); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> {
        var object = new LinkedHashMap<String, Object>();
        for (var i = random.nextInt(9); i > 0; i--) {
          object.put(NAMES.get(random.nextInt(NAMES.size())), value(random, depth - 1));
        }
        yield object;
      }
    };
  }

  /// Returns the value, or an empty object if there is none or the evaluation fails.
  private static Object evaluate(Case one) {
    try {
      var value = Expression.compile(one.expression(), RESERVED).evaluate("Output", one.variables(), NOW);
      return JsonValues.parse(JsonValues.write(Map.of("value", value)));
    } catch (EvaluationException e) {
      return Map.of();
    }
  }

  private List<Object> evaluateWithNode(Path modules, List<Case> cases) throws IOException, InterruptedException {
    var given = new ArrayList<Object>();
    for (var one : cases) {
      var text = one.expression().substring(2, one.expression().length() - 2);
      given.add(Map.of("expression", text, "variables", one.variables()));
    }
    var file = Files.writeString(folder.resolve("cases.json"), JsonValues.write(given));
    var output = folder.resolve("values.txt");
    var builder = new ProcessBuilder("node", "-e", SCRIPT, file.toString())
        .directory(modules.toFile()).redirectOutput(output.toFile()).redirectError(folder.resolve("errors").toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      assumeTrue(false, "node is not on the PATH");
      throw e;
    }
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    var values = new ArrayList<Object>();
    for (var line : Files.readAllLines(output, StandardCharsets.UTF_8)) {
      values.add(JsonValues.parse(line));
    }
    return values;
  }
}
