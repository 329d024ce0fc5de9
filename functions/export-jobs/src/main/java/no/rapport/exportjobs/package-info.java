/// Export jobs: what is ordered, how far it is, and what callers may ask of it. The three export contracts are projections
/// of [no.rapport.exportjobs.ExportJob]: Bufdir exports, re-exports of reports, and export files. They begin, cancel, retry
/// and delete jobs through [no.rapport.exportjobs.ExportRequests].
///
/// The tasks that do the work are in the module `export-workflow`, which API functions do not contain.
package no.rapport.exportjobs;
