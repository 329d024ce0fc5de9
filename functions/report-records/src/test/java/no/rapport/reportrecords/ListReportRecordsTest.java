package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import no.rapport.records.Change;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Note;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import org.junit.jupiter.api.Test;

class ListReportRecordsTest {

  private static ReportRecord report(String id, String org, String type, String period, ReportStatus status,
      Instant created) {
    return new ReportRecord(id, org, type, Period.ofId(period).orElseThrow(), status, Optional.empty(),
        Optional.empty(), "user_1", Optional.empty(), created, created, Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), false);
  }

  private static ListReportRecords aHistory(Records records) {
    Instant day = Instant.parse("2026-01-01T12:00:00Z");
    Reports.store(records, report("rpt_1", "org_1", "annual_summary", "2024", ReportStatus.COMPLETED, day));
    Reports.store(records, report("rpt_2", "org_1", "quarterly_activity", "2025-Q1", ReportStatus.FAILED, day));
    Reports.store(records, report("rpt_3", "org_1", "quarterly_activity", "2025-Q4", ReportStatus.PENDING,
        day.plusSeconds(86_400)));
    Reports.store(records, report("rpt_4", "org_2", "quarterly_activity", "2025-Q4", ReportStatus.COMPLETED,
        day.plusSeconds(2 * 86_400)));
    return new ListReportRecords(new ReportRecords(records));
  }

  private static void answers(ListReportRecords list, String query, String... ids) {
    answers(list, query, ids.length, ids);
  }

  private static void answers(ListReportRecords list, String query, int total, String... ids) {
    Call call = Call.get().as("k", "org", "org_1,org_2");
    for (String parameter : query.isEmpty() ? new String[0] : query.split("&")) {
      call.where(parameter.split("=", 2)[0], parameter.split("=", 2)[1]);
    }
    var answer = call.to(list);
    assertThat(answer.status()).as("%s: %s", query, answer.body()).isEqualTo(200);
    assertThat(answer.json().get("data").findValuesAsText("report_id")).as(query).containsExactly(ids);
    assertThat(answer.json().at("/pagination/total").asInt()).as(query).isEqualTo(total);
  }

  private static void filters(Records records) {
    var list = aHistory(records);
    answers(list, "", "rpt_4", "rpt_3", "rpt_2", "rpt_1");
    answers(list, "org_id=org_1", "rpt_3", "rpt_2", "rpt_1");
    answers(list, "org_id=org_3");
    answers(list, "status=completed,failed", "rpt_4", "rpt_2", "rpt_1");
    assertThat(Call.get().where("status", "completed,unheard_of").to(list).status()).isEqualTo(400);
    answers(list, "report_type=quarterly_activity&org_id=org_1", "rpt_3", "rpt_2");
    answers(list, "period_from=2025-01-01", "rpt_4", "rpt_3", "rpt_2");
    answers(list, "period_from=2025-01-01&period_to=2025-11-30", "rpt_2");
    answers(list, "created_from=2026-01-02", "rpt_4", "rpt_3");
    answers(list, "created_to=2026-01-02", "rpt_3", "rpt_2", "rpt_1");
    answers(list, "created_to=2026-01-01T12:00:00Z", "rpt_2", "rpt_1");
    answers(list, "generated_by=user_1&status=pending", "rpt_3");
    answers(list, "export_id=exp-1");
  }

  @Test
  void filtersInMemory() {
    filters(new InMemoryRecords());
  }

  @Test
  void filtersOnDynamoDb() {
    filters(DynamoReportRacesTest.newTable());
  }

  private static void tellsStaleReports(Records records) {
    var list = new ListReportRecords(new ReportRecords(records));
    sealed(records, "rpt_1", "2024.aa");
    sealed(records, "rpt_2", "2024.bb");
    sealed(records, "rpt_3", "2025.aa");
    sealed(records, "rpt_4", null);
    current(records, "2024", "2024.bb");
    answers(list, "stale=true&org_id=org_1", "rpt_3", "rpt_1");
    answers(list, "stale=false&org_id=org_1", "rpt_2");
    answers(list, "stale=true&org_id=org_1&limit=1&page=2&status=completed", 2, "rpt_1");
    answers(list, "stale=false&org_id=org_2");
    current(records, "2025", "2025.aa");
    answers(list, "stale=true&org_id=org_1", "rpt_1");
  }

  @Test
  void listsStaleReportsInMemory() {
    tellsStaleReports(new InMemoryRecords());
  }

  @Test
  void listsStaleReportsOnDynamoDb() {
    tellsStaleReports(DynamoReportRacesTest.newTable());
  }

  @Test
  void listsStaleReportsOfOneOrganizationOnly() {
    var list = aHistory(new InMemoryRecords());
    assertThat(Call.get().as("k", "org", "org_1,org_2").where("stale", "true").to(list).body())
        .contains("stale needs one organisation: give org_id");
    assertThat(Call.get().as("k", "org", "org_1").where("stale", "true").to(list).status()).isEqualTo(200);
    assertThat(Call.get().where("stale", "1").where("org_id", "org_1").to(list).body())
        .contains("stale must be true or false");
  }

  private static void sealed(Records records, String id, String figures) {
    var sealed = new SealedData("sealed/org_1/e/", "sealed/org_1/e/1/manifest.json", "00",
        Optional.ofNullable(figures));
    Instant day = Instant.parse("2026-01-01T12:00:00Z");
    Reports.store(records, new ReportRecord(id, "org_1", "activity_export", Period.ofId("2024").orElseThrow(),
        ReportStatus.COMPLETED, Optional.of("reports/org_1/2024/" + id + ".csv"), Optional.of(1L), "user_1",
        Optional.of(day), day, day, Optional.of("00"), Optional.of("exp-1"), Optional.of(ReportParameters.DEFAULT),
        Optional.of(sealed), true));
  }

  /// The note of a period as an aggregation leaves it.
  private static void current(Records records, String periodId, String figures) {
    assertThat(records.commit(new Change.AddNote(Note.first("aggregation#org_1", "period#" + periodId, """
        {"runs": 1, "newest": {"snapshot_id": "snap-1", "period_id": "%s", "ordinal": 1, "figures": "%s"}}"""
        .formatted(periodId, figures), null)))).isTrue();
  }

  @Test
  void refusesUnknownParametersAndForeignNamesAllAtOnce() {
    var answer = Call.get().where("organization_id", "org_1").where("sort", "asc").where("limit", "101")
        .where("page", "0").to(aHistory(new InMemoryRecords()));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("?organization_id", "?sort", "?limit", "?page");
  }

  @Test
  void returnsEmptyPagePastTheEndWithTotal() {
    var answer = Call.get().where("page", "9").to(aHistory(new InMemoryRecords()));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("data")).isEmpty();
    assertThat(answer.json().get("pagination").toString()).isEqualTo("{\"page\":9,\"limit\":20,\"total\":4}");
  }

  /// What is there all the time is met exactly once, however much comes and goes meanwhile; at rest, the total is what
  /// the pages hold together.
  private static void staysTrueWhileOthersWrite(Records records, int walks) throws Exception {
    var list = new ListReportRecords(new ReportRecords(records));
    Instant day = Instant.parse("2026-01-01T12:00:00Z");
    var lasting = new HashSet<String>();
    for (int i = 0; i < 30; i++) {
      lasting.add("rpt_stays_" + i);
      Reports.store(records, report("rpt_stays_" + i, "org_1", "annual_summary", "2024", ReportStatus.COMPLETED,
          day.plusSeconds(i * 10L)));
    }
    var over = new AtomicBoolean();
    try (var others = Executors.newFixedThreadPool(2)) {
      var writers = new ArrayList<Callable<Void>>();
      for (int writer = 0; writer < 2; writer++) {
        int w = writer;
        writers.add(() -> {
          for (int i = 0; !over.get(); i++) {
            var report = report("rpt_goes_" + w + "_" + i, "org_1", "project_status", "2025", ReportStatus.PENDING,
                day.plusSeconds((i * 7L + w) % 300));
            Reports.store(records, report);
            if (i % 3 != 0 || i > 30) {
              records.commit(new Change.Delete(ReportRecords.entry(report)));
            }
          }
          return null;
        });
      }
      var running = writers.stream().map(others::submit).toList();
      for (int walk = 0; walk < walks; walk++) {
        List<String> met = walk(list, "");
        assertThat(met).doesNotHaveDuplicates().containsAll(lasting);
        assertThat(walk(list, "annual_summary")).hasSize(30).containsExactlyInAnyOrderElementsOf(lasting);
        assertThat(Call.get().where("report_type", "annual_summary").to(list).json().at("/pagination/total").asInt())
            .isEqualTo(30);
      }
      over.set(true);
      for (var writer : running) {
        writer.get();
      }
    }
    List<String> atRest = walk(list, "");
    JsonNode first = Call.get().where("org_id", "org_1").to(list).json();
    assertThat(first.at("/pagination/total").asInt()).isEqualTo(atRest.size());
    var union = new ArrayList<String>();
    for (int page = 1; union.size() < atRest.size(); page++) {
      union.addAll(Call.get().where("org_id", "org_1").where("page", "" + page).where("limit", "7").to(list).json()
          .get("data").findValuesAsText("report_id"));
    }
    assertThat(union).isEqualTo(atRest);
    int byStatus = 0;
    for (ReportStatus status : ReportStatus.values()) {
      byStatus += Call.get().where("org_id", "org_1").where("status", status.word()).to(list).json()
          .at("/pagination/total").asInt();
    }
    assertThat(byStatus).isEqualTo(atRest.size());
  }

  private static List<String> walk(ListReportRecords list, String type) {
    var met = new ArrayList<String>();
    String cursor = "";
    while (true) {
      Call call = Call.get().where("org_id", "org_1").where("limit", "8").where("cursor", cursor);
      JsonNode page = (type.isEmpty() ? call : call.where("report_type", type)).to(list).json();
      met.addAll(page.get("data").findValuesAsText("report_id"));
      if (page.at("/pagination/next_cursor").isNull()) {
        return met;
      }
      cursor = page.at("/pagination/next_cursor").asText();
    }
  }

  @Test
  void staysConsistentDuringWritesInMemory() throws Exception {
    staysTrueWhileOthersWrite(new InMemoryRecords(), 50);
  }

  @Test
  void staysConsistentDuringWritesOnDynamoDb() throws Exception {
    staysTrueWhileOthersWrite(DynamoReportRacesTest.newTable(), 5);
  }
}
