/// Import and reading of activities, case records and the names of organisations.
///
/// Reading: [no.rapport.sourcedata.Activities], [no.rapport.sourcedata.CaseRecords] and
/// [no.rapport.sourcedata.OrganizationRegister]; [no.rapport.sourcedata.CaseChanges] says how what was computed from case
/// records stays true. Importing: [no.rapport.sourcedata.ImportSourceData], and behind it, in the order in which a row
/// passes them, `ImportFile` (one file, its checkpoint and report), `CsvRows` or `JsonRows` (records), `ActivityForm` or
/// `CaseForm` (what a row must be), `RowWriter` (lanes, conflicts) and `RowTransaction` (which form wins).
/// `SourceDataTable` lists the table's keys.
package no.rapport.sourcedata;
