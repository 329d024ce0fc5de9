package no.rapport.records;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// Retries a read-decide-commit cycle with full jitter until its commit succeeds, for a bounded number of tries.
public final class Conflicts {

  /// Enough for dozens of concurrent writers of one resource to all succeed.
  static final int MAX_TRIES = 20;
  private static final int FIRST_PAUSE_MILLIS = 10;
  private static final int MAX_PAUSE_MILLIS = 400;

  private Conflicts() {}

  /// Thrown if every try met a conflict.
  public static final class TooMany extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooMany() {
      super("Concurrent changes of the same resource defeated all " + MAX_TRIES + " tries; try again later");
    }
  }

  /// Runs `attempt` until it returns a value.
  ///
  /// @param attempt reads, decides and commits; returns empty if the commit met a conflict
  /// @throws TooMany if no attempt succeeded
  public static <T> T retryOnConflict(Supplier<Optional<T>> attempt) {
    return retryOnConflict(attempt, millis -> LockSupport.parkNanos(millis * 1_000_000));
  }

  static <T> T retryOnConflict(Supplier<Optional<T>> attempt, LongConsumer pause) {
    for (int attempts = 1; attempts <= MAX_TRIES; attempts++) {
      Optional<T> result = attempt.get();
      if (result.isPresent()) {
        return result.get();
      }
      long longest = Math.min(MAX_PAUSE_MILLIS, (long) FIRST_PAUSE_MILLIS << Math.min(attempts, 10));
      pause.accept(ThreadLocalRandom.current().nextLong(longest + 1));
    }
    throw new TooMany();
  }
}
