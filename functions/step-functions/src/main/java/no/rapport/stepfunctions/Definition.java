package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.Optional;

/// A state machine's definition, read and found sound.
///
/// @param json as it was given
/// @param flow the states
/// @param timeout `TimeoutSeconds` of the whole machine
record Definition(String json, State.Flow flow, Optional<Duration> timeout) {}
