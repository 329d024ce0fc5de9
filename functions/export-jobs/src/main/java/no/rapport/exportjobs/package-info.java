/// Export jobs: their orders, states, quota and requests. The three export contracts (Bufdir exports, re-exports of
/// reports and export files) are views of [no.rapport.exportjobs.ExportJob]. They begin, cancel, retry and delete jobs
/// through [no.rapport.exportjobs.ExportRequests].
///
/// The tasks that do the work are in the module `export-workflow`, which API functions do not contain.
package no.rapport.exportjobs;
