package no.rapport.local;

/// The template says something that is not understood here; the message names it.
final class UnsupportedInTemplate extends RuntimeException {

  UnsupportedInTemplate(String message) {
    super(message);
  }
}
