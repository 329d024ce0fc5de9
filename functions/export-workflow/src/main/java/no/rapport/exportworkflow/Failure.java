package no.rapport.exportworkflow;

import java.util.Set;

/// How an error of the workflow is judged and told.
final class Failure {

  /// Errors whose reason passes: load, networks, time limits. All others stay until someone removes their cause.
  private static final Set<String> PASSING = Set.of(PassingFailure.class.getName(), "States.Timeout",
      "States.HeartbeatTimeout", "Sandbox.Timedout", "Lambda.ServiceException", "Lambda.AWSLambdaException",
      "Lambda.SdkClientException", "Lambda.TooManyRequestsException", "Lambda.Unknown");

  private Failure() {}

  /// @param error the error's name as Step Functions tells it
  static boolean isPassing(String error) {
    return PASSING.contains(error);
  }

  /// What failed and whether a retry can help, for a person.
  static String sentence(String step, boolean passing) {
    String what = switch (step) {
      case "PlanExport" -> "The activities could not be read.";
      case "RenderParts", "RenderPart" -> "A part of the file could not be made.";
      case "AssembleFile" -> "The parts could not be joined to a file.";
      case "CompleteExport" -> "The finished file could not be entered in the records.";
      default -> "The export stopped before it was done.";
    };
    return what + (passing
        ? " The cause may pass: several tries were made, and a retry later can help."
        : " A retry can help once the cause is removed; support finds it by the export's id.");
  }
}
