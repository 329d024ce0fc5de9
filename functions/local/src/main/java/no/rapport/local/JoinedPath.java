package no.rapport.local;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Maps the paths that the contracts print, with the base path twice
/// (`/api/v1/report-records/api/v1/report-records/…`), to the canonical paths. On AWS such a path is answered with 308,
/// because a second route for every function would double the template.
final class JoinedPath {

  private static final Pattern JOINED = Pattern.compile(
      "/api/v1/(report-records|report-reexports|bufdir-exports|aggregated-report-data)(?<canonical>/api/v1/\\1(/.*)?)",
      Pattern.DOTALL);

  private JoinedPath() {}

  static String canonical(String path) {
    Matcher joined = JOINED.matcher(path);
    return joined.matches() ? joined.group("canonical") : path;
  }
}
