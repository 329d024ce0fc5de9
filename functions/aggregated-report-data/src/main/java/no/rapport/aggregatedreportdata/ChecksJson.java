package no.rapport.aggregatedreportdata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import no.rapport.sourcedata.RegisterCase;
import no.rapport.sourcedata.RegisterRule;
import no.rapport.sourcedata.RegisterRule.Finding;

/// What the register's rules found in the cases behind a snapshot: counts only.
///
/// Cases that came as CSV or JSON Lines are not assessed: they lack what the rules look at.
final class ChecksJson {

  private ChecksJson() {}

  static ObjectNode of(Snapshot snapshot) {
    Map<String, Long> counts = snapshot.aggregate().map(Snapshot.Aggregate::register).orElse(new TreeMap<>());
    long cases = counts.getOrDefault(RegisterCase.CASES, 0L);
    long elements = counts.getOrDefault(RegisterCase.ELEMENTS, 0L);
    long refused = counts.getOrDefault(RegisterCase.ELEMENTS_REFUSED, 0L);
    long deleted = counts.getOrDefault(RegisterCase.ELEMENTS_DELETED, 0L);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("snapshot_id", snapshot.snapshotId());
    json.put("organization_id", snapshot.organizationId());
    json.put("period_id", snapshot.periodId());
    json.put("aggregated_at", snapshot.aggregate().map(found -> found.aggregatedAt().toString()).orElse(null));
    ObjectNode totals = json.putObject("control_totals").put("cases_assessed", cases);
    totals.putObject("elements")
        .put("sent", elements)
        .put("taken", elements - refused - deleted)
        .put("withdrawn", deleted)
        .put("refused", refused);
    ArrayNode checks = json.putArray("checks");
    findings(counts).forEach(found -> {
      ObjectNode check = checks.addObject()
          .put("rule_id", found.finding().rule().id())
          .put("title", found.finding().rule().title())
          .put("severity", found.finding().severity().name());
      if (cases > 0) {
        check.put("count", found.count()).put("status", "assessed");
      } else {
        check.putNull("count").put("status", "not_assessed");
      }
    });
    return json;
  }

  private record Counted(Finding finding, long count) {}

  /// What was found, and 0 for each rule that nothing breaks.
  private static List<Counted> findings(Map<String, Long> counts) {
    var findings = new ArrayList<Counted>();
    counts.forEach((name, count) -> {
      Optional<Finding> finding = name.indexOf('/') < 0 ? Optional.empty() : Finding.of(name);
      finding.ifPresent(known -> findings.add(new Counted(known, count)));
    });
    for (RegisterRule rule : RegisterRule.values()) {
      if (findings.stream().noneMatch(found -> found.finding().rule() == rule)) {
        findings.add(new Counted(new Finding(rule, rule.severity()), 0));
      }
    }
    findings.sort(Comparator.comparing(Counted::finding));
    return findings;
  }
}
