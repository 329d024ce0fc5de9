package no.rapport.stepfunctions;

import java.util.Map;

/// An answer of the service over HTTP.
public record HttpReply(int status, Map<String, String> headers, byte[] body) {}
