package no.rapport.stepfunctions;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The system clock. One thread rings every alarm.
final class SystemTime implements WorkflowTime {

  static final SystemTime INSTANCE = new SystemTime();

  private final ScheduledThreadPoolExecutor alarms;

  private SystemTime() {
    alarms = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("step-functions-alarms").factory());
    alarms.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Alarm at(Instant due, Runnable action) {
    var delay = Math.max(0, Duration.between(now(), due).toNanos());
    var scheduled = alarms.schedule(action, delay, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public void workBegins() {
    // Real time passes independently of work.
  }

  @Override
  public void workEnds() {
    // Real time passes independently of work.
  }
}
