package no.rapport.stepfunctions;

import java.util.regex.Pattern;

/// Where everything here is: the host, and what ARNs are made of.
final class Address {

  /// The only address that the service binds.
  static final String HOST = "127.0.0.1";

  static final String REGION = "eu-north-1";

  static final String ACCOUNT = "000000000000";

  private static final Pattern OWN_HOST = Pattern.compile(
      "(127\\.0\\.0\\.1|localhost|\\[::1]|host\\.docker\\.internal)(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

  private Address() {}

  /// Whether a request's `Host` header names this machine: a page of another site may make its own name lead here.
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

  /// The ARN of a function that is given by its name or its ARN.
  static String function(String nameOrArn) {
    return nameOrArn.startsWith("arn:") ? nameOrArn
        : "arn:aws:lambda:" + REGION + ":" + ACCOUNT + ":function:" + nameOrArn;
  }
}
