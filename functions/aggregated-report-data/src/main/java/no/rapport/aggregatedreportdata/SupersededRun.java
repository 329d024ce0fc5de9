package no.rapport.aggregatedreportdata;

/// Thrown by a task whose aggregation is no longer needed: a newer one was requested, the snapshot was deleted, or the
/// aggregation has already ended. The execution ends in `Superseded` and does not change the snapshot.
public final class SupersededRun extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SupersededRun(String jobId) {
    super("The aggregation " + jobId + " is superseded");
  }
}
