package no.rapport.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.Map;

/// Writes metrics as log lines in CloudWatch's embedded metric format, which needs no call and no agent.
///
/// The template sets the namespace to the name of the stack, so that two stacks in one account do not add up. The one
/// dimension is `Kind`, the name of a collection. An organisation or an id is never a dimension: each would become a
/// metric of its own.
public final class Metrics {

  private Metrics() {}

  /// @param kind the collection that the values describe
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
