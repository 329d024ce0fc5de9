package no.rapport.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KeyTextTest {

  private final SecureRandom random = new SecureRandom();

  @Test
  void hasPrefixForScannersAndAtLeast128SecretBits() {
    String text = KeyText.generate(random).reveal();
    assertThat(text).matches("rpt_live_[0-9a-hjkmnp-tv-z]{49}");
    assertThat(32 * 5).isGreaterThanOrEqualTo(128);
  }

  /// The firewall rule FormOfKey blocks keys of any other form before the authorizer runs.
  @Test
  void hasFormThatFirewallAccepts() throws IOException {
    var template = Files.readString(Path.of(System.getProperty("rapport.home"), "template.yaml"));
    var form = Pattern.compile("RegexString: \"(\\^rpt_live_.+\\$)\"").matcher(template);

    assertThat(form.find()).isTrue();
    for (int i = 0; i < 100; i++) {
      assertThat(KeyText.generate(random).reveal()).containsPattern(form.group(1));
    }
  }

  @Test
  void parsesGeneratedKey() {
    KeyText generated = KeyText.generate(random);
    assertThat(KeyText.parse(generated.reveal())).get().satisfies(read -> {
      assertThat(read.id()).isEqualTo(generated.id()).matches("key_[0-9a-z]{10}");
      assertThat(read.sha256()).isEqualTo(generated.sha256()).hasSize(64);
    });
  }

  @Test
  void detectsEverySingleTypoAndSwapOfNeighbours() {
    String text = KeyText.generate(random).reveal();
    for (int i = "rpt_live_".length(); i < text.length(); i++) {
      for (char c : "0123456789abcdefghjkmnpqrstvwxyz".toCharArray()) {
        if (c != text.charAt(i)) {
          assertThat(KeyText.parse(text.substring(0, i) + c + text.substring(i + 1))).isEmpty();
        }
      }
      if (i + 1 < text.length() && text.charAt(i) != text.charAt(i + 1)) {
        assertThat(KeyText.parse(text.substring(0, i) + text.charAt(i + 1) + text.charAt(i) + text.substring(i + 2)))
            .isEmpty();
      }
    }
    assertThat(KeyText.parse(text + "0")).isEmpty();
    assertThat(KeyText.parse(text.toUpperCase(java.util.Locale.ROOT))).isEmpty();
    assertThat(KeyText.parse("")).isEmpty();
    assertThat(KeyText.parse(null)).isEmpty();
  }

  @Test
  void generatesUniqueKeysAndHidesSecretInToString() {
    var seen = new HashSet<String>();
    for (int i = 0; i < 10_000; i++) {
      KeyText key = KeyText.generate(random);
      assertThat(seen.add(key.reveal())).isTrue();
      assertThat(key.toString()).doesNotContain(key.reveal().substring(20));
    }
  }
}
