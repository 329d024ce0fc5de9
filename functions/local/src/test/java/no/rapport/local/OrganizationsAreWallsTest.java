package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import no.rapport.api.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every route of the template, with keys of one organisation against the things of another: what is foreign and what
/// is nonsense get the same bytes, and nothing foreign changes.
class OrganizationsAreWallsTest {

  private static final String MINE = "org-wall-mine";
  private static final String FOREIGN = "org-wall-foreign";
  private static final String NOBODY = "org-wall-nobody0";
  private static final String PERIOD = "\"period_from\": \"2025-01-01\", \"period_to\": \"2025-12-31\"";
  private static final LocalRapport RAPPORT = LocalRapport.shared();
  private static final List<String> NONSENSE = List.of("1", "86446", "9007199254740991", "rpt_01HX9K2M3N4P5Q6R7S8T9U0V",
      "exp-20260301-abc123", "snap-001", "reexp_01KA2L5P6Q7R8S9T0U1V2W3X", "-", "a".repeat(64), "a".repeat(65), "%20",
      "..%2Fx", "%C3%A5", "null", "0", "-1", "1%00");

  private static final List<Map<String, String>> HEADERS = List.of(Map.of(), Map.of("If-Match", "\"1\""),
      Map.of("If-Match", "*"), Map.of("Idempotency-Key", "one"));

  private static Gateway gateway;
  private static Client owner;
  /// Path of each foreign thing, by the path of its route.
  private static final Map<String, List<String>> FOREIGN_PATHS = new LinkedHashMap<>();
  private static final List<String> FOREIGN_THINGS = new ArrayList<>();

  @BeforeAll
  static void makeForeignThings() {
    gateway = RAPPORT.anotherGateway(Gateway.PublicContracts.KEY);
    owner = clientOf(Role.ADMIN, FOREIGN);
    String record = made(owner.post("/api/v1/report-records", "{\"org_id\": \"" + FOREIGN + "\", \"report_type\": "
        + "\"annual_summary\", " + PERIOD + ", \"status\": \"completed\", \"file_ref\": \"reports/" + FOREIGN
        + "/2025/a.xlsx\", \"generated_by\": \"user_1\"}"), "/report_id");
    String reexport = made(owner.post("/api/v1/report-reexports", "{\"report_id\": \"" + record + "\"}"),
        "/reexport_id");
    String export = made(owner.post("/api/v1/bufdir-exports", "{\"org_id\": \"" + FOREIGN + "\", \"format\": \"csv\", "
        + PERIOD + "}"), "/export_id");
    String snapshot = made(owner.post("/api/v1/aggregated-report-data", "{\"organization_id\": \"" + FOREIGN
        + "\", \"period_id\": \"2024\"}"), "/snapshot_id");
    String template = made(owner.post("/api/v1/exports", "{\"org_id\": \"" + FOREIGN + "\", \"name\": \"x\", "
        + "\"format\": \"csv\", " + PERIOD + "}"), "/exports/id");
    String file = made(owner.post("/api/v1/exports/" + template + "/export_files", null), "/export_files/id");
    String imported = made(owner.post("/api/v1/imports", "{\"org_id\": \"" + FOREIGN + "\", \"kind\": \"cases\", "
        + "\"file_name\": \"x.csv\", \"size_bytes\": 1}"), "/import_id");
    for (var route : OpenApi.description().operations()) {
      String path = route.path().replace("{report_id}", record).replace("{reexport_id}", reexport)
          .replace("{export_id}", route.path().startsWith("/api/v1/exports") ? template : export)
          .replace("{id}", snapshot).replace("{export_file_id}", file).replace("{import_id}", imported)
          .replace("{field_key}", "andel_barn_i_fosterhjem");
      if (!path.equals(route.path())) {
        FOREIGN_PATHS.computeIfAbsent(route.path(), _ -> new ArrayList<>()).add(path);
      }
    }
    String mine = made(clientOf(Role.ORG, MINE).post("/api/v1/exports", "{\"org_id\": \"" + MINE + "\", \"name\": \"x\", "
        + "\"format\": \"csv\", " + PERIOD + "}"), "/exports/id");
    FOREIGN_PATHS.get("/api/v1/exports/{export_id}/export_files/{export_file_id}")
        .add("/api/v1/exports/" + mine + "/export_files/" + file);
    FOREIGN_THINGS.addAll(List.of("/api/v1/report-records/" + record, "/api/v1/report-reexports/" + reexport,
        "/api/v1/bufdir-exports/" + export, "/api/v1/aggregated-report-data/" + snapshot, "/api/v1/exports/" + template,
        "/api/v1/exports/" + template + "/export_files/" + file));
    FOREIGN_THINGS.forEach(thing -> Eventually.holds(thing + " to end", () ->
        owner.get(thing).header("Retry-After") == null));
    FOREIGN_THINGS.add("/api/v1/imports/" + imported);
  }

