package no.rapport.local;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The options of the local stack.
///
/// @param port port of the API; 0 for a free one (also for the other ports)
/// @param publicContracts whether public endpoints need a key
/// @param data folder that keeps tables and objects; empty for a temporary one, which is removed at the end
/// @param bufdirStub whether a stub replaces Bufdir and Maskinporten, and the connector is configured for it
/// @param template the SAM template to run
/// @param parameters values for the template's parameters
public record Options(
    int port,
    int s3Port,
    int dynamoDbPort,
    int stepFunctionsPort,
    Gateway.PublicContracts publicContracts,
    Optional<Path> data,
    boolean bufdirStub,
    Path template,
    Map<String, Object> parameters) {

  /// Returns options for tests: free ports, the stub of Bufdir and no kept data.
  public static Options onFreePorts() {
    return new Options(0, 0, 0, 0, Gateway.PublicContracts.OPEN, Optional.empty(), true,
        home().resolve("template.yaml"), Map.of());
  }

  /// Returns the options of the environment, with the default ports of `mvn -Plocal`.
  ///
  /// @throws IllegalArgumentException if a variable has an invalid value; the message names the variable
  public static Options fromEnvironment(Map<String, String> environment) {
    var mode = environment.getOrDefault("RAPPORT_PUBLIC_CONTRACTS", "open");
    var contracts = switch (mode) {
      case "open" -> Gateway.PublicContracts.OPEN;
      case "key" -> Gateway.PublicContracts.KEY;
      default -> throw new IllegalArgumentException(
          "RAPPORT_PUBLIC_CONTRACTS is '" + mode + "'; it must be open or key");
    };
    var origins = environment.getOrDefault("RAPPORT_ALLOWED_ORIGINS", "");
    return new Options(
        port(environment, "RAPPORT_PORT", 3000),
        port(environment, "RAPPORT_S3_PORT", 9000),
        port(environment, "RAPPORT_DYNAMODB_PORT", 8000),
        port(environment, "RAPPORT_STEPFUNCTIONS_PORT", 8083),
        contracts,
        Optional.ofNullable(environment.get("RAPPORT_DATA")).filter(path -> !path.isBlank()).map(Path::of),
        Boolean.parseBoolean(environment.getOrDefault("RAPPORT_BUFDIR_STUB", "false")),
        home().resolve("template.yaml"),
        origins.isBlank() ? Map.of() : Map.of("AllowedOrigins", origins));
  }

  private static int port(Map<String, String> environment, String name, int defaultPort) {
    var text = environment.getOrDefault(name, "");
    if (text.isBlank()) {
      return defaultPort;
    }
    try {
      var port = Integer.parseInt(text.strip());
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Reported below, like numbers that are not ports.
    }
    throw new IllegalArgumentException(name + " is '" + text + "'; it must be a port from 0 to 65535");
  }

  /// Returns the project's top folder, which the build sets.
  static Path home() {
    return Path.of(System.getProperty("rapport.home", "."));
  }
}
