package no.rapport.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Page;
import no.rapport.records.Records;

/// Reads the query parameters of a list: `page`, `limit`, `cursor`, organisation, `status`, `created_from`,
/// `created_to`, `period_from`, `period_to` and the collection's own. Several values are comma-separated.
///
/// `created_from` and `created_to` take a date (a day in Europe/Oslo) or a time in UTC, both inclusive. `period_from`
/// and `period_to` select resources whose period lies within them.
public final class ListQuery {

  private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");
  private static final Set<String> COMMON = Set.of("page", "limit", "cursor", "org_id", "organization_id", "status",
      "created_from", "created_to", "period_from", "period_to");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /// Filters by people accept the same values as `X-Acting-User`.
  private static final Set<String> PEOPLE = Set.of("requested_by", "generated_by");
  private static final Pattern PERSON = Pattern.compile("[A-Za-z0-9 ._@+-]{1,64}");

  private static final int MAX_WORDS = 20;
  /// Largest number of pairs of organisation and status that one list merges. Each pair costs queries.
  private static final int MAX_PAIRS = 100;
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  /// The last second of year 9999, so that years keep four digits.
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

  private final Map<String, List<String>> sent;
  private Map<String, List<String>> parameters;
  private final Set<String> ownFilters;
  private final List<FieldError> errors = new ArrayList<>();
  private final Map<String, Set<String>> fixed = new TreeMap<>();
  private final Map<String, Map<String, String>> synonyms = new TreeMap<>();
  private final Map<String, Set<String>> closedLists = new TreeMap<>();
  private final Map<String, String> aliases = new TreeMap<>();
  private final Map<String, Narrowing> flags = new TreeMap<>();
  private int page = 1;
  private int limit = 20;

  private ListQuery(Map<String, List<String>> parameters, Set<String> ownFilters) {
    this.sent = parameters;
    this.parameters = parameters;
    this.ownFilters = ownFilters;
  }

  static ListQuery parse(Map<String, List<String>> parameters, Set<String> ownFilters) {
    return new ListQuery(parameters, ownFilters);
  }

  /// Narrows the list by a value from the path instead of the query.
  public ListQuery within(String filter, String value) {
    fixed.put(filter, Set.of(value));
    return this;
  }

  /// Makes `word` another name of a filter's stored value.
  public ListQuery synonym(String filter, String word, String kept) {
    synonyms.put(filter, Map.of(word, kept));
    return this;
  }

  /// Restricts a filter to these words; any other is rejected with `400`.
  public ListQuery oneOf(String filter, Set<String> words) {
    closedLists.put(filter, words);
    return this;
  }

  /// Accepts `alias` as another name of a filter. A query that gives both is rejected with `400`.
  public ListQuery alias(String alias, String filter) {
    aliases.put(alias, filter);
    return this;
  }

  /// Takes a parameter of `true` or `false` that narrows the list of one organisation.
  public ListQuery flag(String name, Narrowing narrowing) {
    flags.put(name, narrowing);
    return this;
  }

  /// How a flag narrows a list.
  @FunctionalInterface
  public interface Narrowing {
    Listing narrow(Listing listing, String orgId, boolean flag);
  }

