/// The vocabulary of reports (periods, languages, activities, figures) and the writers of their files.
package no.rapport.reporting;
