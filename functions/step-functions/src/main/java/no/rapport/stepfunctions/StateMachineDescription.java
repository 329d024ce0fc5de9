package no.rapport.stepfunctions;

import java.time.Instant;

/// A deployed state machine.
///
/// @param arn its ARN
/// @param name its name
/// @param definition the original States Language, JSON
/// @param roleArn the role it would run as
/// @param creationDate time of its first creation
/// @param revisionId changes with every update
public record StateMachineDescription(
    String arn, String name, String definition, String roleArn, Instant creationDate, String revisionId) {}
