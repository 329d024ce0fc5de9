package no.rapport.records;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// Repeats what reads, decides and commits, until its commit succeeds: with full jitter, and not without end.
public final class Conflicts {

  /// So many that even dozens of writers of one resource all succeed.
  static final int MAX_TRIES = 20;
  private static final int FIRST_PAUSE_MILLIS = 10;
  private static final int MAX_PAUSE_MILLIS = 400;

  private Conflicts() {}

  /// Thrown when others changed the same resource every time.
  public static final class TooMany extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooMany() {
      super("Others changed the same resource " + MAX_TRIES + " times in a row");
    }
  }

  /// Runs `attempt` until it returns a value.
  ///
  /// @param attempt reads, decides and commits; returns empty when the commit met a conflict
  /// @throws TooMany when no attempt succeeded
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
