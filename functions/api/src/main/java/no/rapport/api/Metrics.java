package no.rapport.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.Map;

/// Metrics as log lines in CloudWatch's embedded metric format: no call and no agent.
///
/// Namespace as the template gives it (the stack's name: two stacks in one account do not add up), one dimension, `Kind`
/// (a collection's name). Never an organisation or an id: each would be a metric of its own.
public final class Metrics {

  private Metrics() {}

  /// @param kind which collection the values are about
  /// @param values by metric name; the unit is the name's last word (`Seconds`, `Bytes`), otherwise a count
  public static void put(String kind, Map<String, Long> values) {
    var line = JsonNodeFactory.instance.objectNode();
    var aws = line.putObject("_aws").put("Timestamp", Instant.now().toEpochMilli());
    var directive = aws.putArray("CloudWatchMetrics").addObject()
        .put("Namespace", Environment.optional("METRICS_NAMESPACE", "Rapport"));
    directive.putArray("Dimensions").addArray().add("Kind");
    var metrics = directive.putArray("Metrics");
    values.forEach((name, value) -> {
      metrics.addObject().put("Name", name)
          .put("Unit", name.endsWith("Seconds") ? "Seconds" : name.endsWith("Bytes") ? "Bytes" : "Count");
      line.put(name, value);
    });
    System.out.println(line.put("Kind", kind));
  }
}
