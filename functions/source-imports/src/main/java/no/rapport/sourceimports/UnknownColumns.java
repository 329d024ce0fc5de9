package no.rapport.sourceimports;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The names of unknown columns for the report: at most fifty. A name that could be a value is not shown, because in a
/// file without a header the first row may be read as one.
final class UnknownColumns {

  static final int MAX_NAMES = 50;
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z_]{0,39}");
  private static final String UNPRINTABLE = "(not shown)";

  private final Set<String> names = new TreeSet<>();

  void add(String name) {
    if (names.size() < MAX_NAMES) {
      names.add(shown(name));
    }
  }

  /// Returns the name, or a placeholder if it could be a value.
  static String shown(String name) {
    return name.isEmpty() || NAME.matcher(name).matches() ? name : UNPRINTABLE;
  }

  void addAll(Collection<String> more) {
    more.forEach(this::add);
  }

  Set<String> names() {
    return names;
  }
}
