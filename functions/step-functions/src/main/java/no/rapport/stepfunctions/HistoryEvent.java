package no.rapport.stepfunctions;

import java.time.Instant;
import java.util.Map;

/// An event of an execution's history.
///
/// @param id from 1, without gaps
/// @param previousId the preceding event of the same branch; 0 for the first
/// @param timestamp time of the event
/// @param type the service's name, for example `TaskStateEntered`
/// @param details the details of the type: strings, numbers and maps of them, under the service's member names
public record HistoryEvent(long id, long previousId, Instant timestamp, String type, Map<String, Object> details) {

  /// Returns the member of the service's response that carries the details, for example `stateEnteredEventDetails`.
  public String detailsMember() {
    var name = type.endsWith("StateEntered") ? "StateEntered" : type.endsWith("StateExited") ? "StateExited" : type;
    return Character.toLowerCase(name.charAt(0)) + name.substring(1) + "EventDetails";
  }
}
