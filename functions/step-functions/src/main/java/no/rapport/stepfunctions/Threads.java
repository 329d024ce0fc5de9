package no.rapport.stepfunctions;

/// Starts the engine's threads, and lets the clock know of their work.
final class Threads {

  private Threads() {}

  /// Runs `work` on a virtual thread that counts as working from now until it ends.
  static void start(WorkflowTime time, String name, Runnable work) {
    time.workBegins();
    Thread.ofVirtual().name(name).start(() -> {
      try {
        work.run();
      } finally {
        time.workEnds();
      }
    });
  }
}
