/// The tasks of the state machines `export` and `retry`, and the sweeper that repairs what was interrupted.
package no.rapport.exportworkflow;
