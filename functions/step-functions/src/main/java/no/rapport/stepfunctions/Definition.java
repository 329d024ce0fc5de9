package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.Optional;

/// A parsed and valid definition of a state machine.
///
/// @param json the original text
/// @param flow the states
/// @param timeout `TimeoutSeconds` of the whole machine
record Definition(String json, State.Flow flow, Optional<Duration> timeout) {}
