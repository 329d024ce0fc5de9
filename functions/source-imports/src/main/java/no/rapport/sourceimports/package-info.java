/// Import of files into the table of source data.
///
/// [no.rapport.sourceimports.ImportSourceData] is the entry point. A row passes the other classes in this order:
/// `ImportFile` (one file, its state and its report), `FileContent` and `FileText` (the detected content and its text),
/// `CsvRows`, `JsonRows`, `JsonArrayRows` or `WorkbookRows` (records), `Cells` and `Spelling` (values), `ActivityForm`
/// or `CaseForm` (checks), `RowWriter` (lanes and conflicts) and `RowTransaction` (which version wins). `ImportStates`
/// stores what later steps need. `RegisterImport` imports documents of the national register.
package no.rapport.sourceimports;
