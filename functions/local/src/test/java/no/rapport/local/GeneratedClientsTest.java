package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import no.rapport.api.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that a generator makes of `docs/openapi.yaml`, without any change by hand. Tools are named by environment
/// variables; without them the tests are skipped:
///
/// - `RAPPORT_OPENAPI_GENERATOR`: path of openapi-generator-cli's jar
/// - `RAPPORT_PYTHON`: a Python with the packages of the generated `requirements.txt`
/// - `RAPPORT_TSC`: TypeScript's compiler
/// - `RAPPORT_MVN`: Maven, which compiles the client of Java with its libraries from Maven Central
class GeneratedClientsTest {

  private static final long MINUTES = 10;

  @TempDir
  private Path folder;

  private static String tool(String variable) {
    String path = System.getenv(variable);
    assumeTrue(path != null && !path.isBlank(), variable + " is not set");
    return path;
  }

  private String run(Path in, List<String> command) throws Exception {
    Path output = Files.createTempFile(folder, "output", ".txt");
    var process = new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true)
        .redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as(command.toString()).isTrue();
      assertThat(process.exitValue()).as(command + "\n" + Files.readString(output)).isZero();
      return Files.readString(output);
    } finally {
      process.destroyForcibly();
    }
  }

  private Path generated(String language) throws Exception {
    String generator = tool("RAPPORT_OPENAPI_GENERATOR");
    Path client = folder.resolve(language);
    run(folder, List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", generator, "generate",
        "-q", "-i", Options.home().resolve("docs/openapi.yaml").toAbsolutePath().toString(), "-g", language,
        "-o", client.toString(), "--global-property", "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"));
    return client;
  }

  @Test
  void pythonGoesFromAnEmptyOrganisationToAnErasedReport() throws Exception {
    String python = tool("RAPPORT_PYTHON");
    Path client = generated("python");
    Path journey = Files.writeString(client.resolve("journey.py"), resource("journey.py"));
    var rapport = LocalRapport.shared();
    try (var gateway = rapport.anotherGateway(Gateway.PublicContracts.KEY)) {
      String key = Keys.issue(rapport, Role.WORKER, Optional.of("org-generated"));
      assertThat(run(client, List.of(python, journey.toString(), gateway.baseUrl().toString(), key, "org-generated",
          Options.home().resolve("docs/examples").toAbsolutePath().toString()))).contains("journey done");
    }
  }

  private static String resource(String name) throws IOException {
    try (var in = GeneratedClientsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void typeScriptCompilesStrictly() throws Exception {
    var command = new ArrayList<String>(List.of(tool("RAPPORT_TSC"), "--noEmit", "--strict", "--target", "es2022",
        "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom", "index.ts"));
    run(generated("typescript-fetch"), command);
  }

  @Test
  void javaCompiles() throws Exception {
    run(generated("java"), List.of(tool("RAPPORT_MVN"), "-q", "compile"));
  }
}
