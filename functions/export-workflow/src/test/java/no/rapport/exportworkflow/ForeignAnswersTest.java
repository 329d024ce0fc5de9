package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What services outside may answer, however odd, is an answer without token or receipt, and nothing else.
class ForeignAnswersTest {

  private static final List<String> NO_OBJECTS = List.of("", " ", "null", "true", "7E12345678901", "[]", "[[7E99999999999]]",
      "\"text\"", "{", "{\"access_token\":", "<html>", "{}", "[".repeat(100_000), "\uFEFF{}", "\u0000");

  @Test
  void takesNoReceiptFromAnAnswerWithoutOne() {
    for (String body : NO_OBJECTS) {
      assertThat(BufdirConnector.receiptId(body)).as(body.substring(0, Math.min(20, body.length()))).isEmpty();
    }
    assertThat(BufdirConnector.receiptId("{\"receipt_id\":null}")).isEmpty();
    assertThat(BufdirConnector.receiptId("{\"receipt_id\":{\"id\":7E12345678901}}")).isEmpty();
    assertThat(BufdirConnector.receiptId("{\"more\":[7E12345678901,-1E-99999999999],\"receipt_id\":\"r-1\"}"))
        .isEqualTo("r-1");
  }

  @Test
  void takesNoTokenFromAnAnswerWithoutOne() {
    for (String body : NO_OBJECTS) {
      assertThat(MaskinportenTokens.granted(body)).as(body.substring(0, Math.min(20, body.length()))).isEmpty();
    }
    for (String lifetime : List.of("7E12345678901", "1E400", "\"soon\"", "[]", "99999999999999999999")) {
      assertThat(MaskinportenTokens.granted(token(lifetime))).as(lifetime).isEmpty();
    }
    assertThat(MaskinportenTokens.granted("{\"access_token\":\"line\\nbreak\",\"expires_in\":60}")).isEmpty();
  }

  @Test
  void usesATokenForADayAtMost() {
    assertThat(seconds("120")).isEqualTo(120);
    assertThat(seconds("1e18")).isEqualTo(86_400);
    assertThat(seconds("9223372036854775807")).isEqualTo(86_400);
    assertThat(seconds("-5")).isZero();
    assertThat(seconds("120,\"more\":7E12345678901")).isEqualTo(120);
  }

  private static long seconds(String lifetime) {
    return MaskinportenTokens.granted(token(lifetime)).orElseThrow().expiresIn();
  }

  private static String token(String lifetime) {
    return "{\"access_token\":\"t\",\"expires_in\":" + lifetime + "}";
  }
}
