package no.rapport.api;

import com.amazonaws.services.lambda.runtime.Context;
import java.util.function.IntSupplier;

/// The time that a sweep may take. A sweep ends before the next one is due, so that a backlog of one kind of work never
/// delays the more urgent work of the next sweep.
public final class SweepBudget {

  /// Less than the minute between two sweeps.
  private static final int MAX_MILLIS = 50_000;
  /// Reserved for the last unit of work and its log lines.
  private static final int RESERVE_MILLIS = 10_000;

  private final IntSupplier remainingMillis;
  private final int begin;
  private final int total;

  private SweepBudget(IntSupplier remainingMillis) {
    this.remainingMillis = remainingMillis;
    begin = remainingMillis.getAsInt();
    total = Math.max(0, Math.min(MAX_MILLIS, begin - RESERVE_MILLIS));
  }

  /// Returns the budget of an invocation.
  ///
  /// @param context null in a test without a time limit
  public static SweepBudget of(Context context) {
    return new SweepBudget(context == null ? () -> Integer.MAX_VALUE : context::getRemainingTimeInMillis);
  }

  /// Returns whether that percentage of the time is used up.
  public boolean isSpent(int percent) {
    return begin - remainingMillis.getAsInt() >= (long) total * percent / 100;
  }
}
