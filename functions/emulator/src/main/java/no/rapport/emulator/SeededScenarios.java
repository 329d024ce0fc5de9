package no.rapport.emulator;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// Runs many scenarios of a test, each generated from a seed.
///
/// `-Drapport.histories=<n>` sets their number, `-Drapport.firstHistory=<seed>` the first seed.
/// `-Drapport.history=<seed>` runs that one alone and prints its actions.
///
/// @param count the number of scenarios; 0 if one was run alone
/// @param violations the failures with their seeds, at most a few
public record SeededScenarios(long count, List<String> violations) {

  private static final int MAX_VIOLATIONS = 5;
  private static final int CONCURRENT_SCENARIOS = 2;

  /// A scenario of one seed.
  public interface Scenario {

    Schedule schedule();

    /// Runs the scenario.
    ///
    /// @throws AssertionError if an invariant is broken
    void run();
  }

  /// Runs scenarios until all have run or several have failed.
  ///
  /// @param usual their number, unless the property sets it
  /// @param scenario creates the scenario of a seed, on the thread that runs it
  /// @param passed receives each scenario that broke no invariant
  public static <H extends Scenario> SeededScenarios run(long usual, LongFunction<H> scenario, Consumer<H> passed) {
    Long one = Long.getLong("rapport.history");
    if (one != null) {
      H alone = scenario.apply(one);
      try {
        alone.run();
      } finally {
        alone.schedule().trace().forEach(System.out::println);
      }
      return new SeededScenarios(0, List.of());
    }
    Class<?> test = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    long count = Long.getLong("rapport.histories", usual);
    long first = Long.getLong("rapport.firstHistory", 1);
    var violations = new ConcurrentLinkedQueue<String>();
    var next = new AtomicLong(first);
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int worker = 0; worker < CONCURRENT_SCENARIOS; worker++) {
        threads.submit(() -> {
          for (long seed = next.getAndIncrement(); seed < first + count && violations.size() < MAX_VIOLATIONS;
              seed = next.getAndIncrement()) {
            try {
              H scenarioOfSeed = scenario.apply(seed);
              scenarioOfSeed.run();
              passed.accept(scenarioOfSeed);
            } catch (RuntimeException | Error e) {
              // No failure may end the worker silently, since the remaining scenarios would be lost.
              violations.add("scenario " + seed + ": " + e + "\nRepeat it with: "
                  + Replay.of(test, "rapport.history=" + seed));
            }
          }
        });
      }
    } finally {
      System.setOut(console);
    }
    return new SeededScenarios(count, List.copyOf(violations));
  }
}
