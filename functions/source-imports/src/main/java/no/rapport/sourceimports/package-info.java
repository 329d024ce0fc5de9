/// Import of files into the source table.
///
/// [no.rapport.sourceimports.ImportSourceData], and behind it, in the order in which a row passes them, `ImportFile` (one
/// file, its checkpoint and report), `CsvRows` or `JsonRows` (records), `ActivityForm` or `CaseForm` (what a row must be),
/// `RowWriter` (lanes, conflicts) and `RowTransaction` (which form wins).
package no.rapport.sourceimports;
