package no.rapport.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConflictsTest {

  private final List<Long> pauses = new ArrayList<>();
  private final AtomicInteger tries = new AtomicInteger();

  @Test
  void returnsFirstResultWithoutPause() {
    assertThat(Conflicts.retryOnConflict(() -> Optional.of("done"), pauses::add)).isEqualTo("done");
    assertThat(pauses).isEmpty();
  }

  @Test
  void retriesWithBoundedPausesUntilCommitSucceeds() {
    String result = Conflicts.retryOnConflict(
        () -> tries.incrementAndGet() < 15 ? Optional.empty() : Optional.of("done"), pauses::add);
    assertThat(result).isEqualTo("done");
    assertThat(pauses).hasSize(14).allMatch(millis -> millis >= 0 && millis <= 400);
    assertThat(pauses.getFirst()).isLessThanOrEqualTo(20);
  }

  @Test
  void failsAfterTwentyConflicts() {
    assertThatThrownBy(() -> Conflicts.retryOnConflict(() -> {
      tries.incrementAndGet();
      return Optional.empty();
    }, pauses::add)).isInstanceOf(Conflicts.TooMany.class);
    assertThat(tries).hasValue(20);
  }
}
