package no.rapport.stepfunctions;

import java.time.Instant;

/// A state machine as it is deployed.
///
/// @param arn its address
/// @param name its name
/// @param definition the States language, JSON, as it was given
/// @param roleArn the role it would run as
/// @param creationDate when it was first made
/// @param revisionId changes with every update
public record StateMachineDescription(
    String arn, String name, String definition, String roleArn, Instant creationDate, String revisionId) {}
