package no.rapport.reportfiles;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.Countability;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActivityTotalsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void addUpHoweverTheRowsAreSplit() {
    List<Activity> rows = Reports.someActivities(500, 77);
    ActivityTotals.Builder builder = new ActivityTotals.Builder();
    rows.forEach(builder::add);
    ActivityTotals sum = rows.stream().map(ActivityTotals::of).reduce(ActivityTotals.NONE, ActivityTotals::plus);
    assertThat(sum).isEqualTo(builder.build());
    assertThat(sum.rows()).isEqualTo(500);
    assertThat(sum.all().participants()).isEqualTo(rows.stream().mapToLong(Activity::participantCount).sum());
    assertThat(sum.attachments()).isEqualTo(rows.stream().mapToLong(row -> row.attachments().size()).sum());
    assertThat(sum.all().rows() - sum.all().countable())
        .isEqualTo(sum.notCounted().values().stream().mapToLong(Long::longValue).sum());
  }

  @Test
  void keyFiguresAndSummariesSurviveJson() throws IOException {
    FigureSnapshot snapshot = new FigureSnapshot("snap", "2025", List.of(
        new FigureSnapshot.Figure("antall_arsverk", Optional.of(new BigDecimal("12.50")), Optional.empty(), "hr-system"),
        new FigureSnapshot.Figure("andel_ettervernstilbud_akseptert", Optional.of(new BigDecimal("50.0")),
            Optional.empty(), "fagsystem-cis", Optional.of(
                new FigureSnapshot.Fraction(BigDecimal.valueOf(4), BigDecimal.valueOf(8))), Optional.empty())));
    for (ReportFormat format : ReportFormat.values()) {
      ShareWriter share = ReportWriters.of(format).share(new ByteArrayOutputStream(),
          Reports.aDescription(ReportLocale.SE), 3, 0);
      for (Activity row : Reports.someActivities(50, 5)) {
        share.row(row);
      }
      ShareSummary summary = share.finish();
      assertThat(JSON.readValue(JSON.writeValueAsString(summary), ShareSummary.class)).isEqualTo(summary);
      KeyFigures figures = new KeyFigures(summary.totals(), Optional.of(snapshot));
      assertThat(JSON.readValue(JSON.writeValueAsString(figures), KeyFigures.class)).isEqualTo(figures);
    }
    KeyFigures without = new KeyFigures(ActivityTotals.NONE, Optional.empty());
    assertThat(JSON.readValue(JSON.writeValueAsString(without), KeyFigures.class)).isEqualTo(without);
    assertThat(JSON.readValue(JSON.writeValueAsString(without).replace(",\"snapshot\":null", ""), KeyFigures.class))
        .isEqualTo(without);
  }

  @ParameterizedTest
  @CsvSource({
      "group_session, 3, 45, COUNTS", "group_session, 2, 45, TOO_FEW_PARTICIPANTS", "support_group, 3, 44, TOO_SHORT",
      "children_group, 0, 0, TOO_FEW_AND_TOO_SHORT", "peer_conversation, 1, 10, COUNTS", "unknown, 0, 0, COUNTS"})
  void groupsCountFromThreeParticipantsAnd45Minutes(String type, int participants, int minutes, Countability expected) {
    Activity row = Reports.anActivity("a", LocalDate.of(2025, 1, 1));
    assertThat(Countability.of(new Activity(row.activityId(), row.orgId(), type, row.date(), participants, minutes,
        row.location(), row.municipality(), row.county(), row.targetGroup(), row.title(), row.notes(),
        row.attachments(), row.updatedAt()))).isEqualTo(expected);
  }
}
