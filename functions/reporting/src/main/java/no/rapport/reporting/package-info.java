/// The vocabulary of reports and the writers of their files.
package no.rapport.reporting;
