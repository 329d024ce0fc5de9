package no.rapport.emulator;

import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Builds the command that repeats one case of a test alone.
public final class Replay {

  private Replay() {}

  /// @param test the class of the test, in the module whose folder is the working directory
  /// @param properties the system properties that select the case, such as `rapport.history=17`
  public static String of(Class<?> test, String... properties) {
    String module = Path.of(System.getProperty("user.dir")).getFileName().toString();
    return "mvn test -pl functions/" + module + " -am -Dtest=" + test.getSimpleName()
        + " -Dsurefire.failIfNoSpecifiedTests=false "
        + Stream.of(properties).map(property -> "'-D" + property + "'").collect(Collectors.joining(" "));
  }
}
