package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.ActivityRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Imports 100,000 rows, reads them back and compares every cell. Takes one or two minutes, most of it in DynamoDB
/// Local.
@Tag("soak")
class LargeImportTest {

  private static final int ROWS = 100_000;
  private static final Period YEAR = new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31));
  private static final String[] HAZARDS = {
    "=1+1", "0301", "+4722000000", "3/4", "č đ ŋ", "\"sitat\"", "to\nlinjer", "a;b,c", "", "-1", "@x", "' "};

  private final SourceData data = new SourceData();

  private static String title(int i) {
    return HAZARDS[i % HAZARDS.length] + i;
  }

  @Test
  void importsHundredThousandHazardousRowsUnchanged() {
    var csv = new StringBuilder("activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;"
        + "municipality;county;target_group;title;notes;attachments;updated_at\n");
    for (int i = 0; i < ROWS; i++) {
      csv.append("a-%06d;org-042;course;%s;%d;45;Sted;0301;Oslo;;\"%s\";;;2025-12-31T00:00:00Z\n".formatted(
          i, YEAR.from().plusDays(i % 365), i, title(i).replace("\"", "\"\"")));
    }
    String key = data.activitiesKey("large.csv");
    data.put(key, csv.toString().getBytes(StandardCharsets.UTF_8));

    data.deliver(key, SourceData.NOON, () -> 900_000);

    assertThat(data.report(key).at("/counts/imported").asInt()).isEqualTo(ROWS);
    var seen = new AtomicLong();
    data.activities.read(SourceData.ORG, YEAR, Set.of(), activity -> {
      int i = activity.participantCount();
      assertThat(activity.title()).isEqualTo(title(i));
      assertThat(activity.date()).isEqualTo(YEAR.from().plusDays(i % 365));
      seen.incrementAndGet();
    });
    assertThat(seen.get()).isEqualTo(ROWS);
    assertThat(data.activities.plan(SourceData.ORG, YEAR, Set.of(), 25_000))
        .hasSizeGreaterThan(2)
        .satisfies(plan -> assertThat(plan.stream().mapToLong(ActivityRange::rows).sum()).isEqualTo(ROWS));
  }
}
