package no.rapport.api;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.rapport.reporting.NationalIdMask;

/// One HTTP request as API Gateway delivers it (REST API, Lambda proxy integration).
public final class Request {

  /// Largest accepted body, in bytes.
  static final int MAX_BODY_BYTES = 256 * 1024;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern ACTING_USER =
      Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@+-]{0,63}");
  private static final Pattern UTC = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z");

  private static final Pattern ENTITY_TAGS =
      Pattern.compile("\\*|(W/)?\"[\\x21\\x23-\\x7e]*\"(\\s*,\\s*(W/)?\"[\\x21\\x23-\\x7e]*\")*+");

  private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(16 * 1024)
              .maxNameLength(128).maxNumberLength(40).maxDocumentLength(MAX_BODY_BYTES).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .build();

  private final APIGatewayProxyRequestEvent event;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Caller caller;
  private final Instant now;
  private final Ids ids;

  private Request(APIGatewayProxyRequestEvent event, Caller caller, Instant now, Ids ids) {
    this.event = event;
    this.caller = caller;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    this.ids = ids;
    if (event.getHeaders() != null) {
      headers.putAll(event.getHeaders());
    }
  }

  /// Returns the request, or empty if no authorizer has identified the caller.
  static Optional<Request> of(APIGatewayProxyRequestEvent event, Instant now) {
    return caller(event).map(caller -> new Request(event, caller, now, Ids.random()));
  }

  private static Optional<Caller> caller(APIGatewayProxyRequestEvent event) {
    Map<String, Object> authorizer = event.getRequestContext() == null ? null
        : event.getRequestContext().getAuthorizer();
    if (authorizer == null) {
      return Optional.empty();
    }
    String organizations = String.valueOf(authorizer.getOrDefault("organizations", ""));
    return Role.ofWord(String.valueOf(authorizer.get("role")))
        .filter(_ -> authorizer.get("caller") != null && !organizations.isEmpty())
        .map(role -> new Caller(String.valueOf(authorizer.get("caller")), role,
            organizations.equals("*") ? Optional.empty()
                : Optional.of(Set.copyOf(Arrays.asList(organizations.split(","))))));
  }

  /// Returns the same request with the time and ids of its earlier try.
  Request reserved(Instant time, String seed) {
    return new Request(event, caller, time, Ids.derived(seed));
  }

  /// Returns the person behind an integration, as the key's holder asserts in `X-Acting-User`.
  public Optional<String> actingUser() {
    Optional<String> user = header("X-Acting-User");
    if (user.isPresent() && (!ACTING_USER.matcher(user.get()).matches() || NationalIdMask.isIn(user.get()))) {
      throw InvalidRequest.malformed("X-Acting-User must have 1 to 64 letters, digits, spaces and . _ @ + -, begin with a "
          + "letter or digit, and must not hold a national identity number");
    }
    return user;
  }

  /// Returns the `requested_by` of new resources: the acting user, or else the id of the key.
  public String requestedBy() {
    return actingUser().orElse(caller.id());
  }

  public Caller caller() {
    return caller;
  }

  /// Returns the time of this request, UTC, whole seconds.
  public Instant now() {
    return now;
  }

  /// Returns the source of ids for new resources.
  public Ids ids() {
    return ids;
  }

  public String method() {
    return event.getHttpMethod();
  }

  public String path() {
    return event.getPath();
  }

  /// Returns the id in the path, or `-` for a malformed id, which matches no resource.
  public String pathId(String name) {
    String value = event.getPathParameters() == null ? null : event.getPathParameters().get(name);
    return value != null && ID.matcher(value).matches() ? value : "-";
  }

  /// Returns the first value of a header.
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// Returns the query parameters with all their values.
  public Map<String, List<String>> query() {
    if (event.getMultiValueQueryStringParameters() != null) {
      return event.getMultiValueQueryStringParameters();
    }
    return event.getQueryStringParameters() == null ? Map.of()
        : event.getQueryStringParameters().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(Objects.requireNonNullElse(e.getValue(), ""))));
  }

  /// Reads the parameters of a list: those of every collection, and the collection's own filters.
  public ListQuery list(String... ownFilters) {
    return ListQuery.parse(query(), Set.of(ownFilters));
  }

  /// Reads the query parameters of an endpoint that is not a list.
  ///
  /// @param known the names of all its parameters
  public Parameters parameters(String... known) {
    return new Parameters(query(), Set.of(known));
  }

  /// Reads `dry_run`, the only query parameter of an endpoint that supports a dry run. Returns false if it is absent.
  ///
  /// @throws InvalidRequest `400` for another parameter or value
  public boolean isDryRun() {
    Parameters parameters = parameters("dry_run");
    Optional<Boolean> dryRun = parameters.word("dry_run",
        word -> Optional.of(word).filter(Set.of("true", "false")::contains).map(Boolean::valueOf), "must be true or false");
    parameters.requireValid();
    return dryRun.orElse(false);
  }

  /// Returns whether a text has the form of an id.
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /// Returns this request if it has no query parameters.
  ///
  /// @throws InvalidRequest `400` naming each parameter
  public Request requireNoQueryParameters() {
    if (!query().isEmpty()) {
      throw InvalidRequest.fields(400, query().keySet().stream().sorted()
          .map(name -> new FieldError("?" + (name.length() > 64 ? name.substring(0, 64) : name),
              "Unknown query parameter; remove it"))
          .limit(20).toList());
    }
    return this;
  }

  /// Reads the JSON body. All wrong members are reported together (`422`).
  ///
  /// @param parse reads members from the body; its result is used only if there was no error
  public <T> T body(Function<Body, T> parse) {
    Body body = new Body(object());
    T parsed = parse.apply(body);
    body.requireValid();
    return parsed;
  }

  /// Returns whether a body was sent.
  public boolean hasBody() {
    return event.getBody() != null && !event.getBody().isBlank();
  }

  private ObjectNode object() {
    requireNotCompressed();
    String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    String media = type.split(";", 2)[0].trim();
    if (!media.equals("application/json") && !(media.startsWith("application/") && media.endsWith("+json"))) {
      throw new InvalidRequest(Reply.problem(415,
          "The body must be JSON; send it with Content-Type: application/json", List.of()));
    }
    String text = text();
    if (text.isBlank()) {
      throw InvalidRequest.malformed("The body is empty; send a JSON object");
    }
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw InvalidRequest.malformed(e.getLocation() == null ? "The body is not valid JSON or exceeds a limit"
          : "The body is not valid JSON or exceeds a limit, at line " + e.getLocation().getLineNr() + ", column "
              + e.getLocation().getColumnNr());
    } catch (NumberFormatException e) {
      // Jackson does not wrap it for exponents that exceed a BigDecimal.
      throw InvalidRequest.malformed("The body is not valid JSON or exceeds a limit: a number is out of range");
    }
    if (!(node instanceof ObjectNode object)) {
      throw InvalidRequest.malformed("The body must be a JSON object");
    }
    requireStorable(object);
    return object;
  }

  /// Returns a canonical form of the body, with sorted members, to compare requests under one idempotency key.
  String comparableText() {
    try {
      var comparable = new StringBuilder();
      appendComparable(JSON.readTree(text()), comparable);
      return comparable.toString();
    } catch (JsonProcessingException | NumberFormatException e) {
      return text(); // object() rejects it
    }
  }

  private static void appendComparable(JsonNode node, StringBuilder to) {
    switch (node) {
      case ObjectNode object -> {
        to.append('{');
        object.properties().stream().sorted(Map.Entry.comparingByKey()).forEach(member -> {
          to.append(TextNode.valueOf(member.getKey())).append(':');
          appendComparable(member.getValue(), to);
          to.append(',');
        });
        to.append('}');
      }
      case ArrayNode array -> {
        to.append('[');
        array.forEach(item -> {
          appendComparable(item, to);
          to.append(',');
        });
        to.append(']');
      }
      case NumericNode number -> to.append(number.decimalValue().stripTrailingZeros());
      default -> to.append(node);
    }
  }

  private void requireNotCompressed() {
    String encoding = header("Content-Encoding").orElse("").trim();
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw new InvalidRequest(Reply.problem(415, "The body must not be compressed; send it without Content-Encoding",
          List.of()).header("Accept-Encoding", "identity"));
    }
  }

  private static String withoutByteOrderMark(String text) {
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /// Returns the text of the body.
  String text() {
    String body = event.getBody() == null ? "" : event.getBody();
    if (Boolean.TRUE.equals(event.getIsBase64Encoded())) {
      try {
        byte[] bytes = Base64.getDecoder().decode(body);
        requireWithinSize(bytes.length);
        return withoutByteOrderMark(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException | IllegalArgumentException e) {
        throw InvalidRequest.malformed("The body must be UTF-8 text");
      }
    }
    requireWithinSize(body.length() > MAX_BODY_BYTES ? body.length() : body.getBytes(StandardCharsets.UTF_8).length);
    return withoutByteOrderMark(body);
  }

  private static void requireWithinSize(int bytes) {
    if (bytes > MAX_BODY_BYTES) {
      throw new InvalidRequest(Reply.problem(413,
          "The body must not be larger than " + MAX_BODY_BYTES + " bytes", List.of()));
    }
  }

  /// Rejects text that cannot be stored. NUL and lone surrogates are legal JSON escapes, but neither a table nor a file
  /// can hold them. API Gateway replaces bytes that are not UTF-8 with U+FFFD, so the original text is lost.
  private static void requireStorable(JsonNode node) {
    if (node.isTextual()) {
      requireStorable(node.textValue());
    }
    node.fieldNames().forEachRemaining(Request::requireStorable);
    node.forEach(Request::requireStorable);
  }

  private static void requireStorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1));
      if (c == 0 || Character.isSurrogate(c) && !pair) {
        throw InvalidRequest.malformed("The body must not hold a NUL character or half a surrogate pair");
      }
      if (c == '\ufffd') {
        throw InvalidRequest.malformed("The body must be UTF-8 text without the replacement character U+FFFD");
      }
      if (pair) {
        i++;
      }
    }
  }

  /// Returns whether `If-Match` allows a change of this version; true without that header. Weak tags never match (RFC
  /// 9110, 13.1.1). A value that is not a list of tags is rejected with `400`.
  public boolean matches(long version) {
    Optional<String> tags = header("If-Match").map(String::trim);
    if (tags.isPresent() && (tags.get().length() > 1024 || !ENTITY_TAGS.matcher(tags.get()).matches())) {
      throw InvalidRequest.malformed("If-Match must be * or a list of entity tags in double quotes");
    }
    return tags.map(value -> value.equals("*")
        || Arrays.stream(value.split(",")).map(String::trim).anyMatch(etag(version)::equals)).orElse(true);
  }

  static String etag(long version) {
    return "\"" + version + "\"";
  }

  static Optional<Instant> instantOf(String text) {
    try {
      return UTC.matcher(text).matches() ? Optional.of(Instant.parse(text)) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
