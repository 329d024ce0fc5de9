package no.rapport.api;

import java.util.Arrays;
import java.util.Optional;

/// The rights of an API key.
public enum Role {
  /// An organisation's own systems and people.
  ORG,
  /// A worker that may also report the state of re-exports and records.
  WORKER,
  /// An operator.
  ADMIN;

  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  public static Optional<Role> ofWord(String word) {
    return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
  }
}
