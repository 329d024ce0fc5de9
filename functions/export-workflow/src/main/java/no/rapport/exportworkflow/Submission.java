package no.rapport.exportworkflow;

import java.time.Instant;
import java.util.Optional;

/// What became of handing the file to Bufdir.
///
/// @param status `none`, `pending`, `accepted`, `rejected` or `failed`
/// @param detail a sentence for a person
public record Submission(String status, Optional<String> receiptId, Optional<Instant> submittedAt,
    Optional<String> detail) {

  public static Submission none() {
    return new Submission("none", Optional.empty(), Optional.empty(), Optional.empty());
  }

  static Submission pending() {
    return new Submission("pending", Optional.empty(), Optional.empty(), Optional.empty());
  }
}
