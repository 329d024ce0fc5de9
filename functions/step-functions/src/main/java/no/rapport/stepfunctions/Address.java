package no.rapport.stepfunctions;

/// Where everything here is: the host, and what ARNs are made of.
final class Address {

  /// The only address that the service binds.
  static final String HOST = "127.0.0.1";

  static final String REGION = "eu-north-1";

  static final String ACCOUNT = "000000000000";

  private Address() {}

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
