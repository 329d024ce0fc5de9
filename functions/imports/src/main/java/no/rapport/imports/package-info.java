/// The resource `/api/v1/imports`: files of source data on their way into the system, and what came of them.
///
/// The records of imports lie here; the module `source-imports`, which reads the files, writes them through
/// [no.rapport.imports.ImportRecords].
package no.rapport.imports;
