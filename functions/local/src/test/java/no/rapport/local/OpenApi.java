package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The description of the API (docs/openapi.yaml), against which answers are held.
final class OpenApi {

  private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final OpenApi DESCRIPTION = read();

  private final ObjectNode document;
  private final JsonNode strictComponents;
  private final Map<String, JsonSchema> schemas = new ConcurrentHashMap<>();

  private OpenApi(ObjectNode document) {
    this.document = document;
    this.strictComponents = strict(document.get("components").deepCopy());
  }

  static OpenApi description() {
    return DESCRIPTION;
  }

  private static OpenApi read() {
    var file = Path.of(System.getProperty("rapport.home"), "docs", "openapi.yaml");
    try (var in = Files.newInputStream(file)) {
      return new OpenApi((ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One method of one path.
  record Operation(String method, String path, JsonNode definition) {

    String id() {
      return definition.path("operationId").asText();
    }
  }

  ObjectNode document() {
    return document;
  }

  List<Operation> operations() {
    var operations = new ArrayList<Operation>();
    document.get("paths").properties().forEach(path -> path.getValue().properties().forEach(method ->
        operations.add(new Operation(method.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(),
            method.getValue()))));
    return operations;
  }

  /// The operation that answers a request; a literal segment goes before a parameter.
  Optional<Operation> operation(String method, String path) {
    return operations().stream()
        .filter(operation -> operation.method().equals(method) && matches(operation.path(), path))
        .min(java.util.Comparator.comparingLong(operation -> operation.path().chars().filter(c -> c == '{').count()));
  }

  private static boolean matches(String template, String path) {
    var pattern = new StringBuilder();
    for (String segment : template.substring(1).split("/")) {
      pattern.append('/').append(segment.startsWith("{") ? "[^/]+" : Pattern.quote(segment));
    }
    return path.matches(pattern.toString());
  }

  /// What an answer has that the description does not allow, or lacks that it requires.
  ///
  /// @param body null where there is none
  List<String> objections(String method, String path, int status, Map<String, List<String>> headers, JsonNode body) {
    Optional<Operation> operation = operation(method, path);
    if (operation.isEmpty()) {
      return List.of(method + " " + path + " is not described");
    }
    JsonNode response = resolved(operation.get().definition().path("responses").path(Integer.toString(status)));
    if (response.isMissingNode()) {
      return List.of(operation.get().id() + ": status " + status + " is not described");
    }
    var objections = new ArrayList<String>();
    var sent = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> {
      if (name != null) {
        sent.put(name, values);
      }
    });
    response.path("headers").properties().forEach(header -> {
      JsonNode definition = resolved(header.getValue());
      if (definition.path("required").asBoolean() && !sent.containsKey(header.getKey())) {
        objections.add("header " + header.getKey() + " is missing");
      }
      sent.getOrDefault(header.getKey(), List.of()).forEach(value -> validate(definition.get("schema"),
          headerValue(definition.get("schema"), value)).forEach(message ->
              objections.add("header " + header.getKey() + ": " + message.getMessage())));
    });
    var contents = response.path("content").properties();
    if (contents.isEmpty()) {
      if (body != null) {
        objections.add("there is a body: " + body);
      }
    } else {
      String type = sent.getOrDefault("Content-Type", List.of("")).getFirst().split(";")[0];
      JsonNode content = response.path("content").path(type);
      if (content.isMissingNode()) {
        objections.add("content type " + type + " is not described");
      } else if (body == null) {
        objections.add("there is no body");
      } else {
        validate(content.get("schema"), body).forEach(message -> objections.add(message.getMessage()));
        requireOrder(content.get("schema"), body, objections);
      }
    }
    return objections.stream().map(objection -> operation.get().id() + " " + status + ": " + objection).toList();
  }

  /// Members stand in the order of the description, which is the contracts' own.
  private void requireOrder(JsonNode described, JsonNode value, List<String> objections) {
    JsonNode schema = resolved(described);
    for (JsonNode choice : schema.path("anyOf")) {
      requireOrder(choice, value, objections);
    }
    if (value.isObject() && schema.path("properties").isObject()) {
      var order = new ArrayList<String>();
      schema.get("properties").fieldNames().forEachRemaining(order::add);
      order.removeIf(name -> !value.has(name));
      var sent = new ArrayList<String>();
      value.fieldNames().forEachRemaining(sent::add);
      if (!sent.equals(order)) {
        objections.add("members are in the order " + sent + ", not " + order);
      }
      order.forEach(name -> requireOrder(schema.at("/properties/" + name), value.get(name), objections));
    }
    value.forEach(item -> {
      if (value.isArray() && schema.has("items")) {
        requireOrder(schema.get("items"), item, objections);
      }
    });
  }

  private static JsonNode headerValue(JsonNode schema, String value) {
    return schema.path("type").asText().equals("integer") && value.matches("-?[0-9]{1,18}")
        ? LongNode.valueOf(Long.parseLong(value)) : TextNode.valueOf(value);
  }

  /// Closes objects and pins the form of dates and times. The description leaves both open for clients: answers may gain
  /// members, and generators know formats but not their patterns.
  private static JsonNode strict(JsonNode node) {
    if (node instanceof ObjectNode object && !object.path("type").isObject()) {
      if (object.path("properties").isObject() && !object.has("additionalProperties")) {
        object.put("additionalProperties", false);
      }
      switch (object.path("format").asText()) {
        case "date-time" -> object.put("pattern", "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$");
        case "date" -> object.put("pattern", "^\\d{4}-\\d\\d-\\d\\d$");
        default -> { }
      }
    }
    node.forEach(OpenApi::strict);
    return node;
  }

  /// Objections to a value by a schema of the description, which allows no undescribed member here.
  Iterable<ValidationMessage> validate(JsonNode schema, JsonNode value) {
    return schemas.computeIfAbsent(schema.toString(), _ -> {
      ObjectNode root = schema.deepCopy();
      strict(root);
      root.set("components", strictComponents);
      return FACTORY.getSchema(root);
    }).validate(value);
  }

  JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
  }
}
