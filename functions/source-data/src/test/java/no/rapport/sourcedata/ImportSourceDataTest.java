package no.rapport.sourcedata;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import no.rapport.reporting.Activity;
import org.junit.jupiter.api.Test;

class ImportSourceDataTest {

  private static final String HEADER = "activity_id;org_id;activity_type;date;participant_count;duration_minutes;"
      + "location;municipality;county;target_group;title;notes;attachments;updated_at\n";

  private final SourceData data = new SourceData();

  private static String row(String id, String date, String title, String updatedAt) {
    return "%s;org-042;group_session;%s;12;90;Biblioteket;0301;Oslo;Foreldre;%s;;;%s\n"
        .formatted(id, date, title, updatedAt);
  }

  @Test
  void importsEveryCellOfACsvFileAsItIs() {
    var report = data.importText(data.activitiesKey("a b+æ.csv"), "\uFEFF" + HEADER
        + "a-1;org-042;leisure_activity;2025-02-03;0;45;\"Kárášjohka; huset\";0301;Finnmark;Barn;=1+1;"
        + "\"Sa \"\"hei\"\"\r\nog +4722000000\";a.pdf|č đ ŋ.png;2025-02-04T10:11:12Z\n");

    assertThat(report.at("/counts").toString())
        .isEqualTo("{\"read\":1,\"imported\":1,\"unchanged\":0,\"withdrawn\":0,\"rejected\":0,\"masked\":0}");
    assertThat(data.read("2025-01-01", "2025-12-31")).containsExactly(new Activity(
        "a-1", "org-042", "leisure_activity", LocalDate.of(2025, 2, 3), 0, 45, "Kárášjohka; huset", "0301", "Finnmark",
        "Barn", "=1+1", "Sa \"hei\"\r\nog +4722000000", List.of("a.pdf", "č đ ŋ.png"),
        Instant.parse("2025-02-04T10:11:12Z")));
  }

  @Test
  void rejectsARowByLineColumnAndReasonAndImportsTheOthers() {
    var report = data.importText(data.activitiesKey("bad.csv"), HEADER
        + row("a-1", "2025-02-03", "One", "2025-02-04T10:11:12Z")
        + row("a-2", "2025-02-30", "Two", "2025-02-04T10:11:12Z")
        + row("a-3", "2025-02-03", "\"Three", "2025-02-04T10:11:12Z")
        + row("a-4", "2025-02-03", "Four", "2025-02-04T10:11:12Z"));

    assertThat(report.at("/rejected").toString()).isEqualTo("["
        + "{\"line\":3,\"column\":\"date\",\"reason\":\"must be a date such as 2025-01-31, from 1901 to 2199\"},"
        + "{\"line\":4,\"column\":null,\"reason\":\"a quote is never closed\"}]");
    assertThat(data.read("2025-01-01", "2025-12-31")).extracting(Activity::activityId).containsExactly("a-1", "a-4");
  }
}
