/// Runs template.yaml on one port, with the journeys that test it; never deployed.
package no.rapport.local;
