package no.rapport.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/// Writes the structured log: one JSON object per line on standard output, which Lambda sends to CloudWatch Logs.
///
/// The JSON writer escapes values. Callers pass ids, words and counts only: no text from data, no link, no key.
public final class Log {

  private static final ScopedValue<Map<String, String>> ABOUT = ScopedValue.newInstance();

  private static final ScopedValue<Boolean> QUIET = ScopedValue.newInstance();

  private Log() {}

  /// Does `work` and adds these members (a request, an organisation, a job) to each line that it logs on this thread.
  public static <T> T about(Map<String, String> members, Supplier<T> work) {
    return ScopedValue.where(ABOUT, members).call(work::get);
  }

  /// Does `work` and writes only its errors. For priming, which no caller asked for.
  static void quietly(Runnable work) {
    ScopedValue.where(QUIET, true).run(work);
  }

  public static void info(String event, Map<String, ?> members) {
    write("INFO", event, members);
  }

  public static void warn(String event, Map<String, ?> members) {
    write("WARN", event, members);
  }

  /// Logs the exception's class and stack, not its message: messages of parsers and clients quote data.
  public static void error(String event, Map<String, ?> members, Throwable cause) {
    var line = line("ERROR", event, members);
    line.put("error", cause.getClass().getName());
    var stack = line.putArray("stack");
    for (Throwable at = cause; at != null; at = at.getCause()) {
      stack.add(at.getClass().getName());
      StackTraceElement[] frames = at.getStackTrace();
      for (int i = 0; i < Math.min(frames.length, 20); i++) {
        stack.add("  at " + frames[i]);
      }
    }
    System.out.println(line);
  }

  private static void write(String level, String event, Map<String, ?> members) {
    var line = line(level, event, members);
    if (!QUIET.isBound()) {
      System.out.println(line);
    }
  }

  private static com.fasterxml.jackson.databind.node.ObjectNode line(String level, String event,
      Map<String, ?> members) {
    var line = JsonNodeFactory.instance.objectNode();
    line.put("timestamp", Instant.now().toString()).put("level", level).put("event", event);
    ABOUT.orElse(Map.of()).forEach(line::put);
    members.forEach((name, value) -> {
      if (value instanceof Number number) {
        line.put(name, number.longValue());
      } else {
        line.put(name, String.valueOf(value));
      }
    });
    return line;
  }
}
