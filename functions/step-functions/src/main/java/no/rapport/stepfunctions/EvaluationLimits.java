package no.rapport.stepfunctions;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils;
import java.util.concurrent.TimeUnit;

/// The limits of one evaluation of an expression. The service does not publish its limits; these are the largest values
/// that fit the measurements.
final class EvaluationLimits {

  /// A sum of 200 terms fails on the service.
  private static final int MAX_DEPTH = 199;

  /// `[1..873783]` fails on the service.
  private static final int MAX_RANGE_LENGTH = 873_782;

  /// Ends endless loops; far more than any valid expression needs.
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final long start = System.nanoTime();
  private int depth;

  void enter(Jsonata.Frame frame) {
    if (!frame.isParallelCall) {
      depth++;
      if (depth > MAX_DEPTH) {
        throw new JException("The expression is nested more than " + MAX_DEPTH + " levels deep", -1);
      }
      requireTime();
    }
  }

  void leave(Jsonata.Frame frame, Object result) {
    if (!frame.isParallelCall) {
      depth--;
      requireTime();
    }
    if (result instanceof Utils.RangeList range && range.size() > MAX_RANGE_LENGTH) {
      throw new JException("The range has more than " + MAX_RANGE_LENGTH + " numbers", -1);
    }
  }

  private void requireTime() {
    if (System.nanoTime() - start > MAX_NANOS) {
      throw new JException("The evaluation took too long", -1);
    }
  }
}
