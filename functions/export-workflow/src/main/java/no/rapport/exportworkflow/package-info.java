/// The tasks of the state machines `export` and `retry`, and the sweeper that repairs interrupted exports.
package no.rapport.exportworkflow;
