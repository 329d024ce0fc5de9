/// Import and reading of activities and case records.
package no.rapport.sourcedata;
