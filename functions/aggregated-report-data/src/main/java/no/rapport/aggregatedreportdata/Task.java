package no.rapport.aggregatedreportdata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Map;
import java.util.function.Function;
import no.rapport.records.Documents;

/// A task of the state machine: a record in, a record out; the state machine owns retries and failures.
final class Task {

  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};

  private Task() {}

  static <I, O> Map<String, Object> perform(Map<String, Object> input, Class<I> type, Function<I, O> task) {
    return Documents.mapper().convertValue(task.apply(Documents.mapper().convertValue(input, type)), STATE);
  }
}
