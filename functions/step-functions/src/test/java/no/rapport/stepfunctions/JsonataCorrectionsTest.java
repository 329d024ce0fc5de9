package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests that functions which the JSONata library computes wrongly are correct here, or fail by name.
class JsonataCorrectionsTest {

  private static String evaluate(String expression) throws EvaluationException {
    var text = "{% " + expression.replace('´', '"') + " %}";
    return JsonValues.write(Expression.compile(text, Set.of())
        .evaluate("Output", Map.of(), Instant.parse("2026-01-01T00:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "$sort([{´k´:1,´v´:1},{´k´:2,´v´:2},{´k´:1,´v´:3}], function($a, $b) { $a.k > $b.k }).v | [1,3,2]",
      "$sort([{´k´:1,´v´:1},{´k´:2,´v´:2},{´k´:1,´v´:3}], function($a, $b) { $a.k < $b.k }).v | [2,1,3]",
      "$sort([3,1,2]) | [1,2,3]",
      "[3,1,2] ~> $sort(function($a, $b) { $a < $b }) | [3,2,1]",
      "$sort([]) | []",
      "$string(1e20) | '100000000000000000000'",
      "$string({´a´: [-1e20, 1.5]}) | '{\\'a\\':[-100000000000000000000,1.5]}'",
      "$string([1, 2]) | '[1,2]'",
      "$string(1e21) | '1e+21'",
      "$replace(´abc´, /b/, ´x´) | 'axc'",
      "$replace(´aaa´, ´a´, ´b´, 2) | 'bba'",
      "$split(´a1b2c´, /[0-9]/) | ['a','b','c']",
      "$contains(´abc´, /b/) | true",
      "$match(´a1´, /[0-9]/).match | '1'",
      "$map([´a1´, ´2´], $match(?, /[0-9]/)).match | ['1','2']",
      "$formatInteger(12, ´w´) | 'twelve'",
      "$fromMillis(0) | '1970-01-01T00:00:00.000Z'",
      "$fromMillis(0, ´[Y]-[M01]-[D01] [W]´) | '1970-01-01 1'"})
  void computesLikeJsonata(String expression, String value) throws EvaluationException {
    assertThat(evaluate(expression)).isEqualTo(json(value));
  }

  @Test
  void writesNonAsciiCharactersUnescaped() throws EvaluationException {
    var text = "\u2028\u0085\u00e5\u20ac";
    var written = Expression.compile("{% $string([$x, '\\\\u2028']) %}", Set.of())
        .evaluate("Output", Map.of("x", text), Instant.EPOCH);
    assertThat(written).isEqualTo("[\"" + text + "\",\"\\\\u2028\"]");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "$replace(´abc´, /x*/, ´y´) | D1004",
      "$split(´abc´, /x*/) | D1004",
      "$match(´abc´, /x*/) | D1004",
      "$contains(´abc´, /x*/) | D1004",
      "$fromMillis(0, ´[X]-W[W]´) | components X, x and w",
      "$now(´[w] of [xNn]´) | components X, x and w",
      "$formatInteger(1e46, ´w´) | $formatInteger",
      "$eval(´1´) | T1006"})
  void failsByNameIfNotCorrected(String expression, String named) {
    assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> evaluate(expression))
        .withMessageContaining(named);
  }
}
