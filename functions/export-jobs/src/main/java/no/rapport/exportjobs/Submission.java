package no.rapport.exportjobs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.Optional;

/// The outcome of the file's submission to Bufdir.
///
/// @param status `none`, `pending`, `accepted`, `rejected` or `failed`
/// @param receiptId Bufdir's receipt, if it accepted the file
/// @param submittedAt when Bufdir's answer was recorded (UTC, whole seconds)
/// @param detail a sentence for a person
public record Submission(String status, Optional<String> receiptId, Optional<Instant> submittedAt,
    Optional<String> detail) {

  private static final String PENDING = "pending";
  private static final String FAILED = "failed";

  public static Submission none() {
    return new Submission("none", Optional.empty(), Optional.empty(), Optional.empty());
  }

  public static Submission pending() {
    return new Submission(PENDING, Optional.empty(), Optional.empty(), Optional.empty());
  }

  public static Submission accepted(String receiptId, Instant now) {
    return new Submission("accepted", Optional.of(receiptId), Optional.of(now), Optional.empty());
  }

  public static Submission rejected(String detail, Instant now) {
    return new Submission("rejected", Optional.empty(), Optional.of(now), Optional.of(detail));
  }

  public static Submission failed(String detail) {
    return new Submission(FAILED, Optional.empty(), Optional.empty(), Optional.of(detail));
  }

  @JsonIgnore
  public boolean isPending() {
    return status.equals(PENDING);
  }

  @JsonIgnore
  public boolean isFailed() {
    return status.equals(FAILED);
  }
}
