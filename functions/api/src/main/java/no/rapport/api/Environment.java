package no.rapport.api;

/// Reads the settings of the running function, which the template defines.
///
/// Looks up a system property first, then the environment variable, in the same order as the AWS SDK.
public final class Environment {

  private Environment() {}

  /// Returns the value of a required setting.
  ///
  /// @throws IllegalStateException if the setting is missing or empty; the message names it
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
