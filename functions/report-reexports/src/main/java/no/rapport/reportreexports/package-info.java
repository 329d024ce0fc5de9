/// Contract 2: re-exports of historical reports.
package no.rapport.reportreexports;
