package no.rapport.exportworkflow;

import java.util.Locale;
import java.util.Set;
import no.rapport.api.TransientFailure;

/// The error that ended an attempt. Decides whether it is transient and explains it to callers.
///
/// @param step name of the failed state; empty if the execution ended without running `FailExport`
/// @param error name of the error in Step Functions
record Failure(String step, String error) {

  /// Transient errors: load, network failures, timeouts. All others are permanent until a person removes their cause.
  private static final Set<String> TRANSIENT = Set.of(TransientFailure.class.getName(), "States.Timeout",
      "States.HeartbeatTimeout", "Sandbox.Timedout", "Lambda.ServiceException", "Lambda.AWSLambdaException",
      "Lambda.SdkClientException", "Lambda.ClientExecutionTimeoutException", "Lambda.TooManyRequestsException",
      "Lambda.SnapStartNotReadyException", "Lambda.SnapStartException", "Lambda.SnapStartTimeoutException",
      "Lambda.ResourceNotReadyException", "Lambda.CodeArtifactUserPendingException", "Lambda.Unknown");

  boolean isTransient() {
    return TRANSIENT.contains(error);
  }

  /// Returns whether a new attempt may succeed. The first timeout of planning may be transient. A second one means that
  /// the work is too much for one task, so further attempts would also time out.
  ///
  /// @param restarts how often the job was restarted automatically
  boolean isRestartable(int restarts) {
    boolean planningTimedOut = step.equals("PlanExport") && Set.of("States.Timeout", "Sandbox.Timedout").contains(error);
    return isTransient() && !(planningTimedOut && restarts > 0);
  }

  /// Returns the error message for callers: what failed, and whether a retry can help.
  String message() {
    if (error.equals(AttachmentsExceedLimit.class.getName())) {
      var limits = ReportArchive.Limits.DEFAULT;
      return String.format(Locale.ROOT, "The attachments are more than one file may hold (%,d attachments, %d GiB). "
          + "A retry does not help: choose a shorter period or fewer activity types, or leave attachments out.",
          limits.files(), limits.bytes() >> 30);
    }
    if (step.equals("SubmitToBufdir")) {
      return "The export is complete, but its file could not be submitted to Bufdir. " + (isTransient()
          ? "Bufdir did not answer several attempts, so the file may or may not have arrived. Ask Bufdir, or submit "
              + "the file in another way."
          : "The connection to Bufdir is not configured correctly. Give support the export's id.");
    }
    String what = switch (step) {
      case "PlanExport" -> "The activities could not be read.";
      case "RenderParts", "RenderPart" -> "A part of the file could not be made.";
      case "AssembleFile" -> "The parts could not be joined to a file.";
      case "CompleteExport" -> "The finished file could not be recorded.";
      default -> "The export stopped before it was complete.";
    };
    return what + (isTransient()
        ? " The cause may be temporary: several attempts failed, and a later retry may succeed."
        : " Give support the export's id, and retry after the cause has been removed.");
  }
}
