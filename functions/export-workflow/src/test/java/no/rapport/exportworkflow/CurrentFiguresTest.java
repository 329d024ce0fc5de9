package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.FigureSnapshot.Figure;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.Test;

/// Tests which snapshot's figures a report contains. The documents have the stored form of aggregated data.
class CurrentFiguresTest {

  private final InMemoryRecords records = new InMemoryRecords();

  @Test
  void usesTheNewestSuccessfulSnapshotWithThePriorYearsValues() {
    snapshot("snap-1", "2024", 1, true, "5");
    snapshot("snap-2", "2024", 2, true, "6");
    snapshot("snap-3", "2024", 3, false, "7");
    snapshot("snap-4", "2023", 1, true, "4");

    assertThat(figures("2024")).contains(new FigureSnapshot("snap-2", "2024", List.of(
        new Figure("antall_flyttinger", Optional.of(new BigDecimal("6")), Optional.of(new BigDecimal("4")), "familia"),
        new Figure("antall_arsverk", Optional.empty(), Optional.empty(), "hr-system"))));
  }

  /// Without the counts, a report with suppression must hide every percentage whose counts are not known.
  @Test
  void includesTheCountsBehindPercentages() {
    String document = """
        {"snapshot_id":"snap-%s","ordinal":1,"good":true,"state":"COMPLETED","aggregate":{"mark":"","figures":[
        {"field_key":"andel_ettervernstilbud_akseptert","value":%s,"data_source":"familia",
        "share":{"numerator":%s,"denominator":%s}}]}}""";
    snapshot("snap-now", "2025", document.formatted("now", "75.0", 30, 40));
    snapshot("snap-then", "2024", document.formatted("then", "50.0", 10, 20));
    assertThat(figures("2025")).hasValueSatisfying(figures -> assertThat(figures.figures()).containsExactly(
        new Figure("andel_ettervernstilbud_akseptert", Optional.of(new BigDecimal("75.0")),
            Optional.of(new BigDecimal("50.0")), "familia", Optional.of(fraction(30, 40)),
            Optional.of(fraction(10, 20)))));
  }

  private static FigureSnapshot.Fraction fraction(int numerator, int denominator) {
    return new FigureSnapshot.Fraction(BigDecimal.valueOf(numerator), BigDecimal.valueOf(denominator));
  }

  @Test
  void hasNoFiguresWithoutASuccessfulSnapshot() {
    snapshot("snap-3", "2024", 3, false, "7");
    assertThat(figures("2024")).isEmpty();
    assertThat(figures("2023")).isEmpty();
  }

  private Optional<FigureSnapshot> figures(String periodId) {
    return new CurrentRows(null, null, records, "org-1",
        ExportOrder.of(Period.ofId(periodId).orElseThrow(), List.of(), "xlsx", ReportLocale.NB), Instant.EPOCH).figures();
  }

  private void snapshot(String id, String periodId, int ordinal, boolean good, String value) {
    snapshot(id, periodId, """
            {"snapshot_id":"%s","ordinal":%d,"good":%s,"state":"COMPLETED","aggregate":{"mark":"","figures":[
            {"field_key":"antall_flyttinger","value":%s,"data_source":"familia"},
            {"field_key":"antall_arsverk","data_source":"hr-system"}]}}""".formatted(id, ordinal, good, value));
  }

  private void snapshot(String id, String periodId, String document) {
    records.commit(new Change.Create(Entry.first("aggregated-report-data", "org-1", id, Instant.EPOCH, "current",
        Map.of("period_id", periodId), document)));
  }
}
