package no.rapport.aggregatedreportdata;

/// Thrown by a task whose aggregation nobody waits for any more: a newer one was requested, the snapshot was deleted,
/// or this one has ended already. The state machine ends in `Superseded` without a trace in the snapshot.
public final class SupersededRun extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SupersededRun(String jobId) {
    super("The aggregation " + jobId + " is superseded");
  }
}
