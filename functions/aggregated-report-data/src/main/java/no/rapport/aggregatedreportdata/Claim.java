package no.rapport.aggregatedreportdata;

/// The input of an execution of the state machine and of each of its tasks: the snapshot and its aggregation.
record Claim(String organizationId, String periodId, String snapshotId, String jobId) {}
