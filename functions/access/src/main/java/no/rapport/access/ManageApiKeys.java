package no.rapport.access;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import no.rapport.api.Log;
import no.rapport.api.Metrics;
import no.rapport.api.Role;

/// Issues, lists and revokes keys. Operators invoke it; no route leads to it. A schedule counts the keys that expire
/// soon.
///
/// | action | members | answer |
/// |---|---|---|
/// | `issue` | `client`, `label`, `role`, `organizations` (list of ids, or `"*"`), `valid_days` (1 to 400, default 365) | the key's members and, only in this answer, `key` |
/// | `list` | optional: `client`, `ending_within_days` (only live keys that expire within so many days) | `keys`: members of each, without keys or hashes |
/// | `revoke` | `id` | the key's members |
/// | `count_ending` | | `ending`: the number of live keys that expire within 30 days; also the metric `Ending` |
///
/// An order that cannot be carried out is answered with `error`, a sentence.
public final class ManageApiKeys implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// Time before a key's expiry from which the alarm counts it.
  private static final Duration ENDING = Duration.ofDays(30);

  private final ApiKeys keys;
  private final InstantSource clock;

  public ManageApiKeys() {
    this(ApiKeys.fromEnvironment(), InstantSource.system());
  }

  ManageApiKeys(ApiKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> order, Context context) {
    try {
      return switch (text(order, "action")) {
        case "issue" -> issue(order);
        case "list" -> list(order);
        case "revoke" -> revoke(order);
        case "count_ending" -> countEnding();
        default -> throw new IllegalArgumentException("action must be issue, list, revoke or count_ending");
      };
    } catch (IllegalArgumentException e) {
      return Map.of("error", e.getMessage());
    }
  }

  private Map<String, Object> issue(Map<String, Object> order) {
    Instant now = clock.instant();
    var wanted = new KeyOrder(text(order, "client"), text(order, "label"),
        Role.ofWord(text(order, "role"))
            .orElseThrow(() -> new IllegalArgumentException("role must be org, worker or admin")),
        organizations(order.get("organizations")), Duration.ofDays(days(order.get("valid_days"))));
    return switch (keys.issue(wanted, now)) {
      case ApiKeys.Issued(ApiKey key, String text) -> {
        Log.info("key_issued", Map.of("id", key.id(), "client", key.client(), "role", key.role().word()));
        var shown = shown(key, now);
        shown.put("key", text);
        yield shown;
      }
      case ApiKeys.TwoKeysLive(List<ApiKey> live) -> Map.of("error", "Client " + wanted.client() + " has two live keys ("
          + String.join(", ", live.stream().map(ApiKey::id).toList()) + "); revoke one first");
    };
  }

  private Map<String, Object> list(Map<String, Object> order) {
    Instant now = clock.instant();
    Predicate<ApiKey> isWanted = order.containsKey("ending_within_days")
        ? isEnding(now, Duration.ofDays(days(order.get("ending_within_days")))) : _ -> true;
    return Map.of("keys", keys.list().stream()
        .filter(key -> !order.containsKey("client") || key.client().equals(order.get("client")))
        .filter(isWanted)
        .map(key -> shown(key, now)).toList());
  }

  private Map<String, Object> countEnding() {
    long ending = keys.list().stream().filter(isEnding(clock.instant(), ENDING)).count();
    Metrics.put("api-keys", Map.of("Ending", ending));
    return Map.of("ending", ending);
  }

  private static Predicate<ApiKey> isEnding(Instant now, Duration within) {
    return key -> key.isLive(now) && key.expires().isBefore(now.plus(within));
  }

  private Map<String, Object> revoke(Map<String, Object> order) {
    Instant now = clock.instant();
    String id = text(order, "id");
    return keys.revoke(id, now).map(key -> {
      Log.info("key_revoked", Map.of("id", key.id(), "client", key.client()));
      return shown(key, now);
    }).orElseThrow(() -> new IllegalArgumentException("There is no key " + id + "; action list shows the ids"));
  }

  private static Map<String, Object> shown(ApiKey key, Instant now) {
    var shown = new LinkedHashMap<String, Object>();
    shown.put("id", key.id());
    shown.put("client", key.client());
    shown.put("label", key.label());
    shown.put("role", key.role().word());
    shown.put("organizations", key.organizations().<Object>map(set -> List.copyOf(new TreeSet<>(set))).orElse("*"));
    shown.put("state", key.state(now));
    shown.put("created_at", key.created().toString());
    shown.put("expires_at", key.expires().toString());
    key.revoked().ifPresent(revoked -> shown.put("revoked_at", revoked.toString()));
    return shown;
  }

  private static String text(Map<String, Object> order, String name) {
    if (order != null && order.get(name) instanceof String text && !text.isBlank()) {
      return text;
    }
    throw new IllegalArgumentException(name + " is required");
  }

  private static Optional<Set<String>> organizations(Object value) {
    return switch (value) {
      case String all when all.equals("*") -> Optional.empty();
      case String some -> Optional.of(new TreeSet<>(Arrays.asList(some.split(","))));
      case List<?> ids when ids.stream().allMatch(String.class::isInstance) ->
          Optional.of(new TreeSet<>(ids.stream().map(String.class::cast).toList()));
      case null, default -> throw new IllegalArgumentException("organizations must be \"*\" or a list of ids");
    };
  }

  private static long days(Object value) {
    return switch (value) {
      case null -> 365;
      case Integer days -> days;
      case Long days -> days;
      case Double days when days == Math.rint(days) -> days.longValue();
      default -> throw new IllegalArgumentException("valid_days must be a whole number");
    };
  }
}
