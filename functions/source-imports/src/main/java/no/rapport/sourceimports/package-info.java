/// Import of files into the source table.
///
/// [no.rapport.sourceimports.ImportSourceData], and behind it, in the order in which a row passes them: `ImportFile`
/// (one
/// file, its state and its report), `FileContent` and `FileText` (what the bytes are, and their text), `CsvRows`,
/// `JsonRows`, `JsonArrayRows` or `WorkbookRows` (records), `Cells` and `Spelling` (values), `ActivityForm` or
/// `CaseForm` (what a row must be), `RowWriter` (lanes, conflicts) and `RowTransaction` (which form wins).
/// `ImportStates` keeps what a later step needs; `RegisterImport` takes documents of the national register.
package no.rapport.sourceimports;
