package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import no.rapport.local.WebAcl.Blocked;
import no.rapport.local.WebAcl.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests how the template's WAF rules limit a single caller.
class CallerLimitTest {

  private static final int MAX_REQUESTS_PER_KEY = 1200;
  private static final int MAX_REQUESTS_PER_ADDRESS = 3000;
  private static final String LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

  private final WebAcl acl = new WebAcl(TemplateReader.properties(Options.home().resolve("template.yaml"),
      Map.of("RequestsPerMinute", MAX_REQUESTS_PER_KEY, "RequestsPerMinuteAndAddress", MAX_REQUESTS_PER_ADDRESS),
      "AWS::WAFv2::WebACL")
      .get("CallerLimit"));
  private final Random random = new Random(7);

  @Test
  void limitsAHostThatInventsAKeyForEachRequest() {
    for (int i = 0; i < MAX_REQUESTS_PER_ADDRESS; i++) {
      assertThat(acl.refusal(withKey("192.0.2.1", key()))).isEmpty();
    }

    assertThat(acl.refusal(withKey("192.0.2.1", key()))).hasValue(new Blocked("EachAddress", Optional.of(429)));
    assertThat(acl.refusal(withKey("192.0.2.2", key()))).as("another host").isEmpty();
  }

  @Test
  void limitsAHostWithoutKey() {
    for (int i = 0; i < MAX_REQUESTS_PER_ADDRESS; i++) {
      assertThat(acl.refusal(new Request("192.0.2.1", Map.of()))).isEmpty();
    }

    assertThat(acl.refusal(new Request("192.0.2.1", Map.of()))).hasValue(new Blocked("EachAddress", Optional.of(429)));
  }

  @Test
  void limitsAHostThatSendsMalformedKeys() {
    for (int i = 0; i < MAX_REQUESTS_PER_ADDRESS; i++) {
      assertThat(acl.refusal(withKey("192.0.2.1", "guess-" + i))).hasValue(new Blocked("FormOfKey", Optional.empty()));
    }

    assertThat(acl.refusal(withKey("192.0.2.1", "guess"))).hasValue(new Blocked("EachAddress", Optional.of(429)));
  }

  @Test
  void limitsAKeyThatManyHostsUse() {
    var key = key();
    for (int i = 0; i < MAX_REQUESTS_PER_KEY; i++) {
      assertThat(acl.refusal(withKey("198.51.100." + i % 200, key))).isEmpty();
    }

    assertThat(acl.refusal(withKey("203.0.113.1", key))).hasValue(new Blocked("EachKey", Optional.of(429)));
    assertThat(acl.refusal(withKey("203.0.113.1", key()))).as("another key").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", " ", "rpt_live_", "rpt_live_0123456789", "rpt_test_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefg",
      "rpt_live_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefg0", "RPT_LIVE_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefg",
      " rpt_live_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefg", "rpt_live_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefi"})
  void refusesMalformedKeys(String value) {
    assertThat(acl.refusal(withKey("192.0.2.1", value))).hasValue(new Blocked("FormOfKey", Optional.empty()));
  }

  @Test
  void passesAnEmptyKeyHeaderToTheApiWhichRefusesIt() {
    assertThat(acl.refusal(withKey("192.0.2.1", ""))).isEmpty();
  }

  @Test
  void answersAMalformedKeyLikeAnUnknownOne() {
    var answers = TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET)
        .gatewayResponses();

    assertThat(answers.get("WAF_FILTERED")).isEqualTo(answers.get("UNAUTHORIZED"));
    assertThat(answers.get("WAF_FILTERED").status()).hasValue(401);
  }

  /// Between two evaluations of WAF nothing else limits a host.
  @Test
  void limitsOneAddressToAQuarterOfTheStagesRate() {
    var api = TemplateReader.properties(Options.home().resolve("template.yaml"), Map.of(), "AWS::Serverless::Api")
        .get("Api");
    var stage = (Map<?, ?>) ((java.util.List<?>) api.get("MethodSettings")).getFirst();

    assertThat(MAX_REQUESTS_PER_ADDRESS).isLessThanOrEqualTo(
        Integer.parseInt(String.valueOf(stage.get("ThrottlingRateLimit"))) * 60 / 4);
    assertThat(TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET)
        .parameters().get("RequestsPerMinuteAndAddress")).isEqualTo(String.valueOf(MAX_REQUESTS_PER_ADDRESS));
  }

  private static Request withKey(String address, String key) {
    return new Request(address, Map.of("x-api-key", key));
  }

  private String key() {
    var key = new StringBuilder("rpt_live_");
    for (int i = 0; i < 49; i++) {
      key.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return key.toString();
  }
}
