package no.rapport.reporting;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The differences of the 34 figures between two times.
///
/// @param figures all figures, in the order of the catalogue
public record FigureChanges(List<Changed> figures) {

  /// The figures at one time.
  ///
  /// @param values values by key; a figure that could not be computed has none
  public record Values(Comparability.Basis basis, Map<String, BigDecimal> values) {

    public Values {
      values = Map.copyOf(values);
    }

    private Optional<BigDecimal> value(String key) {
      return Optional.ofNullable(values.get(key));
    }
  }

  /// One figure at both times.
  public record Changed(String fieldKey, Optional<BigDecimal> then, Optional<BigDecimal> now,
      Comparability comparability) {

    /// Returns `now` minus `then`, or empty if one of them could not be computed.
    Optional<BigDecimal> change() {
      return now.flatMap(n -> then.map(n::subtract));
    }

    /// Returns whether the value differs, or could be computed at only one of the two times.
    public boolean isChanged() {
      return then.isPresent() != now.isPresent() || change().filter(change -> change.signum() != 0).isPresent();
    }
  }

  public FigureChanges {
    figures = List.copyOf(figures);
  }

  /// Compares the figures of two times.
  public static FigureChanges between(Values then, Values now) {
    List<String> ruleChanges = RuleSet.figuresChanged(then.basis().ruleVersion(), now.basis().ruleVersion());
    List<String> notComparable = Comparability.notComparable(then.basis(), now.basis());
    return new FigureChanges(FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key)
        .map(key -> new Changed(key, then.value(key), now.value(key),
            ruleChanges.contains(key) ? Comparability.RULE_CHANGE
                : notComparable.contains(key) ? Comparability.CODE_BREAK : Comparability.SAME))
        .toList());
  }

  /// Returns the values by key.
  public static <F> Map<String, BigDecimal> values(List<F> figures, Function<F, String> key,
      Function<F, Optional<BigDecimal>> value) {
    var values = new HashMap<String, BigDecimal>();
    figures.forEach(figure -> value.apply(figure).ifPresent(number -> values.put(key.apply(figure), number)));
    return values;
  }

  /// Returns a short digest of period and values. Equal input gives equal digests; different input gives different
  /// ones, except with negligible probability.
  public static String fingerprint(String periodId, Map<String, BigDecimal> values) {
    String text = new TreeMap<>(values).entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue().stripTrailingZeros().toPlainString())
        .collect(Collectors.joining("\n"));
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return periodId + "." + HexFormat.of().formatHex(hash, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /// Returns whether at least one figure changed.
  public boolean isStale() {
    return figures.stream().anyMatch(Changed::isChanged);
  }

  /// Adds each figure as `{field_key, then, now, change, comparability}`.
  public void addTo(ArrayNode json) {
    figures.forEach(figure -> {
      ObjectNode one = json.addObject().put("field_key", figure.fieldKey);
      putNumber(one, "then", figure.then);
      putNumber(one, "now", figure.now);
      putNumber(one, "change", figure.change());
      one.put("comparability", figure.comparability.word());
    });
  }

  /// Writes a number as JSON, a whole one without a fraction, or `null`.
  public static void putNumber(ObjectNode json, String name, Optional<BigDecimal> value) {
    value.ifPresentOrElse(number -> {
      if (number.scale() <= 0) {
        json.put(name, number.longValueExact());
      } else {
        json.put(name, number);
      }
    }, () -> json.putNull(name));
  }
}
