package no.rapport.stepfunctions;

import java.util.Map;

/// A response of the service over HTTP.
public record HttpReply(int status, Map<String, String> headers, byte[] body) {}
