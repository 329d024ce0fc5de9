package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.Optional;

/// A state machine's definition, read and found sound.
///
/// @param json as it was given
/// @param flow the states
/// @param timeout `TimeoutSeconds` of the whole machine
record Definition(String json, State.Flow flow, Optional<Duration> timeout) {

  /// Reads a definition.
  ///
  /// @throws StepFunctionsException `InvalidDefinition`, naming everything that is wrong or not supported, and where
  static Definition read(String json) {
    var problems = new DefinitionReader();
    var definition = problems.read(json);
    if (!problems.found().isEmpty()) {
      throw new StepFunctionsException("InvalidDefinition",
          "Invalid State Machine Definition: '" + String.join(", ", problems.found()) + "'");
    }
    return definition;
  }
}
