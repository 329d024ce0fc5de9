package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.JsonataDialect.argument;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils.JList;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Replaces functions that the JSONata library computes wrongly with the behaviour of JSONata 2.0.6.
final class JsonataCorrections {

  /// Above this the library's whole numbers overflow.
  private static final double MAX_EXACT_INTEGER = 9_007_199_254_740_991d;

  private JsonataCorrections() {}

  static void bind(Jsonata.Frame frame) {
    bind(frame, "sort", "sort", "<af?:a>", arguments ->
        sort((List<?>) argument(arguments, 0), argument(arguments, 1)));
    bind(frame, "string", "string", "<x-b?:s>", arguments ->
        string(argument(arguments, 0), (Boolean) argument(arguments, 1)));
    bind(frame, "formatInteger", "formatInteger", "<n-s:s>", arguments ->
        formatInteger((Number) argument(arguments, 0), (String) argument(arguments, 1)));
    bind(frame, "fromMillis", "dateTimeFromMillis", "<n-s?s?:s>", arguments -> JsonataDialect.dateTime(
        (Number) argument(arguments, 0), (String) argument(arguments, 1), (String) argument(arguments, 2)));
    bind(frame, "replace", "replace", "<s-(sf)(sf)n?:s>", arguments -> {
      requireNoEmptyMatch(arguments);
      return Functions.replace((String) argument(arguments, 0), argument(arguments, 1), argument(arguments, 2),
          integer(argument(arguments, 3)));
    });
    bind(frame, "split", "split", "<s-(sf)n?:a<s>>", arguments -> {
      requireNoEmptyMatch(arguments);
      return Functions.split(
          (String) argument(arguments, 0), argument(arguments, 1), (Number) argument(arguments, 2));
    });
    bind(frame, "contains", "contains", "<s-(sf):b>", arguments -> {
      requireNoEmptyMatch(arguments);
      return Functions.contains((String) argument(arguments, 0), argument(arguments, 1));
    });
    bind(frame, "match", "match", "<s-f<s:o>n?:a<o>>", arguments -> {
      if (argument(arguments, 1) instanceof Pattern pattern) {
        requireNoEmptyMatch(arguments);
        return Functions.match((String) argument(arguments, 0), pattern, integer(argument(arguments, 2)));
      }
      throw new JException("This engine does not support functions as matchers, only regular expressions", -1);
    });
  }

  /// A library function that is computed here. It keeps the library's name and number of arguments, which partial
  /// application needs.
  private static final class Corrected extends Jsonata.JFunction {

    private final JsonataDialect.Body body;

    Corrected(String name, String method, String signature, JsonataDialect.Body body) {
      super(name, signature, Functions.class, null, method);
      this.body = body;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Object call(Object input, List arguments) {
      try {
        List<?> given = arguments;
        return body.of(new ArrayList<>(given));
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void bind(
      Jsonata.Frame frame, String name, String method, String signature, JsonataDialect.Body body) {
    frame.bind(name, new Corrected(name, method, signature, body));
  }

  private static Integer integer(Object number) {
    return number == null ? null : ((Number) number).intValue();
  }

  /// Sorts like JSONata's merge sort: equal elements keep their order.
  private static List<Object> sort(List<?> list, Object comparator) throws Throwable {
    if (list == null) {
      return null;
    }
    if (comparator == null) {
      List<?> sorted = Functions.sort(list, null);
      return new ArrayList<>(sorted);
    }
    return mergeSort(new ArrayList<>(list), comparator);
  }

  private static List<Object> mergeSort(List<Object> list, Object comparator) throws Throwable {
    if (list.size() <= 1) {
      return list;
    }
    var middle = list.size() / 2;
    var left = mergeSort(list.subList(0, middle), comparator);
    var right = mergeSort(list.subList(middle, list.size()), comparator);
    var merged = new ArrayList<Object>(list.size());
    var fromLeft = 0;
    var fromRight = 0;
    while (fromLeft < left.size() && fromRight < right.size()) {
      var swap = Functions.toBoolean(
          Functions.funcApply(comparator, List.of(left.get(fromLeft), right.get(fromRight))));
      merged.add(Boolean.TRUE.equals(swap) ? right.get(fromRight++) : left.get(fromLeft++));
    }
    merged.addAll(left.subList(fromLeft, left.size()));
    merged.addAll(right.subList(fromRight, right.size()));
    return merged;
  }

  private static String string(Object value, Boolean prettify) {
    var text = Functions.string(withPlainIntegers(value), prettify);
    return value instanceof String || text == null ? text : withoutNeedlessEscapes(text);
  }

  /// Removes escapes such as `\\u2028`, which the library writes for some non-ASCII characters and neither JSON nor
  /// JSONata needs.
  private static String withoutNeedlessEscapes(String json) {
    var plain = new StringBuilder(json.length());
    for (var i = 0; i < json.length(); i++) {
      var c = json.charAt(i);
      if (c == '\\' && json.charAt(i + 1) == 'u' && Integer.parseInt(json, i + 2, i + 6, 16) >= 0x80) {
        plain.append((char) Integer.parseInt(json, i + 2, i + 6, 16));
        i += 5;
      } else {
        plain.append(c);
        if (c == '\\') {
          plain.append(json.charAt(++i));
        }
      }
    }
    return plain.toString();
  }

  /// Replaces whole numbers beyond 64 bits, which the library writes as `1e+20`, by integers. JSON text writes them in
  /// full up to 10^21.
  private static Object withPlainIntegers(Object value) {
    return switch (value) {
      case Double number when number == Math.rint(number) && Math.abs(number) >= Long.MAX_VALUE
          && Math.abs(number) < 1e21 -> BigDecimal.valueOf(number).toBigInteger();
      case Map<?, ?> object -> {
        var copy = new LinkedHashMap<Object, Object>();
        object.forEach((key, member) -> copy.put(key, withPlainIntegers(member)));
        yield copy;
      }
      case JList<?> wrapper when wrapper.outerWrapper -> withPlainIntegers(wrapper.getFirst());
      case List<?> list -> {
        var copy = new ArrayList<Object>(list.size());
        list.forEach(element -> copy.add(withPlainIntegers(element)));
        yield copy;
      }
      case null, default -> value;
    };
  }

  private static String formatInteger(Number number, String picture) {
    if (number != null && Math.abs(number.doubleValue()) > MAX_EXACT_INTEGER) {
      throw new JException("This engine does not support $formatInteger beyond 2^53", -1);
    }
    return Functions.formatInteger(number, picture);
  }

  private static void requireNoEmptyMatch(List<Object> arguments) {
    if (argument(arguments, 0) instanceof String text && argument(arguments, 1) instanceof Pattern pattern
        && pattern.matcher(text).results().anyMatch(match -> match.start() == match.end())) {
      throw new JException("D1004", -1, pattern.pattern());
    }
  }
}
