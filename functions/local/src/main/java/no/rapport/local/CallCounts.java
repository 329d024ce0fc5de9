package no.rapport.local;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/// Counts the calls of AWS services that invocations of functions make. A call that the SDK repeats counts once.
final class CallCounts {

  private static final InheritableThreadLocal<AtomicInteger> CALLS = new InheritableThreadLocal<>();
  private static final Map<String, Integer> MOST = new ConcurrentHashMap<>();

  private CallCounts() {}

  /// Does the work of one invocation.
  static <T> T of(String function, Callable<T> work) throws Exception {
    var calls = new AtomicInteger();
    CALLS.set(calls);
    try {
      return work.call();
    } finally {
      CALLS.remove();
      MOST.merge(function, calls.get(), Math::max);
    }
  }

  /// The most calls of one invocation of a function since the last [#reset].
  static int most(String function) {
    return MOST.getOrDefault(function, 0);
  }

  static void reset() {
    MOST.clear();
  }

  /// Found by the SDK through `software/amazon/awssdk/global/handlers/execution.interceptors`.
  public static final class Counter implements ExecutionInterceptor {

    /// As the SDK makes it.
    public Counter() {}

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      var calls = CALLS.get();
      if (calls != null) {
        calls.incrementAndGet();
      }
    }
  }
}
