package no.rapport.exportworkflow;

import java.util.Locale;
import java.util.Set;
import no.rapport.api.TransientFailure;

/// What ended an attempt, and how it is judged and told.
///
/// @param step name of the failed state; empty where an execution died outside its own catch
/// @param error the error's name as Step Functions tells it
record Failure(String step, String error) {

  /// Errors whose reason passes: load, networks, time limits. All others stay until someone removes their cause.
  private static final Set<String> TRANSIENT = Set.of(TransientFailure.class.getName(), "States.Timeout",
      "States.HeartbeatTimeout", "Sandbox.Timedout", "Lambda.ServiceException", "Lambda.AWSLambdaException",
      "Lambda.SdkClientException", "Lambda.ClientExecutionTimeoutException", "Lambda.TooManyRequestsException",
      "Lambda.SnapStartNotReadyException", "Lambda.SnapStartException", "Lambda.SnapStartTimeoutException",
      "Lambda.ResourceNotReadyException", "Lambda.CodeArtifactUserPendingException", "Lambda.Unknown");

  boolean isTransient() {
    return TRANSIENT.contains(error);
  }

  /// Returns whether a new attempt may succeed. Planning that timed out may have met a slow moment once; a second time it
  /// is too much work for one task, and further attempts would only repeat it.
  ///
  /// @param restarts how often the job was started again by itself
  boolean mayPass(int restarts) {
    boolean planningTimedOut = step.equals("PlanExport") && Set.of("States.Timeout", "Sandbox.Timedout").contains(error);
    return isTransient() && !(planningTimedOut && restarts > 0);
  }

  /// What failed and whether a retry can help, for a person.
  String sentence() {
    if (error.equals(AttachmentsExceedLimit.class.getName())) {
      var limits = ReportArchive.Limits.DEFAULT;
      return String.format(Locale.ROOT, "The attachments are more than one file may hold (%,d attachments, %d GiB). "
          + "A retry does not help: choose a shorter period or fewer activity types, or leave attachments out.",
          limits.files(), limits.bytes() >> 30);
    }
    if (step.equals("SubmitToBufdir")) {
      return "The export is complete, but its file could not be handed to Bufdir. " + (isTransient()
          ? "Bufdir did not answer, several times: whether the file arrived is not certain. Ask Bufdir, or hand it in "
              + "by other means."
          : "The connection to Bufdir is not set up as it has to be; support finds the cause by the export's id.");
    }
    String what = switch (step) {
      case "PlanExport" -> "The activities could not be read.";
      case "RenderParts", "RenderPart" -> "A part of the file could not be made.";
      case "AssembleFile" -> "The parts could not be joined to a file.";
      case "CompleteExport" -> "The finished file could not be entered in the records.";
      default -> "The export stopped before it was done.";
    };
    return what + (isTransient()
        ? " The cause may pass: several tries were made, and a retry later can help."
        : " A retry can help once the cause is removed; support finds it by the export's id.");
  }
}
