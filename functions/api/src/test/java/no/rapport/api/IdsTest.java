package no.rapport.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdsTest {

  private static final Instant NOW = Instant.parse("2026-03-04T23:30:00.123Z");

  /// The ids of sealed reports are derived from their job, so a later release must derive the same ids.
  @Test
  void derivesSameIdsInSameOrderFromSameSeed() {
    var ids = Ids.derived("20260304-0123456789/1");
    assertThat(List.of(ids.ulid(NOW), ids.ulid(NOW), ids.dated(NOW), Long.toString(ids.integer())))
        .containsExactly("01KJXJZN9VB82MK6VVH43B9TQ7", "01KJXJZN9VHHSEW8TN2Q2A8N28",
            "20260304-47axp3zhzt", "104500201");
  }

  @Test
  void derivesDifferentIdsFromDifferentSeeds() {
    assertThat(Stream.generate(() -> Ids.random().ulid(NOW)).limit(1_000)).doesNotHaveDuplicates();
    assertThat(Ids.derived("a").ulid(NOW)).isNotEqualTo(Ids.derived("b").ulid(NOW));
  }

  @Test
  void sortsUlidsByTimeToTheMillisecond() {
    List<String> ids = Stream.iterate(Instant.EPOCH, time -> time.isBefore(NOW), time -> time.plusMillis(777_777_777_777L))
        .flatMap(time -> Stream.of(time, time.plusMillis(1))).map(Ids.random()::ulid).toList();
    assertThat(ids).hasSizeGreaterThan(4).isSorted().allMatch(id -> id.matches("[0-7][0-9A-HJKMNP-TV-Z]{25}"));
    assertThat(Ids.random().ulid(Instant.ofEpochMilli(1_469_918_176_385L))).as("the example of the specification")
        .startsWith("01ARYZ6S41");
  }

  @Test
  void writesDatedIdsInTheFormOfTheContract() {
    var ids = Ids.random();
    assertThat(Stream.generate(() -> ids.dated(NOW)).limit(500)).doesNotHaveDuplicates()
        .allMatch(id -> id.matches("20260304-[0-9a-hjkmnp-tv-z]{10}"));
  }

  @Test
  void returnsIntegersThatClientsHoldIn32Bits() {
    var ids = Ids.random();
    assertThat(LongStream.generate(ids::integer).limit(10_000).distinct().boxed()).hasSizeGreaterThan(9_990)
        .allMatch(id -> id > 0 && id < 1L << 31).anyMatch(id -> id > 1L << 30);
  }
}
