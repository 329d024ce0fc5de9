package no.rapport.local;

import static no.rapport.emulator.TemplateDocument.list;
import static no.rapport.emulator.TemplateDocument.object;
import static no.rapport.emulator.TemplateDocument.section;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests that every alarm of the template can fire.
class AlarmsTest {

  private static final Map<String, Map<String, Object>> ALARMS =
      TemplateReader.properties(Options.home().resolve("template.yaml"), Map.of(), "AWS::CloudWatch::Alarm");
  private static final Set<String> KINDS =
      Set.of("bufdir-exports", "report-reexports", "export-files", "aggregated-report-data");

  /// The dimensions with which each metric is published. With other dimensions an alarm has no data. Source: the
  /// metrics' pages in the AWS documentation of each service, and `Metrics` for Rapport's own metrics.
  private static final Map<String, Set<Set<String>>> PUBLISHED = Map.ofEntries(
      Map.entry("AWS/Lambda Errors", Set.of(Set.of(), Set.of("FunctionName"))),
      Map.entry("AWS/Lambda Invocations", Set.of(Set.of(), Set.of("FunctionName"))),
      Map.entry("AWS/Lambda Throttles", Set.of(Set.of(), Set.of("FunctionName"))),
      Map.entry("AWS/ApiGateway 5XXError", Set.of(Set.of("ApiName"))),
      Map.entry("AWS/SQS ApproximateNumberOfMessagesVisible", Set.of(Set.of("QueueName"))),
      Map.entry("AWS/States ExecutionsFailed", Set.of(Set.of("StateMachineArn"))),
      Map.entry("AWS/States ExecutionsTimedOut", Set.of(Set.of("StateMachineArn"))),
      Map.entry("AWS/States ExecutionsAborted", Set.of(Set.of("StateMachineArn"))),
      Map.entry("AWS/DynamoDB ReadThrottleEvents",
          Set.of(Set.of("TableName"), Set.of("TableName", "GlobalSecondaryIndexName"))),
      Map.entry("AWS/DynamoDB WriteThrottleEvents",
          Set.of(Set.of("TableName"), Set.of("TableName", "GlobalSecondaryIndexName"))),
      Map.entry("rapport-local Failed", Set.of(Set.of("Kind"))),
      Map.entry("rapport-local Completed", Set.of(Set.of("Kind"))),
      Map.entry("rapport-local Ending", Set.of(Set.of("Kind"))),
      Map.entry("rapport-local DurationSeconds", Set.of(Set.of("Kind"))),
      Map.entry("rapport-local OldestUnfinishedSeconds", Set.of(Set.of("Kind"))),
      Map.entry("rapport-local RefusedKeys", Set.of(Set.of())));

  /// One metric that an alarm reads.
  private record Metric(String name, Map<String, String> dimensions, int period) {}

  @Test
  void everyAlarmReadsPublishedMetricsWithTheirDimensions() {
    ALARMS.forEach((id, alarm) -> assertThat(metrics(alarm)).as(id).isNotEmpty().allSatisfy(metric ->
        assertThat(PUBLISHED.getOrDefault(metric.name(), Set.of())).as(metric.name())
            .contains(metric.dimensions().keySet())));
  }

  @Test
  void everyAlarmNotifiesAtItsStartAndItsEnd() {
    ALARMS.forEach((id, alarm) -> {
      assertThat(list(alarm.get("AlarmActions"))).as(id).hasSize(1);
      assertThat(list(alarm.get("OKActions"))).as(id).hasSize(1);
    });
  }

  /// With tens of exports a day, a single failure matters.
  @Test
  void oneFailedJobWithinAnHourRaisesTheAlarm() {
    var alarm = ALARMS.get("JobsFailedAlarm");

    assertThat(metrics(alarm)).allSatisfy(metric -> {
      assertThat(metric.name()).isEqualTo("rapport-local Failed");
      assertThat(metric.period()).isEqualTo(3600);
    });
    assertThat(metrics(alarm).stream().map(metric -> metric.dimensions().get("Kind")).collect(Collectors.toSet()))
        .isEqualTo(KINDS);
    assertThat(alarm).containsEntry("Threshold", 0).containsEntry("ComparisonOperator", "GreaterThanThreshold");
  }

