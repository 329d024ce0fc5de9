/// What the writers of report files share: their interface, the texts of a report, and how dates and numbers are
/// written. Each format has a package of its own.
package no.rapport.reportfiles;
