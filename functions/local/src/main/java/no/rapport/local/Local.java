package no.rapport.local;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import no.rapport.api.Role;
import no.rapport.emulator.PortTakenException;

/// `mvn -q -Plocal`: runs the whole system on 127.0.0.1 until it is interrupted.
public final class Local {

  private Local() {}

  /// Starts everything, prints commands to try, and waits. Exits with 1 if it cannot start.
  public static void main(String[] arguments) throws InterruptedException {
    Options options;
    LocalRapport rapport;
    Optional<Path> log = log(System.getenv());
    PrintStream terminal = System.out;
    log.ifPresent(Local::writeTo);
    try {
      options = Options.fromEnvironment(System.getenv());
      rapport = LocalRapport.start(options);
    } catch (PortTakenException e) {
      System.err.println(e.getMessage() + ".");
      System.err.println("Stop the process on that port, or choose another one: " + variable(e) + "=" + (e.port() + 1)
          + " mvn -q -Plocal");
      System.exit(1);
      return;
    } catch (IllegalArgumentException | UnsupportedInTemplate e) {
      System.err.println(e.getMessage());
      System.exit(1);
      return;
    }
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        rapport.close();
      } finally {
        stopped.countDown();
      }
    }));
    terminal.println(welcome(rapport, options, rapport.issueKeys(), log));
    terminal.flush();
    stopped.await();
  }

  /// The file for what functions write to the standard output; empty where `RAPPORT_LOG` is `-`, for the terminal.
  static Optional<Path> log(Map<String, String> environment) {
    String named = environment.getOrDefault("RAPPORT_LOG", "");
    return named.equals("-") ? Optional.empty()
        : Optional.of(named.isBlank() ? Options.home().resolve("target/local/functions.log") : Path.of(named));
  }

  /// Functions log each call: on the terminal that would push the keys away.
  private static void writeTo(Path log) {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      System.setOut(new PrintStream(new FileOutputStream(log.toFile()), true, StandardCharsets.UTF_8));
    } catch (IOException e) {
      System.err.println("The functions' log cannot be written to " + log + ": " + e.getMessage());
      System.err.println("Name another file: RAPPORT_LOG=<file>, or RAPPORT_LOG=- for the terminal");
      System.exit(1);
    }
  }

  private static String variable(PortTakenException taken) {
    return switch (taken.service()) {
      case "S3" -> "RAPPORT_S3_PORT";
      case "DynamoDB" -> "RAPPORT_DYNAMODB_PORT";
      case "Step Functions" -> "RAPPORT_STEPFUNCTIONS_PORT";
      default -> "RAPPORT_PORT";
    };
  }

  static String welcome(LocalRapport rapport, Options options, Map<Role, String> keys, Optional<Path> log) {
    var seconds = (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1000.0;
    var base = rapport.baseUrl();
    var keyed = options.publicContracts() == Gateway.PublicContracts.KEY;
    var example = Options.home().resolve("docs/examples/activities.csv").toAbsolutePath();
    var key = keyed ? " -H 'x-api-key: " + keys.get(Role.ADMIN) + "'" : "";
    return """

        Ready on %1$s   (after %2$.1f s)

          executions, keys %1$s/_local/
          API              %1$s/_local/docs
          figures live     %1$s/_local/watch
          S3               %3$s   bucket rapport-local, keys local / local-secret, region eu-north-1
          DynamoDB         %4$s
          Step Functions   %5$s
          data             %6$s
          functions' log   %12$s

        Keys for the header x-api-key, valid until the next start; %8$s:
          org              %9$s   of org-1042
          worker           %10$s   of org-1042; may also report the state of records and re-exports
          admin            %11$s   of every organisation

        Try these commands in another window:

          link=$(curl -s%7$s %1$s/api/v1/imports -H 'content-type: application/json' \\
            -d '{"org_id":"org-1042","kind":"activities","file_name":"activities.csv","size_bytes":%14$d}' \\
            | sed 's/.*"upload_url":"\\([^"]*\\)".*/\\1/')
          curl -sfT '%13$s' \\
            -H 'content-type: application/octet-stream' -H 'if-none-match: *' "$link"
          curl -s%7$s %1$s/api/v1/imports
          curl -si%7$s %1$s/api/v1/bufdir-exports -H 'content-type: application/json' \\
            -d '{"org_id":"org-1042","format":"excel","period_from":"2025-01-01","period_to":"2025-12-31"}'
          curl -s%7$s %1$s/api/v1/bufdir-exports

        Demo organisations, which the requests of requests.http and events/ meet: curl -sX POST %1$s/_local/demo

        Ctrl-C stops it.
        """.formatted(base, seconds, rapport.s3Endpoint(), rapport.dynamoDbEndpoint(),
        rapport.stepFunctionsEndpoint(), options.data().map(Object::toString)
            .orElse("a temporary folder, removed at the end (RAPPORT_DATA keeps it)"), key,
        keyed ? "every endpoint needs one" : "only the endpoints of export files need one",
        keys.get(Role.ORG), keys.get(Role.WORKER), keys.get(Role.ADMIN),
        log.map(Path::toString).orElse("this terminal (RAPPORT_LOG=-)"),
        example, example.toFile().length());
  }
}
