package no.rapport.sourceimports;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The names of columns that no row has, for the report: at most fifty, and only what can be nothing but a name, so
/// that no value ends in a report because a header was forgotten.
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

  /// The name, or a word instead of it where it could be a value.
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
