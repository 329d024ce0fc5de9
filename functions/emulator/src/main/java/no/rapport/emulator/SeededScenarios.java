package no.rapport.emulator;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// For tests: lives many histories that seeds name.
///
/// `-Drapport.histories=<n>` sets how many, `-Drapport.firstHistory=<seed>` which is the first; `-Drapport.history=<seed>`
/// lives that one alone and prints what happened in it.
///
/// @param count how many were lived of those that are counted; 0 where one was lived alone
/// @param violations what went wrong in which, at most a few
public record Histories(long count, List<String> violations) {

  private static final int ENOUGH_VIOLATIONS = 5;
  private static final int AT_ONCE = 2;

  /// What can be lived.
  public interface History {

    Schedule schedule();

    /// @throws AssertionError where an invariant is broken
    void live();
  }

  /// @param usual how many, unless the property says otherwise
  /// @param history the one of a seed; made on the thread that lives it
  /// @param lived looks at one that broke nothing
  public static <H extends History> Histories live(long usual, LongFunction<H> history, Consumer<H> lived) {
    Long one = Long.getLong("rapport.history");
    if (one != null) {
      H alone = history.apply(one);
      try {
        alone.live();
      } finally {
        alone.schedule().trace().forEach(System.out::println);
      }
      return new Histories(0, List.of());
    }
    Class<?> test = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    long count = Long.getLong("rapport.histories", usual);
    long first = Long.getLong("rapport.firstHistory", 1);
    var violations = new ConcurrentLinkedQueue<String>();
    var next = new AtomicLong(first);
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int worker = 0; worker < AT_ONCE; worker++) {
        threads.submit(() -> {
          for (long seed = next.getAndIncrement(); seed < first + count && violations.size() < ENOUGH_VIOLATIONS;
              seed = next.getAndIncrement()) {
            try {
              H lives = history.apply(seed);
              lives.live();
              lived.accept(lives);
            } catch (RuntimeException | Error e) {
              // Whatever it is: it must not end the worker unseen, and with it the histories that are left.
              violations.add("history " + seed + ": " + e + "\nRepeat it with: "
                  + Replay.of(test, "rapport.history=" + seed));
            }
          }
        });
      }
    } finally {
      System.setOut(console);
    }
    return new Histories(count, List.copyOf(violations));
  }
}