  @Test
  void alarmsCoverFailedTimedOutAndAbortedExecutionsOfEveryStateMachine() {
    var machines = TemplateReader.properties(Options.home().resolve("template.yaml"), Map.of(),
        "AWS::Serverless::StateMachine").values().stream()
        .map(machine -> Names.stateMachine(String.valueOf(machine.get("Name")))).collect(Collectors.toSet());
    var watched = new TreeMap<String, Set<String>>();
    ALARMS.values().stream().flatMap(alarm -> metrics(alarm).stream())
        .filter(metric -> metric.name().startsWith("AWS/States"))
        .forEach(metric -> watched.computeIfAbsent(metric.name(), _ -> new TreeSet<>())
            .add(metric.dimensions().get("StateMachineArn")));

    for (var metric : List.of("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")) {
      assertThat(watched.get("AWS/States " + metric)).as(metric).isEqualTo(machines);
    }
  }

  @Test
  void alarmsCoverThrottlingOfEveryTableAndIndex() {
    var wanted = new TreeSet<String>();
    TemplateReader.properties(Options.home().resolve("template.yaml"), Map.of(), "AWS::DynamoDB::Table")
        .forEach((table, properties) -> Stream.concat(Stream.of(""), list(properties.get("GlobalSecondaryIndexes")).stream()
            .map(index -> "/" + object(index).get("IndexName"))).forEach(index ->
                wanted.addAll(List.of("Read " + table + index, "Write " + table + index))));
    var watched = new TreeSet<String>();
    ALARMS.values().stream().flatMap(alarm -> metrics(alarm).stream())
        .filter(metric -> metric.name().startsWith("AWS/DynamoDB")).forEach(metric -> watched.add(
            metric.name().replaceAll(".* (Read|Write)ThrottleEvents", "$1 ") + metric.dimensions().get("TableName")
                + (metric.dimensions().containsKey("GlobalSecondaryIndexName")
                    ? "/" + metric.dimensions().get("GlobalSecondaryIndexName") : "")));

    assertThat(watched).isEqualTo(wanted);
  }

  /// API Gateway has one metric for all 4xx, so 401s are counted from the access log.
  @Test
  void countsRequestsWithoutAValidKeyForTheAlarm() {
    var filter = TemplateReader.properties(Options.home().resolve("template.yaml"), Map.of(), "AWS::Logs::MetricFilter")
        .get("RefusedKeys");

    assertThat(filter.get("FilterPattern")).isEqualTo("{ $.status = \"401\" }");
    var metric = object(list(filter.get("MetricTransformations")).getFirst());
    assertThat(metrics(ALARMS.get("RefusedKeysAlarm"))).singleElement().satisfies(read ->
        assertThat(read.name()).isEqualTo(metric.get("MetricNamespace") + " " + metric.get("MetricName")));
  }

  private static List<Metric> metrics(Map<String, Object> alarm) {
    if (!alarm.containsKey("Metrics")) {
      return List.of(metric(alarm, alarm.get("Period")));
    }
    return list(alarm.get("Metrics")).stream().map(entry -> section(object(entry), "MetricStat"))
        .filter(stat -> !stat.isEmpty()).map(stat -> metric(section(stat, "Metric"), stat.get("Period"))).toList();
  }

  private static Metric metric(Map<String, Object> named, Object period) {
    var dimensions = new TreeMap<String, String>();
    list(named.get("Dimensions")).forEach(dimension -> dimensions.put(String.valueOf(object(dimension).get("Name")),
        String.valueOf(object(dimension).get("Value"))));
    return new Metric(named.get("Namespace") + " " + named.get("MetricName"), dimensions,
        Integer.parseInt(String.valueOf(period)));
  }
}
