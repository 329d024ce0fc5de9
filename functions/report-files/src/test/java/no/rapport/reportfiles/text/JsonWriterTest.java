package no.rapport.reportfiles.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import no.rapport.reportfiles.Reports;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JsonWriterTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @EnumSource(ReportLocale.class)
  void everyCellIsReadBackAsItWas(ReportLocale locale) throws IOException {
    List<Activity> rows = Reports.someActivities(400, 31);
    JsonNode file = JSON.readTree(Reports.write(ReportFormat.JSON, Reports.aDescription(locale), rows, 3,
        Optional.empty()));
    assertThat(file.at("/metadata/locale").asText()).isEqualTo(locale.tag());
    assertThat(file.at("/metadata/row_count").asInt()).isEqualTo(400);
    List<String> labels = new ArrayList<>();
    file.get("columns").forEach(column -> labels.add(column.get("label").asText()));
    assertThat(labels).startsWith(ActivityColumn.ACTIVITY_ID.heading(locale)).hasSize(13);
    for (int i = 0; i < rows.size(); i++) {
      Activity row = rows.get(i);
      JsonNode read = file.get("rows").get(i);
      assertThat(read.get(0).asText()).isEqualTo(row.activityId());
      assertThat(read.get(1).asText()).isEqualTo(ActivityTypes.name(row.activityType(), locale));
      assertThat(read.get(2).asText()).isEqualTo(row.date().toString());
      assertThat(read.get(3).isInt()).isTrue();
      assertThat(read.get(3).asInt()).isEqualTo(row.participantCount());
      assertThat(read.get(5).asText()).isEqualTo(row.location());
      assertThat(read.get(6).asText()).isEqualTo(row.municipality());
      assertThat(read.get(9).asText()).isEqualTo(row.title());
      assertThat(read.get(10).asText()).isEqualTo(row.notes());
      assertThat(read.get(11).size()).isEqualTo(row.attachments().size());
      assertThat(read.get(12).isNull()).isEqualTo(Countability.of(row).counts());
    }
  }

  @Test
  void holdsTotalsAndFigures() throws IOException {
    FigureSnapshot snapshot = new FigureSnapshot("snap", "2025", List.of(
        new FigureSnapshot.Figure("antall_akuttplasseringer", Optional.of(BigDecimal.valueOf(8)),
            Optional.of(BigDecimal.valueOf(2)), "fagsystem-cis"),
        new FigureSnapshot.Figure("antall_arsverk", Optional.of(new BigDecimal("12.5")), Optional.empty(), "hr-system")));
    ReportDescription description = new ReportDescription("o", "Org", Reports.year(2025), List.of("course"),
        ReportLocale.EN, true, Suppression.LE3);
    JsonNode file = JSON.readTree(Reports.write(ReportFormat.JSON, description, Reports.someActivities(50, 1), 2,
        Optional.of(snapshot)));
    assertThat(file.at("/key_figures/activities/total/rows").asInt()).isEqualTo(50);
    assertThat(file.at("/key_figures/snapshot/sections")).hasSize(7);
    JsonNode emergency = file.at("/key_figures/snapshot/sections/3/figures/2");
    assertThat(emergency.get("field_key").asText()).isEqualTo("antall_akuttplasseringer");
    assertThat(emergency.get("value").asInt()).isEqualTo(8);
    assertThat(emergency.get("prior_value").asText()).isEqualTo(":");
    assertThat(emergency.get("change").asText()).isEqualTo(":");
    assertThat(file.at("/key_figures/snapshot/sections/6/figures/0/value").decimalValue()).isEqualByComparingTo("12.5");
  }

  @Test
  void controlCharactersAndLoneSurrogatesLeaveAValidDocument() throws IOException {
    Activity row = Reports.withTexts(Reports.anActivity("a", LocalDate.of(2025, 1, 1)), "\u0000\u001F\u007F \uD800 \"\\",
        "");
    JsonNode file = JSON.readTree(Reports.write(ReportFormat.JSON, Reports.aDescription(ReportLocale.NB), List.of(row), 1,
        Optional.empty()));
    assertThat(file.at("/rows/0/9").asText()).isEqualTo("\u0000\u001F\u007F \uFFFD \"\\");
  }

  @Test
  void emptySharesLeaveNoTrace() throws IOException {
    assertThat(JSON.readTree(Reports.write(ReportFormat.JSON, Reports.aDescription(ReportLocale.NB),
        Reports.someActivities(2, 1), 7, Optional.empty())).get("rows")).hasSize(2);
    assertThat(JSON.readTree(Reports.write(ReportFormat.JSON, Reports.aDescription(ReportLocale.NB), List.of(), 0,
        Optional.empty())).get("rows")).isEmpty();
  }
}
