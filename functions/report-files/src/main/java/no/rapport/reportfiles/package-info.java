/// Shared code of the report writers: their interface, the texts of a report, and the formats of dates and numbers.
/// Each file format has its own package.
package no.rapport.reportfiles;
