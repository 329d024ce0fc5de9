package no.rapport.local;

/// The template contains something that the local stack does not support. The message names it.
final class UnsupportedInTemplate extends RuntimeException {

  UnsupportedInTemplate(String message) {
    super(message);
  }
}
