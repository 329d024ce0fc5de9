package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// An entry of `Retry`.
///
/// @param errorEquals the names of the errors that it handles
/// @param intervalSeconds seconds before the first retry
/// @param maxAttempts number of retries, without the first try; 0 forbids them
/// @param backoffRate the factor between consecutive intervals
/// @param maxDelaySeconds largest interval
/// @param fullJitter whether the interval is drawn at random between 0 and the computed value
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

  /// Returns the delay before a retry.
  ///
  /// @param retry 1 for the first
  Duration delay(int retry, RandomGenerator random) {
    var seconds = fullDelaySeconds(retry);
    if (fullJitter) {
      seconds *= random.nextDouble();
    }
    // An unlimited backoff would overflow; a year is long enough.
    return Duration.ofMillis((long) (Math.min(seconds, 31_536_000d) * 1000));
  }

  /// Returns the delay without jitter.
  ///
  /// @param retry 1 for the first
  double fullDelaySeconds(int retry) {
    var seconds = intervalSeconds * Math.pow(backoffRate, retry - 1d);
    return maxDelaySeconds.isPresent() ? Math.min(seconds, maxDelaySeconds.get()) : seconds;
  }
}
