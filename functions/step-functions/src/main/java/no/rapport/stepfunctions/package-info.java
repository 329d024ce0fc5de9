/// Step Functions inside the JVM: the States Language and the service's protocol, for development and tests only.
package no.rapport.stepfunctions;
