package no.rapport.aggregatedreportdata;

/// What an execution of the state machine is told, and every task of it: which aggregation of which snapshot it is.
record Claim(String organizationId, String periodId, String snapshotId, String jobId) {}
