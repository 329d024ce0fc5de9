package no.rapport.api;

/// Settings of the running function, as the template gives them.
///
/// Looked up as the AWS SDK looks up its own: a system property first, then the environment variable.
public final class Environment {

  private Environment() {}

  /// @throws IllegalStateException when the setting is missing or empty, naming it
  public static String required(String name) {
    String value = optional(name, "");
    if (value.isEmpty()) {
      throw new IllegalStateException("The environment variable " + name + " is not set");
    }
    return value;
  }

  public static String optional(String name, String otherwise) {
    String property = System.getProperty(name);
    String value = property != null ? property : System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
