package no.rapport.exportjobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import no.rapport.reporting.ActivityTypes;

/// Warns of what is allowed in an order but is hardly meant.
public final class OrderWarnings {

  private OrderWarnings() {}

  /// Adds `warnings` to an answer, one for each activity type that is in no list; nothing if there is none. Such a type
  /// is allowed, since rows of it are kept, but usually no row has it.
  ///
  /// @param types as they stand in the order's `activity_types`
  public static ObjectNode addTo(ObjectNode answer, List<String> types) {
    List<String> known = ActivityTypes.codes();
    for (int i = 0; i < types.size(); i++) {
      if (!known.contains(types.get(i))) {
        answer.withArray("/warnings").addObject().put("pointer", "/activity_types/" + i)
            .put("message", "is not a known activity type: only rows imported with this very code are in the file");
      }
    }
    return answer;
  }
}
