/// DynamoDB, S3 and Step Functions inside the JVM: development and tests only.
package no.rapport.emulator;
