package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CleanupTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void isDoneAtOnceAndAtTheEndAndSeldomBetween() {
    var cleanup = new Cleanup(List.of("exports/org-1042/exp-1/"), NOON.plus(Duration.ofMinutes(16)));
    for (int second = 0; second < 60; second++) {
      Instant first = NOON.plusSeconds(second);
      List<Integer> timely = IntStream.rangeClosed(0, 17)
          .filter(minute -> cleanup.isTimely(first.plus(Duration.ofMinutes(minute)))).boxed().toList();
      assertThat(timely).startsWith(0).contains(16, 17).hasSizeBetween(7, 8);
    }
  }

  @Test
  void isStillDoneBySweepsThatWereAwayAtTheEnd() {
    var cleanup = new Cleanup(List.of("exports/org-1042/exp-1/"), NOON);
    assertThat(cleanup.isTimely(NOON.plus(Duration.ofDays(3)))).isTrue();
  }
}
