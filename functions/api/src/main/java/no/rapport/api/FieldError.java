package no.rapport.api;

/// One wrong field.
///
/// @param pointer JSON pointer into the body (RFC 6901), or `?name` for a query parameter
/// @param message a sentence that says what is expected; never quotes the value
public record FieldError(String pointer, String message) {}
