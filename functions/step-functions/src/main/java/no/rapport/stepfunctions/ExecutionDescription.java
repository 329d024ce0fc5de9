package no.rapport.stepfunctions;

import java.time.Instant;
import java.util.Optional;

/// A snapshot of an execution.
///
/// @param executionArn its ARN
/// @param stateMachineArn the ARN of its state machine
/// @param name unique within the state machine, forever
/// @param status its current status
/// @param startDate when it started
/// @param stopDate when it ended
/// @param input JSON
/// @param output JSON, if it succeeded
/// @param error the error's name, if it failed or was stopped with one
/// @param cause a description of the error, likewise
/// @param startedBy the execution whose task started this one
public record ExecutionDescription(
    String executionArn,
    String stateMachineArn,
    String name,
    ExecutionStatus status,
    Instant startDate,
    Optional<Instant> stopDate,
    String input,
    Optional<String> output,
    Optional<String> error,
    Optional<String> cause,
    Optional<String> startedBy) {}
