/// The tasks behind export and retry, and the sweeper.
package no.rapport.exportworkflow;
