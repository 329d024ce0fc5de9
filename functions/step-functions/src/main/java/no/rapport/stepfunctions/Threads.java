package no.rapport.stepfunctions;

/// Starts the engine's threads and reports their work to the clock.
final class Threads {

  private Threads() {}

  /// Runs `work` on a virtual thread that counts as working until it ends.
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
