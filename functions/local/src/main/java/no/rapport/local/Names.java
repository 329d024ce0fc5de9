package no.rapport.local;

/// Creates the names and ARNs of AWS resources, in one account and region.
final class Names {

  static final String ACCOUNT = "000000000000";
  static final String REGION = "eu-north-1";

  private Names() {}

  /// Returns the ARN of a resource, or the name itself if it already is an ARN.
  ///
  /// @param type CloudFormation type of the resource
  static String arn(String type, String name) {
    if (name.startsWith("arn:")) {
      return name;
    }
    return switch (type) {
      case "AWS::Serverless::Function", "AWS::Lambda::Function" -> function(name);
      case "AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine" -> stateMachine(name);
      case "AWS::DynamoDB::Table" -> "arn:aws:dynamodb:" + REGION + ":" + ACCOUNT + ":table/" + name;
      case "AWS::SNS::Topic" -> topic(name);
      case "AWS::S3::Bucket" -> "arn:aws:s3:::" + name;
      case "AWS::Logs::LogGroup" -> "arn:aws:logs:" + REGION + ":" + ACCOUNT + ":log-group:" + name + ":*";
      case "AWS::IAM::Role" -> "arn:aws:iam::" + ACCOUNT + ":role/" + name;
      case "AWS::SQS::Queue" -> "arn:aws:sqs:" + REGION + ":" + ACCOUNT + ":" + name;
      case "AWS::KMS::Key" -> "arn:aws:kms:" + REGION + ":" + ACCOUNT + ":key/" + name;
      case "AWS::SecretsManager::Secret" -> "arn:aws:secretsmanager:" + REGION + ":" + ACCOUNT + ":secret:" + name;
      default -> throw new UnsupportedInTemplate("The ARN of a resource of type " + type + " is not known");
    };
  }

  static String function(String name) {
    return "arn:aws:lambda:" + REGION + ":" + ACCOUNT + ":function:" + name;
  }

  static String stateMachine(String name) {
    return "arn:aws:states:" + REGION + ":" + ACCOUNT + ":stateMachine:" + name;
  }

  static String topic(String name) {
    return "arn:aws:sns:" + REGION + ":" + ACCOUNT + ":" + name;
  }

  /// Returns a function's name from its name, its ARN, or its ARN with a version or alias.
  static String functionName(String reference) {
    var marker = ":function:";
    var at = reference.indexOf(marker);
    var name = at < 0 ? reference : reference.substring(at + marker.length());
    var colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }
}
