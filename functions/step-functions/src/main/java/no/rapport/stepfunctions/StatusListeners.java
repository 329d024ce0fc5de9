package no.rapport.stepfunctions;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// Notifies listeners of starts and ends of executions, in order, on its own thread.
final class StatusListeners implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(StatusListeners.class.getName());

  private final List<Consumer<ExecutionDescription>> listeners;
  private final ExecutorService thread = Executors.newSingleThreadExecutor(
      Thread.ofVirtual().name("step-functions-status-changes").factory());

  StatusListeners(List<Consumer<ExecutionDescription>> listeners) {
    this.listeners = new CopyOnWriteArrayList<>(listeners);
  }

  void add(Consumer<ExecutionDescription> listener) {
    listeners.add(listener);
  }

  /// Notifies every listener; an exception of one is logged.
  void tell(ExecutionDescription description) {
    if (listeners.isEmpty()) {
      return;
    }
    try {
      thread.execute(() -> {
        for (var listener : listeners) {
          try {
            listener.accept(description);
          } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "A listener failed on " + description.executionArn(), e);
          }
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG,
          "Closed before the listeners were notified of " + description.executionArn(), e);
    }
  }

  @Override
  public void close() {
    listeners.clear();
    thread.shutdown();
  }
}