  /// Parses the query, reads the list and returns it: `{name: […], "pagination": {page, limit, total}}`.
  ///
  /// @param organization the name that the collection gives to the organisation parameter
  /// @param name the member that holds the resources
  /// @param show converts a resource to its JSON in the list
  public Reply answer(Records records, String collection, Caller caller, String organization, String name,
      Function<Entry, ObjectNode> show) {
    Optional<Listing> listing = listing(collection, caller, organization);
    Page found;
    try {
      found = listing.map(records::list).orElse(new Page(List.of(), 0, Optional.empty()));
    } catch (IllegalArgumentException e) {
      throw InvalidRequest.fields(400, List.of(new FieldError("?cursor",
          "cursor must be a next_cursor of this list; start again with an empty cursor")));
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode data = body.putArray(name);
    found.entries().forEach(entry -> data.add(show.apply(entry)));
    ObjectNode pagination = body.putObject("pagination").put("page", page).put("limit", limit)
        .put("total", found.total());
    if (parameters.containsKey("cursor")) {
      found.nextCursor().ifPresentOrElse(next -> pagination.put("next_cursor", next),
          () -> pagination.putNull("next_cursor"));
    }
    return Reply.ok(body);
  }

  private Optional<Listing> listing(String collection, Caller caller, String organization) {
    Map<String, List<String>> parameters = new TreeMap<>(sent);
    aliases.forEach((alias, filter) -> {
      if (sent.containsKey(alias) && sent.containsKey(filter)) {
        wrong(alias, alias + " and " + filter + " are the same; give one of them");
      } else if (sent.containsKey(alias)) {
        parameters.put(filter, parameters.remove(alias));
      }
    });
    this.parameters = parameters;
    parameters.keySet().stream().sorted()
        .filter(key -> !(COMMON.contains(key) || ownFilters.contains(key) || flags.containsKey(key))
            || (key.equals("org_id") || key.equals("organization_id")) && !key.equals(organization))
        .forEach(key -> wrong(key.length() > 64 ? key.substring(0, 64) : key, "Unknown query parameter; remove it"));
    page = integer("page", 1, 1, 1_000_000);
    limit = integer("limit", 20, 1, 100);
    Optional<String> cursor = one("cursor");
    if (cursor.isPresent() && parameters.containsKey("page")) {
      wrong("cursor", "page and cursor cannot be combined; give one of them");
    }
    Set<String> organizations = words(organization);
    Set<String> statuses = words("status");
    var anyOf = new TreeMap<>(fixed);
    for (String filter : new TreeSet<>(ownFilters)) {
      if (parameters.containsKey(filter)) {
        Map<String, String> kept = synonyms.getOrDefault(filter, Map.of());
        anyOf.put(filter, words(filter).stream().map(word -> kept.getOrDefault(word, word))
            .collect(Collectors.toCollection(TreeSet::new)));
      }
    }
    var atLeast = new TreeMap<String, String>();
    var atMost = new TreeMap<String, String>();
    one("period_from").flatMap(text -> date("period_from", text))
        .ifPresent(from -> atLeast.put("period_from", from.toString()));
    one("period_to").flatMap(text -> date("period_to", text)).ifPresent(to -> atMost.put("period_to", to.toString()));
    var sentFlags = new TreeMap<String, Boolean>();
    flags.keySet().forEach(name -> one(name).ifPresent(text -> {
      if (text.equals("true") || text.equals("false")) {
        sentFlags.put(name, text.equals("true"));
      } else {
        wrong(name, name + " must be true or false");
      }
    }));
    if (!sentFlags.isEmpty() && organizations.size() != 1
        && !(organizations.isEmpty() && caller.organizations().filter(own -> own.size() == 1).isPresent())) {
      wrong(sentFlags.firstKey(), sentFlags.firstKey() + " needs one organisation: give " + organization);
    }
    Optional<Instant> createdFrom = one("created_from").flatMap(text -> moment("created_from", text, 0));
    Optional<Instant> createdBefore = one("created_to").flatMap(text -> moment("created_to", text, 1))
        .map(before -> before.isAfter(END_OF_TIME) ? END_OF_TIME : before);
    if (!errors.isEmpty()) {
      throw InvalidRequest.fields(400, List.copyOf(errors));
    }
    Optional<Set<String>> visible = organizations.isEmpty() ? caller.organizations()
        : Optional.of(new TreeSet<>(organizations.stream().filter(caller::maySee).toList()));
    if (visible.isPresent() && visible.get().isEmpty()) {
      return Optional.empty();
    }
    if (statuses.size() > 1 && visible.isPresent() && visible.get().size() * statuses.size() > MAX_PAIRS) {
      throw InvalidRequest.fields(400, List.of(new FieldError("?status", "status and " + organization
          + " together give more than " + MAX_PAIRS + " combinations; narrow the filter")));
    }
    Listing listing = new Listing(collection, visible, statuses, anyOf, atLeast, atMost, createdFrom, createdBefore,
        cursor.<Listing.Start>map(Listing.AfterCursor::new).orElse(new Listing.AtPage(page)), limit);
    for (var flag : sentFlags.entrySet()) {
      listing = flags.get(flag.getKey()).narrow(listing, visible.orElseThrow().iterator().next(), flag.getValue());
    }
    return Optional.of(listing);
  }

  private Optional<String> one(String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      wrong(name, name + " must be given only once");
    }
    return values.stream().findFirst();
  }

  private int integer(String name, int otherwise, int least, int most) {
    Optional<String> text = one(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (text.get().matches("[0-9]{1,9}")) {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    }
    wrong(name, name + " must be a whole number from " + least + " to " + most);
    return otherwise;
  }

  private Set<String> words(String name) {
    var words = new TreeSet<String>();
    Pattern form = PEOPLE.contains(name) ? PERSON : VALUE;
    one(name).map(text -> text.split(",", -1)).ifPresent(given -> {
      if (given.length > MAX_WORDS || !Arrays.stream(given).allMatch(word -> form.matcher(word).matches())) {
        wrong(name, name + " must be 1 to " + MAX_WORDS + " comma-separated words");
      } else if (!closedLists.getOrDefault(name, new TreeSet<>(List.of(given))).containsAll(List.of(given))) {
        wrong(name, name + " must be one or more of " + String.join(", ", new TreeSet<>(closedLists.get(name))));
      } else {
        words.addAll(Arrays.asList(given));
      }
    });
    return words;
  }

  private Optional<LocalDate> date(String name, String text) {
    Optional<LocalDate> date = dateOf(text);
    if (date.isEmpty()) {
      wrong(name, name + " must be a date, YYYY-MM-DD");
    }
    return date;
  }

  /// @param after 0 for the first moment of the day or second, 1 for the first moment after it
  private Optional<Instant> moment(String name, String text, int after) {
    Optional<Instant> instant = Request.instantOf(text);
    if (instant.isPresent()) {
      return instant.map(i -> i.plusSeconds(after));
    }
    Optional<LocalDate> date = dateOf(text);
    if (date.isEmpty()) {
      wrong(name, name + " must be a date, YYYY-MM-DD, or a time in UTC, YYYY-MM-DDThh:mm:ssZ");
    }
    return date.map(day -> day.plusDays(after).atStartOfDay(OSLO).toInstant());
  }

  /// Only years of four digits: with the longer years that ISO 8601 allows, the text would no longer sort by time.
  private static Optional<LocalDate> dateOf(String text) {
    try {
      return DATE.matcher(text).matches() ? Optional.of(LocalDate.parse(text)) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private void wrong(String name, String message) {
    if (errors.stream().noneMatch(e -> e.pointer().equals("?" + name))) {
      errors.add(new FieldError("?" + name, message));
    }
  }
}
