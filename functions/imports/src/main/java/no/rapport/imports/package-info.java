/// The resource `/api/v1/imports`: files of source data that are uploaded, and the results of their imports.
///
/// This module stores the records of imports. The module `source-imports`, which reads the files, updates them through
/// [no.rapport.imports.ImportRecords].
package no.rapport.imports;