  @AfterAll
  static void close() {
    gateway.close();
  }

  private static Client clientOf(Role role, String organization) {
    return new Client(RAPPORT, gateway.baseUrl(),
        Map.of("x-api-key", Keys.issue(RAPPORT, role, Optional.of(organization))));
  }

  private static String made(Client.Answer answer, String pointer) {
    assertThat(answer.status()).as(String.valueOf(answer.body())).isBetween(200, 202);
    return answer.body().at(pointer).asText();
  }

  /// All that a caller can see of an answer, but for what differs between any two answers.
  private static String seen(Client.Answer answer) {
    var headers = new HashMap<>(answer.headers());
    headers.keySet().removeIf(name ->
        Set.of("x-request-id", "x-amzn-requestid", "date").contains(name.toLowerCase(Locale.ROOT)));
    JsonNode body = answer.body();
    if (body instanceof ObjectNode object) {
      object.remove("request_id");
    }
    return answer.status() + " " + new java.util.TreeMap<>(headers) + " " + body;
  }

  private static List<Client> strangers() {
    return List.of(clientOf(Role.ORG, MINE), clientOf(Role.WORKER, MINE), clientOf(Role.ADMIN, MINE));
  }

  private static String bodyFor(OpenApi.Operation operation) {
    return switch (operation.id()) {
      case "UpdateReportRecord" -> "{\"status\": \"failed\"}";
      case "UpdateReportReexport" -> "{\"notified\": true}";
      case "CancelBufdirExport" -> "{\"reason\": \"Not mine\"}";
      case "UpdateAggregatedReportData" -> "{\"invalidate_cache\": true, \"reason\": \"Not mine\"}";
      default -> null;
    };
  }

  /// All ids without headers; with one, three of them, others in each build.
  private static List<String> nonsense(Map<String, String> headers) {
    if (headers.isEmpty()) {
      return NONSENSE;
    }
    var drawn = new ArrayList<>(NONSENSE);
    Collections.shuffle(drawn);
    return drawn.subList(0, 3);
  }

  /// The query parameters that the operation requires.
  private static String queryFor(OpenApi.Operation operation) {
    return operation.id().equals("GetAggregatedReportDataChanges") ? "?against=snap-001" : "";
  }

  @Test
  void givesForeignThingsTheBytesOfNonsenseThroughEveryRouteAndRole() {
    List<String> before = FOREIGN_THINGS.stream().map(thing -> owner.get(thing).header("ETag")).toList();
    var tried = new TreeSet<String>();
    for (Client stranger : strangers()) {
      for (var operation : OpenApi.description().operations()) {
        if (!operation.path().contains("{")) {
          continue;
        }
        for (var headers : HEADERS) {
          var paths = new ArrayList<>(FOREIGN_PATHS.get(operation.path()));
          nonsense(headers).forEach(id -> paths.add(
              operation.path().replaceAll("\\{[^}]+}", java.util.regex.Matcher.quoteReplacement(id))));
          var answers = new LinkedHashMap<String, String>();
          for (String path : paths) {
            answers.put(path, seen(stranger.send(operation.method(), path + queryFor(operation), bodyFor(operation), headers)));
          }
          assertThat(answers.values().stream().distinct()).as(operation.id() + headers + answers).hasSize(1);
          assertThat(answers.values().iterator().next()).as(operation.id()).matches("40[34] .*");
        }
        tried.add(operation.id());
      }
    }
    assertThat(tried).hasSize((int) OpenApi.description().operations().stream()
        .filter(operation -> operation.path().contains("{")).count());
    assertThat(FOREIGN_THINGS.stream().map(thing -> owner.get(thing).header("ETag")).toList()).isEqualTo(before);
  }

