/// Reads activities, case records and the names of organisations from the source-data table.
///
/// [no.rapport.sourcedata.Activities], [no.rapport.sourcedata.CaseRecords] and
/// [no.rapport.sourcedata.OrganizationRegister] read the table. [no.rapport.sourcedata.CaseChanges] detects outdated
/// figures. [no.rapport.sourcedata.SourceDataTable] lists the table's keys. `ActivityItem` and `CaseRecordItem` convert
/// rows to items and back. Imports write the table (module `source-imports`).
package no.rapport.sourcedata;
