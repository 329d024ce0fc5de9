package no.rapport.exportjobs;

/// One attempt of one job: what the state machines hand to every task. The attempt is a fencing token: a task of an older
/// attempt may not change the job.
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
