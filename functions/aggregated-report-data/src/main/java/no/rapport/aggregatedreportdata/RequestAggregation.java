package no.rapport.aggregatedreportdata;

import java.time.Instant;
import java.util.Map;
import no.rapport.aggregatedreportdata.Snapshots.Requested;
import no.rapport.aggregatedreportdata.Snapshots.Started;
import no.rapport.api.Body;
import no.rapport.api.Ids;
import no.rapport.api.Log;
import no.rapport.reporting.Period;

/// Requesting a period's figures: from the cache where they are still true, else from a new aggregation.
record RequestAggregation(Snapshots snapshots, CaseSource cases, Executions executions) {

  /// What is asked for.
  record Order(String organizationId, String periodId, boolean force) {

    static Order parse(Body body) {
      return new Order(
          body.required("organization_id", body.id("organization_id"), ""),
          periodId(body),
          body.bool("force_reaggregate").orElse(false));
    }

    static String periodId(Body body) {
      return body.required("period_id",
          body.word("period_id", id -> Period.ofId(id).map(_ -> id), "must be YYYY, YYYY-H1/H2 or YYYY-Q1..Q4"), "");
    }
  }

  Requested apply(Order order, Ids ids, Instant now) {
    String mark = cases.marks(order.organizationId()).apply(Period.ofId(order.periodId()).orElseThrow());
    Requested requested = snapshots.request(order.organizationId(), order.periodId(), order.force(), mark,
        "snap-" + ids.ulid(now), "job-agg-" + ids.ulid(now), now);
    if (requested instanceof Started(var stored)) {
      Log.info("aggregation_accepted", Map.of("job_id", stored.snapshot().run().jobId(), "organization",
          order.organizationId()));
      start(executions, stored.snapshot().claim());
    }
    return requested;
  }

  /// Starts the aggregation of a stored snapshot. A failure here does not fail the request: it is stored, and the
  /// sweeper starts the aggregation later.
  static void start(Executions executions, Claim claim) {
    try {
      executions.start(claim);
    } catch (RuntimeException e) {
      Log.error("aggregation_not_started", Map.of("snapshot_id", claim.snapshotId(), "job_id", claim.jobId()), e);
    }
  }

  /// Stops an aggregation whose result is no longer needed. This only saves work: its result would not be written
  /// anyway.
  static void stop(Executions executions, Claim claim) {
    try {
      executions.stop(claim.jobId());
    } catch (RuntimeException e) {
      Log.error("aggregation_not_stopped", Map.of("job_id", claim.jobId()), e);
    }
  }
}
