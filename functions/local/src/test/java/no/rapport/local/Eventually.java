package no.rapport.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits until a condition becomes true.
final class Eventually {

  private static final Duration MAX_WAIT = Duration.ofSeconds(90);

  private Eventually() {}

  /// Calls `look` until it returns a value, and returns that value.
  static <T> T value(String what, Supplier<Optional<T>> look) {
    var end = Instant.now().plus(MAX_WAIT);
    while (true) {
      var found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("Waited " + MAX_WAIT.toSeconds() + " s for " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  static void holds(String what, Supplier<Boolean> condition) {
    value(what, () -> condition.get() ? Optional.of(true) : Optional.empty());
  }
}