  @Test
  void listsNothingForeignAndCountsNothingForeign() {
    for (Client stranger : strangers()) {
      for (var operation : OpenApi.description().operations()) {
        if (!operation.method().equals("GET") || operation.path().contains("{")
            || operation.path().endsWith("/watch")) {
          continue;
        }
        if (operation.path().endsWith("/audit-events")) {
          String events = operation.path() + "?org_id=";
          assertThat(seen(stranger.get(events + FOREIGN))).startsWith("404 ")
              .isEqualTo(seen(stranger.get(events + NOBODY)));
          continue;
        }
        String name = operation.path().contains("aggregated") ? "organization_id" : "org_id";
        var foreign = stranger.get(operation.path() + "?" + name + "=" + FOREIGN);
        assertThat(foreign.status()).isEqualTo(200);
        assertThat(foreign.body().at("/pagination/total").asInt()).isZero();
        assertThat(seen(foreign)).isEqualTo(seen(stranger.get(operation.path() + "?" + name + "=" + NOBODY)));
        assertThat(stranger.get(operation.path()).body().toString()).doesNotContain(FOREIGN);
        String cursor = owner.get(operation.path() + "?limit=1&cursor=").body().at("/pagination/next_cursor").asText("");
        assertThat(String.valueOf(stranger.get(operation.path() + "?cursor=" + cursor).body())).doesNotContain(FOREIGN);
        assertThat(owner.get(operation.path()).body().at("/pagination/total").asInt()).isPositive();
      }
    }
  }

  @Test
  void findsNothingByTheIdsOfForeignThings() {
    String record = FOREIGN_THINGS.getFirst().substring("/api/v1/report-records/".length());
    String export = FOREIGN_THINGS.get(2).substring("/api/v1/bufdir-exports/".length());
    for (Client stranger : strangers()) {
      for (String filter : List.of("/api/v1/report-reexports?report_id=" + record,
          "/api/v1/report-records?export_id=" + export)) {
        assertThat(owner.get(filter).body().at("/pagination/total").asInt()).as(filter).isPositive();
        assertThat(seen(stranger.get(filter))).isEqualTo(seen(stranger.get(filter + "0"))).startsWith("200 ");
      }
    }
  }

  @Test
  void makesNothingForAnotherOrganisation() {
    var bodies = Map.of(
        "/api/v1/report-records", "{\"org_id\": \"%s\", \"report_type\": \"annual_summary\", " + PERIOD
            + ", \"status\": \"pending\", \"generated_by\": \"user_1\"}",
        "/api/v1/bufdir-exports", "{\"org_id\": \"%s\", \"format\": \"csv\", " + PERIOD + "}",
        "/api/v1/exports", "{\"org_id\": \"%s\", \"name\": \"x\", \"format\": \"csv\", " + PERIOD + "}",
        "/api/v1/imports", "{\"org_id\": \"%s\", \"kind\": \"cases\", \"file_name\": \"x\", \"size_bytes\": 1}",
        "/api/v1/aggregated-report-data", "{\"organization_id\": \"%s\", \"period_id\": \"2024\"}",
        "/api/v1/aggregated-report-data/watch", "{\"organization_id\": \"%s\", \"period_id\": \"2024\"}");
    String record = FOREIGN_THINGS.getFirst().substring("/api/v1/report-records/".length());
    for (Client stranger : strangers()) {
      bodies.forEach((path, body) -> {
        var foreign = stranger.post(path, body.formatted(FOREIGN));
        assertThat(foreign.status()).as(path).isEqualTo(404);
        assertThat(seen(foreign)).isEqualTo(seen(stranger.post(path, body.formatted(NOBODY))));
      });
      var foreign = stranger.post("/api/v1/report-reexports", "{\"report_id\": \"" + record + "\"}");
      assertThat(foreign.status()).isEqualTo(404);
      assertThat(seen(foreign)).isEqualTo(seen(stranger.post("/api/v1/report-reexports",
          "{\"report_id\": \"rpt_nothing\"}")));
      String watch = "/api/v1/aggregated-report-data/watch?period_id=2024&organization_id=";
      assertThat(seen(stranger.get(watch + FOREIGN))).isEqualTo(seen(stranger.get(watch + NOBODY))).startsWith("404 ");
    }
  }

