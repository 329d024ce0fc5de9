package no.rapport.stepfunctions;

import java.time.Instant;
import java.util.Map;

/// One line of an execution's history.
///
/// @param id from 1, without gaps
/// @param previousId the event of the same branch that led here; 0 for the first
/// @param timestamp when
/// @param type the service's name, for example `TaskStateEntered`
/// @param details what the type tells: strings, numbers and maps of them, in the service's member names
public record HistoryEvent(long id, long previousId, Instant timestamp, String type, Map<String, Object> details) {

  /// The member under which the service's answer carries the details, for example `stateEnteredEventDetails`.
  public String detailsMember() {
    var name = type.endsWith("StateEntered") ? "StateEntered" : type.endsWith("StateExited") ? "StateExited" : type;
    return Character.toLowerCase(name.charAt(0)) + name.substring(1) + "EventDetails";
  }
}
