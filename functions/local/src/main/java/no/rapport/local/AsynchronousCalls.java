package no.rapport.local;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Invokes functions asynchronously, as event sources do. A failed invocation is retried twice.
///
/// Lambda retries after one and two minutes. Here the delays are one and two seconds, because a person is waiting.
final class AsynchronousCalls implements AutoCloseable {

  private static final List<Duration> RETRY_DELAYS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));

  private final Functions functions;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(1, Thread.ofPlatform().name("events").daemon().factory());

  AsynchronousCalls(Functions functions) {
    this.functions = functions;
  }

  /// Invokes `function` with `event` and returns without waiting.
  void call(String function, byte[] event) {
    call(function, event, 0);
  }

  /// Invokes `function` once a period, first after one period.
  void every(Duration period, String function, byte[] event) {
    timer.scheduleWithFixedDelay(() -> Thread.startVirtualThread(() -> attempt(function, event, RETRY_DELAYS.size())),
        period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void call(String function, byte[] event, int retries) {
    Thread.startVirtualThread(() -> attempt(function, event, retries));
  }

  private void attempt(String function, byte[] event, int retries) {
    try {
      functions.invoke(function, event);
    } catch (FunctionFailed e) {
      if (timer.isShutdown()) {
        return;
      }
      System.err.println(function + " failed: " + e.payload());
      if (retries < RETRY_DELAYS.size()) {
        timer.schedule(() -> call(function, event, retries + 1),
            RETRY_DELAYS.get(retries).toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (RuntimeException e) {
      if (!timer.isShutdown()) {
        System.err.println(function + " could not be called: " + e);
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
