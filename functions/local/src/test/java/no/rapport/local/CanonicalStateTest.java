package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanonicalStateTest {

  private static final Instant NOW = Instant.parse("2025-03-01T08:00:00Z");
  private static final String ONE = "exp-20250301-0123456789";
  private static final String OTHER = "exp-20250301-abcdefghij";

  @Test
  void ignoresRandomNamesAndOrder() {
    assertThat(state(NOW, "job " + ONE + " failed", "job " + OTHER + " completed", "file of " + ONE))
        .isEqualTo(state(NOW, "file of " + OTHER, "job " + ONE + " completed", "job " + OTHER + " failed"));
  }

  @Test
  void ignoresRandomNumbers() {
    assertThat(state(NOW, "template 4503599627370495", "file of 4503599627370495 by 7"))
        .isEqualTo(state(NOW, "template 9007199254740991", "file of 9007199254740991 by 7"))
        .isNotEqualTo(state(NOW, "template 4503599627370495", "file of 4503599627370495 by 8"));
  }

  @Test
  void differsIfANameRefersToAnotherResource() {
    assertThat(state(NOW, "job " + ONE + " failed", "job " + OTHER + " completed", "file of " + ONE))
        .isNotEqualTo(state(NOW, "job " + ONE + " failed", "job " + OTHER + " completed", "file of " + OTHER));
  }

  @Test
  void comparesInstantsByTheirDistanceBetweenLimits() {
    assertThat(state(NOW, "created 2025-03-01T07:58:50.5Z, gone at 1740902400"))
        .isEqualTo(state(NOW.plusSeconds(15), "created 2025-03-01T07:59:00Z, gone at 1740902415"))
        .isNotEqualTo(state(NOW.plusSeconds(90), "created 2025-03-01T07:58:50.5Z, gone at 1740902400"));
  }

  @Test
  void differsInAnythingElse() {
    assertThat(state(NOW, "attempt 1")).isNotEqualTo(state(NOW, "attempt 2"));
    assertThat(state(NOW, "attempt 1")).isNotEqualTo(state(NOW, "attempt 1", "attempt 1"));
  }

  private static String state(Instant now, String... texts) {
    return CanonicalState.of(now, List.of(texts));
  }
}
