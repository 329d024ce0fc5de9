/// Contract 1: the report history.
package no.rapport.reportrecords;
