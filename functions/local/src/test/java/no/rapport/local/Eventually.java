package no.rapport.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits for what will be.
final class Eventually {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Eventually() {}

  /// The first value that `look` finds.
  static <T> T value(String what, Supplier<Optional<T>> look) {
    var end = Instant.now().plus(PATIENCE);
    while (true) {
      var found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("Not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  static void holds(String what, Supplier<Boolean> condition) {
    value(what, () -> condition.get() ? Optional.of(true) : Optional.empty());
  }
}
