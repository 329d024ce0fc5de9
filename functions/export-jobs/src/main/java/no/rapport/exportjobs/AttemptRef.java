package no.rapport.exportjobs;

/// Identifies one attempt of one job; the input of every task of the state machines. The attempt number is a fencing
/// token: a task of an older attempt cannot change the job.
///
/// @param kind name of the [ExportKind]
/// @param attempt 1 for the first run of the job
public record AttemptRef(String kind, String exportId, String orgId, int attempt) {

  public static AttemptRef of(ExportJob job) {
    return new AttemptRef(job.kind().name(), job.id(), job.orgId(), job.attempt());
  }

  public ExportKind exportKind() {
    return ExportKind.valueOf(kind);
  }
}
