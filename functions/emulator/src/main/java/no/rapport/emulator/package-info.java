/// DynamoDB, S3 and a stub of Bufdir inside the JVM: development and tests only.
package no.rapport.emulator;
