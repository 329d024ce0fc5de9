/// The vocabulary of reports: periods, languages, formats, activities and figures.
package no.rapport.reporting;
