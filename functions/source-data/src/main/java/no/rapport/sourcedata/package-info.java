/// The source table: reading activities, case records and the names of organisations.
///
/// [no.rapport.sourcedata.Activities], [no.rapport.sourcedata.CaseRecords] and
/// [no.rapport.sourcedata.OrganizationRegister] read; [no.rapport.sourcedata.CaseChanges] says how what was computed from
/// case records stays true. [no.rapport.sourcedata.SourceDataTable] lists the table's keys; `ActivityItem` and
/// `CaseRecordItem` say how rows are written as items. Imports write the table (module `source-imports`).
package no.rapport.sourcedata;
