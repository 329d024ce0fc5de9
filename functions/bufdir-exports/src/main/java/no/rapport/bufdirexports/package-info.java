/// Contract 3, `/api/v1/bufdir-exports`: exports of an organisation's activities to Bufdir.
package no.rapport.bufdirexports;
