package no.rapport.local;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// How the local stack is to run.
///
/// @param port of the API; 0 for a free one, as with the others
/// @param publicContracts who may call without a key
/// @param data folder in which tables and objects stay; empty for a temporary one that goes with the process
/// @param bufdirStub whether a stub stands in for Bufdir and Maskinporten, to which the connector is then configured
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

  /// Everything on free ports with the stub of Bufdir, nothing kept: for tests.
  public static Options onFreePorts() {
    return new Options(0, 0, 0, 0, Gateway.PublicContracts.OPEN, Optional.empty(), true,
        home().resolve("template.yaml"), Map.of());
  }

  /// The ports of `mvn -Plocal`, unless the environment says otherwise.
  ///
  /// @throws IllegalArgumentException naming the variable that makes no sense
  public static Options fromEnvironment(Map<String, String> environment) {
    var mode = environment.getOrDefault("RAPPORT_PUBLIC_CONTRACTS", "open");
    var contracts = switch (mode) {
      case "open" -> Gateway.PublicContracts.OPEN;
      case "key" -> Gateway.PublicContracts.KEY;
      default -> throw new IllegalArgumentException("RAPPORT_PUBLIC_CONTRACTS is '" + mode + "'; it can be open or key");
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

  private static int port(Map<String, String> environment, String name, int usual) {
    var text = environment.getOrDefault(name, "");
    if (text.isBlank()) {
      return usual;
    }
    try {
      var port = Integer.parseInt(text.strip());
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below, with every other value that is no port.
    }
    throw new IllegalArgumentException(name + " is '" + text + "'; it must be a port from 0 to 65535");
  }

  /// The project's top folder, as the build tells it.
  static Path home() {
    return Path.of(System.getProperty("rapport.home", "."));
  }
}
