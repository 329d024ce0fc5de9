package no.rapport.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the route of a request like API Gateway: segment by segment. A literal has precedence over `{name}`, which has
/// precedence over `{name+}`.
final class RouteTable {

  private final Map<String, List<Template.Route>> byPath = new LinkedHashMap<>();

  RouteTable(List<Template.Route> routes) {
    var seen = new HashSet<String>();
    for (var route : routes) {
      if (!seen.add(route.method() + ' ' + route.path().replaceAll("\\{[^}+]+}", "{}"))) {
        throw new UnsupportedInTemplate(route.method() + " " + route.path() + " is routed twice");
      }
      byPath.computeIfAbsent(route.path(), _ -> new ArrayList<>()).add(route);
    }
  }

  /// A route and the values of its path variables.
  record Match(Template.Route route, Map<String, String> pathParameters) {}

  /// @param path as sent, still percent-encoded
  Optional<Match> find(String method, String path) {
    // Only the best path counts. If it does not have the method, no other path is tried.
    return candidates(path).stream().limit(1)
        .flatMap(candidate -> byPath.get(candidate.path()).stream()
            .filter(route -> route.method().equals(method) || route.method().equals("ANY"))
            .sorted((a, b) -> Boolean.compare(a.method().equals("ANY"), b.method().equals("ANY")))
            .map(route -> new Match(route, candidate.parameters())))
        .findFirst();
  }

  /// Returns the methods of a path, for a CORS preflight.
  List<String> methods(String path) {
    return candidates(path).stream().findFirst().stream()
        .flatMap(candidate -> byPath.get(candidate.path()).stream())
        .map(Template.Route::method)
        .toList();
  }

  private record Candidate(String path, String rank, Map<String, String> parameters) {}

  private List<Candidate> candidates(String path) {
    var found = new ArrayList<Candidate>();
    for (var template : byPath.keySet()) {
      match(template, path).ifPresent(found::add);
    }
    found.sort((a, b) -> a.rank().compareTo(b.rank()));
    return found;
  }

  private static Optional<Candidate> match(String template, String path) {
    var wanted = template.split("/", -1);
    var given = path.split("/", -1);
    var rank = new StringBuilder();
    var parameters = new HashMap<String, String>();
    for (int i = 0; i < wanted.length; i++) {
      var segment = wanted[i];
      if (segment.startsWith("{") && segment.endsWith("+}")) {
        if (i >= given.length || given[i].isEmpty()) {
          return Optional.empty();
        }
        var rest = String.join("/", List.of(given).subList(i, given.length));
        parameters.put(segment.substring(1, segment.length() - 2), decoded(rest));
        return Optional.of(new Candidate(template, rank.append('2').toString(), parameters));
      }
      if (i >= given.length) {
        return Optional.empty();
      }
      if (segment.startsWith("{") && segment.endsWith("}")) {
        if (given[i].isEmpty()) {
          return Optional.empty();
        }
        parameters.put(segment.substring(1, segment.length() - 1), decoded(given[i]));
        rank.append('1');
      } else if (segment.equals(given[i])) {
        rank.append('0');
      } else {
        return Optional.empty();
      }
    }
    return wanted.length == given.length
        ? Optional.of(new Candidate(template, rank.toString(), parameters)) : Optional.empty();
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
