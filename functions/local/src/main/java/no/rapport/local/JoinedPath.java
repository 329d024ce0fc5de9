package no.rapport.local;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The paths that the contracts print, base and path joined (`/api/v1/report-records/api/v1/report-records/…`): the
/// local stack answers them as the canonical ones. On AWS they are `308`, since a second route for every function would
/// double the template.
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
