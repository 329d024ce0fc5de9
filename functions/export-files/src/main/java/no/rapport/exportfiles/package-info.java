/// Contract 5: WebAdMIT-compatible export files.
package no.rapport.exportfiles;
