package no.rapport.api;

import no.rapport.reporting.NationalIdMask;

/// An error of one field.
///
/// @param pointer JSON pointer into the body (RFC 6901), or `?name` for a query parameter. Names come from the caller,
///     so national identity numbers in them are masked.
/// @param message the expected form; never quotes the value
public record FieldError(String pointer, String message) {

  public FieldError {
    pointer = NationalIdMask.mask(pointer).text();
  }
}
