/// Runs template.yaml on one port, and tests it with journeys over HTTP. Never deployed.
package no.rapport.local;
