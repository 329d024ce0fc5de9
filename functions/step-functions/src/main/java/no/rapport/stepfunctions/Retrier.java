package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// An entry of `Retry`.
///
/// @param errorEquals the errors it is for
/// @param intervalSeconds before the first retry
/// @param maxAttempts retries, not counting the first try; 0 forbids them
/// @param backoffRate by how much each interval is longer than the one before
/// @param maxDelaySeconds what no interval exceeds
/// @param fullJitter whether the interval is drawn between 0 and what was computed
record Retrier(
    List<String> errorEquals,
    int intervalSeconds,
    int maxAttempts,
    double backoffRate,
    Optional<Integer> maxDelaySeconds,
    boolean fullJitter) {

  boolean matches(WorkflowFailure failure) {
    return errorEquals.stream().anyMatch(failure::is);
  }

  /// How long to wait before a retry.
  ///
  /// @param retry 1 for the first
  Duration delay(int retry, RandomGenerator random) {
    var seconds = fullDelaySeconds(retry);
    if (fullJitter) {
      seconds *= random.nextDouble();
    }
    // A backoff without a ceiling outgrows every clock; a year is as good as never.
    return Duration.ofMillis((long) (Math.min(seconds, 31_536_000d) * 1000));
  }

  /// The delay without jitter.
  ///
  /// @param retry 1 for the first
  double fullDelaySeconds(int retry) {
    var seconds = intervalSeconds * Math.pow(backoffRate, retry - 1d);
    return maxDelaySeconds.isPresent() ? Math.min(seconds, maxDelaySeconds.get()) : seconds;
  }
}
