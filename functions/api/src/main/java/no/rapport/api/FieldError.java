package no.rapport.api;

/// An error of one field.
///
/// @param pointer JSON pointer into the body (RFC 6901), or `?name` for a query parameter
/// @param message the expected form; never quotes the value
public record FieldError(String pointer, String message) {}