  @Test
  void knowsAnAbsentAForgedAndARevokedKeyAlike() {
    String foreign = FOREIGN_THINGS.getFirst();
    for (String key : new String[] {"", "x", "rpt_live_" + "0".repeat(49)}) {
      var caller = new Client(RAPPORT, gateway.baseUrl(), key.isEmpty() ? Map.of() : Map.of("x-api-key", key));
      for (var operation : OpenApi.description().operations()) {
        var answer = caller.send(operation.method(), operation.path().replaceAll("\\{[^}]+}", "x"), null, Map.of());
        assertThat(answer.status()).as(operation.id()).isEqualTo(401);
        assertThat(answer.body()).as(operation.id()).isNull();
      }
      assertThat(caller.get(foreign).status()).isEqualTo(401);
    }
  }

  /// How often a foreign thing takes longer than an absent one, over thousands of pairs in random order: one half, if
  /// time tells nothing. A command of its own: `mvn test -pl functions/local -am -Drapport.excluded.tests=none
  /// -Dgroups=soak -Dtest=OrganizationsAreWallsTest -Dsurefire.failIfNoSpecifiedTests=false -Drapport.pairs=3000`
  @Test
  @Tag("soak")
  void takesAsLongForAForeignThingAsForAnAbsentOne() {
    Client stranger = clientOf(Role.ORG, MINE);
    int pairs = Integer.getInteger("rapport.pairs", 3_000);
    var random = new Random(20261124);
    for (String foreign : FOREIGN_THINGS) {
      // Of the same length and form, so that the answer differs in nothing but what lies behind the id.
      char last = foreign.charAt(foreign.length() - 1);
      String absent = foreign.substring(0, foreign.length() - 1) + (last == '7' ? '3' : '7');
      assertThat(stranger.get(absent).status()).isEqualTo(404);
      long[] foreignNanos = new long[pairs];
      long[] absentNanos = new long[pairs];
      for (int i = -500; i < pairs; i++) {
        boolean foreignFirst = random.nextBoolean();
        long first = nanos(stranger, foreignFirst ? foreign : absent);
        long second = nanos(stranger, foreignFirst ? absent : foreign);
        if (i >= 0) {
          foreignNanos[i] = foreignFirst ? first : second;
          absentNanos[i] = foreignFirst ? second : first;
        }
      }
      Arrays.sort(foreignNanos);
      Arrays.sort(absentNanos);
      double longer = shareOfPairsInWhichTheFirstIsLonger(foreignNanos, absentNanos);
      System.out.printf(Locale.ROOT,
          "%s: foreign %d us, absent %d us (medians of %d); foreign longer in %.1f %% of all pairs%n",
          foreign.replaceAll("[^/]+$", "{id}"), foreignNanos[pairs / 2] / 1000, absentNanos[pairs / 2] / 1000, pairs,
          100 * longer);
      assertThat(longer).as(foreign).isBetween(0.45, 0.55);
    }
  }

  private static long nanos(Client client, String path) {
    long begun = System.nanoTime();
    client.get(path);
    return System.nanoTime() - begun;
  }

  private static double shareOfPairsInWhichTheFirstIsLonger(long[] first, long[] second) {
    long longer = 0;
    int shorter = 0;
    for (long nanos : first) {
      while (shorter < second.length && second[shorter] < nanos) {
        shorter++;
      }
      longer += shorter;
    }
    return longer / ((double) first.length * second.length);
  }
}
