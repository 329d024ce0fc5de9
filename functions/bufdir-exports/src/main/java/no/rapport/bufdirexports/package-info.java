/// Contract 3: exports to Bufdir.
package no.rapport.bufdirexports;
