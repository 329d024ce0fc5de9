/// The work behind every export: one job, its state machine, the tasks of the workflow, and the sweeper.
///
/// Three contracts are projections of [no.rapport.exportworkflow.ExportJob]: Bufdir exports, re-exports of reports,
/// and export files. They accept, cancel, retry and delete through [no.rapport.exportworkflow.ExportJobs].
package no.rapport.exportworkflow;
