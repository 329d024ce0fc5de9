package no.rapport.stepfunctions;

import java.util.regex.Pattern;

/// The host of the service and the parts of its ARNs.
final class Address {

  /// The only address that the service binds.
  static final String HOST = "127.0.0.1";

  static final String REGION = "eu-north-1";

  static final String ACCOUNT = "000000000000";

  private static final Pattern OWN_HOST = Pattern.compile(
      "(127\\.0\\.0\\.1|localhost|\\[::1]|host\\.docker\\.internal)(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

  private Address() {}

  /// Returns whether a request's `Host` header names this machine. A page of another site could otherwise point its own
  /// name at this address.
  static boolean isOwnHost(String host) {
    return host != null && OWN_HOST.matcher(host).matches();
  }

  static String stateMachine(String name) {
    return states("stateMachine:" + name);
  }

  static String execution(String stateMachine, String name) {
    return states("execution:" + stateMachine + ":" + name);
  }

  private static String states(String resource) {
    return "arn:aws:states:" + REGION + ":" + ACCOUNT + ":" + resource;
  }

  /// Returns the ARN of a function given by name or ARN.
  static String function(String nameOrArn) {
    return nameOrArn.startsWith("arn:") ? nameOrArn
        : "arn:aws:lambda:" + REGION + ":" + ACCOUNT + ":function:" + nameOrArn;
  }
}
