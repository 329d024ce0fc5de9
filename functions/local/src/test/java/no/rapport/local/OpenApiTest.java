package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import no.rapport.exportjobs.ExportKind;
import no.rapport.imports.ImportKind;
import no.rapport.imports.ImportStatus;
import no.rapport.records.AuditEvent;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import no.rapport.reportrecords.ReportStatus;
import no.rapport.sourcedata.RegisterRule;
import org.junit.jupiter.api.Test;

/// The description of the API against the template, and against itself.
class OpenApiTest {

  /// A block of `requests.http`: its name, a comment, the request's line, headers and maybe a body.
  private static final Pattern REQUEST = Pattern.compile("(?s)(?<name>\\w+)\\R# [^\\n]+\\R(?<method>[A-Z]+) "
      + "\\{\\{base}}(?<path>\\S+)\\Rx-api-key: \\{\\{key}}\\R(?:Content-Type: application/json\\R\\R(?<body>\\{.*}))?\\s*");

  private final OpenApi description = OpenApi.description();
  private final Template template =
      TemplateReader.read(Path.of(System.getProperty("rapport.home"), "template.yaml"), Map.of(), "rapport-local");

  @Test
  void describesExactlyTheRoutesOfTheTemplateUnderTheirFunctionsNames() {
    var routes = template.routes().stream().filter(route -> !route.method().equals("ANY"))
        .map(route -> route.method() + " " + route.path() + " " + route.function()).toList();
    assertThat(description.operations())
        .extracting(operation -> operation.method() + " " + operation.path() + " " + operation.id() + "Function")
        .containsExactlyInAnyOrderElementsOf(routes);
    assertThat(template.routes().stream().filter(route -> route.method().equals("ANY")).map(Template.Route::path))
        .containsExactlyInAnyOrder("/", "/{proxy+}");
  }

  @Test
  void asksForAKeyWhereverTheTemplateDoes() {
    for (var operation : description.operations()) {
      var route = template.routes().stream().filter(r -> r.method().equals(operation.method())
          && r.path().equals(operation.path())).findFirst().orElseThrow();
      assertThat(route.authorizer()).as(operation.id()).isPresent();
      assertThat(operation.definition().at("/security/0").has("ApiKey")).as(operation.id()).isTrue();
      assertThat(operation.definition().at("/responses/401").isMissingNode()).as(operation.id()).isFalse();
      assertThat(operation.definition().path("x-public").asBoolean()).as(operation.id())
          .isEqualTo(!operation.path().startsWith("/api/v1/exports"));
    }
  }

  @Test
  void declaresEveryParameterOfEveryPath() {
    for (var operation : description.operations()) {
      var declared = new TreeSet<String>();
      operation.definition().path("parameters").forEach(parameter -> {
        var definition = description.resolved(parameter);
        if (definition.path("in").asText().equals("path")) {
          declared.add(definition.path("name").asText());
        }
      });
      var named = new TreeSet<String>();
      var matcher = Pattern.compile("\\{(\\w+)}").matcher(operation.path());
      while (matcher.find()) {
        named.add(matcher.group(1));
      }
      assertThat(declared).as(operation.id()).isEqualTo(named);
    }
  }

  @Test
  void refersToNothingThatIsNotThereAndHoldsNothingThatIsNotUsed() {
    var targets = description.document().findValuesAsText("$ref");
    for (String target : targets) {
      assertThat(description.document().at(target.substring(1)).isMissingNode()).as(target).isFalse();
    }
    var unused = new ArrayList<String>();
    for (String kind : new String[] {"schemas", "parameters", "responses", "headers"}) {
      description.document().at("/components/" + kind).fieldNames().forEachRemaining(name -> {
        if (!targets.contains("#/components/" + kind + "/" + name)) {
          unused.add(kind + "/" + name);
        }
      });
    }
    assertThat(unused).isEmpty();
  }

  @Test
  void givesEverySchemaParameterHeaderAndErrorExamplesThatFit() {
    description.document().at("/components/schemas").properties().forEach(schema -> {
      assertThat(schema.getValue().path("examples")).as(schema.getKey()).isNotEmpty();
      schema.getValue().path("examples").forEach(example ->
          assertThat(description.validate(schema.getValue(), example)).as(schema.getKey()).isEmpty());
    });
    for (var named : parametersAndHeaders().entrySet()) {
      assertThat(named.getValue().has("example")).as(named.getKey()).isTrue();
      assertThat(description.validate(named.getValue().path("schema"), named.getValue().path("example")))
          .as(named.getKey()).isEmpty();
    }
    for (var operation : description.operations()) {
      operation.definition().path("responses").properties().forEach(response -> {
        var content = description.resolved(response.getValue()).at("/content/application~1problem+json");
        if (!content.isMissingNode()) {
          assertThat(content.path("examples")).as(operation.id() + " " + response.getKey()).isNotEmpty();
          content.path("examples").forEach(example -> {
            assertThat(description.validate(content.path("schema"), example.path("value"))).isEmpty();
            assertThat(example.at("/value/status").asText()).isEqualTo(response.getKey());
          });
        }
      });
    }
  }

  /// Every parameter and header of the description, wherever it stands.
  private Map<String, JsonNode> parametersAndHeaders() {
    var found = new TreeMap<String, JsonNode>();
    for (String kind : new String[] {"parameters", "headers"}) {
      description.document().at("/components/" + kind).properties()
          .forEach(named -> found.put(named.getKey(), named.getValue()));
    }
    for (var operation : description.operations()) {
      operation.definition().path("parameters").forEach(parameter -> found.put(operation.id() + " "
          + description.resolved(parameter).path("name").asText(), description.resolved(parameter)));
      operation.definition().path("responses").forEach(response ->
          description.resolved(response).path("headers").properties().forEach(header ->
              found.put(operation.id() + " " + header.getKey(), description.resolved(header.getValue()))));
    }
    return found;
  }

  /// Every schema, those inside other schemas included, by its place.
  private Map<String, ObjectNode> schemas() {
    var found = new TreeMap<String, ObjectNode>();
    description.document().at("/components/schemas").properties()
        .forEach(schema -> collect(schema.getKey(), schema.getValue(), found));
    parametersAndHeaders().forEach((name, definition) -> collect(name, definition.path("schema"), found));
    return found;
  }

  private static void collect(String place, JsonNode schema, Map<String, ObjectNode> found) {
    if (schema instanceof ObjectNode object) {
      found.put(place, object);
      object.path("properties").properties().forEach(property ->
          collect(place + "/" + property.getKey(), property.getValue(), found));
      collect(place + "/items", object.path("items"), found);
      object.path("anyOf").forEach(choice -> collect(place + "/anyOf", choice, found));
    }
  }

  private static boolean is(JsonNode schema, String type) {
    return schema.path("type").asText().equals(type)
        || StreamSupport.stream(schema.path("type").spliterator(), false).anyMatch(one -> one.asText().equals(type));
  }

  @Test
  void givesGeneratorsTypesThatHoldEveryValue() {
    schemas().forEach((place, schema) -> {
      assertThat(schema.has("type") || schema.has("$ref") || schema.has("anyOf")).as(place + " has a type").isTrue();
      if (is(schema, "integer")) {
        boolean isSmall = schema.path("maximum").asLong(Long.MAX_VALUE) <= Integer.MAX_VALUE
            || place.matches(".*(_seconds|/status|/page|Retry-?After)");
        assertThat(schema.path("format").asText()).as(place).isEqualTo(isSmall ? "int32" : "int64");
      }
      String name = place.substring(place.lastIndexOf('/') + 1);
      if (is(schema, "string") && name.matches(".*_at|.*_as_of|at")) {
        assertThat(schema.path("format").asText()).as(place).isEqualTo("date-time");
      }
      if (is(schema, "string") && name.matches("period_(from|to)")) {
        assertThat(schema.path("format").asText()).as(place).isEqualTo("date");
      }
      assertThat(schema.path("type").asText().equals("object") && !schema.has("properties")
          && !schema.path("additionalProperties").isObject()).as(place + " is an object of anything").isFalse();
    });
  }

  @Test
  void describesEveryOperationAndTag() {
    var tags = new TreeSet<String>();
    description.document().path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
    var used = new TreeSet<String>();
    for (var operation : description.operations()) {
      assertThat(operation.definition().path("summary").asText()).as(operation.id()).isNotBlank();
      assertThat(operation.definition().path("description").asText()).as(operation.id()).isNotBlank();
      operation.definition().path("tags").forEach(tag -> used.add(tag.asText()));
    }
    assertThat(used).isEqualTo(tags);
    assertThat(description.operations()).extracting(OpenApi.Operation::id).doesNotHaveDuplicates();
    assertThat(description.document().at("/components/securitySchemes").size()).isEqualTo(1);
  }

  @Test
  void hasAReadyRequestForEveryOperation() throws IOException {
    String file = Files.readString(Path.of(System.getProperty("rapport.home"), "requests.http"));
    var named = new ArrayList<String>();
    for (String block : file.split("(?m)^### ")) {
      var request = REQUEST.matcher(block);
      if (!request.lookingAt()) {
        continue;
      }
      named.add(request.group("name"));
      String path = request.group("path").replaceFirst("\\?.*", "");
      var operation = description.operation(request.group("method"), path);
      assertThat(operation.map(OpenApi.Operation::id)).as(block).contains(request.group("name"));
      var schema = operation.orElseThrow().definition().at("/requestBody/content/application~1json/schema");
      assertThat(request.group("body") != null).as(request.group("name") + " has a body").isEqualTo(!schema.isMissingNode());
      if (!schema.isMissingNode()) {
        assertThat(description.validate(schema, new ObjectMapper().readTree(request.group("body"))))
            .as(request.group("name")).isEmpty();
      }
    }
    assertThat(named).containsExactlyInAnyOrderElementsOf(
        description.operations().stream().map(OpenApi.Operation::id).toList());
  }

  @Test
  void letsAnswersGainMembersAndRequestsNone() {
    var inRequests = new TreeSet<String>();
    description.operations().forEach(operation -> reach(operation.definition().path("requestBody"), inRequests));
    description.document().at("/components/schemas").properties().forEach(schema -> {
      if (schema.getValue().path("type").asText().equals("object")) {
        assertThat(schema.getValue().has("additionalProperties")).as(schema.getKey())
            .isEqualTo(inRequests.contains(schema.getKey()));
      }
    });
  }

  private void reach(JsonNode node, Set<String> names) {
    for (String target : node.findValuesAsText("$ref")) {
      String name = target.substring(target.lastIndexOf('/') + 1);
      if (names.add(name)) {
        reach(description.document().at(target.substring(1)), names);
      }
    }
  }

  private static <T> Set<String> words(T[] values, Function<T, String> word, String... more) {
    return Stream.concat(Stream.of(values).map(word), Stream.of(more)).collect(Collectors.toCollection(TreeSet::new));
  }

  /// A constant of another module's package.
  private static Object constant(String type, String name) throws ReflectiveOperationException {
    var field = Class.forName(type).getDeclaredField(name);
    field.setAccessible(true);
    return field.get(null);
  }

  @Test
  @SuppressWarnings("unchecked")
  void namesExactlyTheWordsOfTheCode() throws ReflectiveOperationException {
    var words = new TreeMap<String, Set<String>>();
    words.put("ReportStatus", words(ReportStatus.values(), ReportStatus::word));
    words.put("ReexportStatus", ExportKind.REPORT_REEXPORT.statuses());
    words.put("ExportStatus", ExportKind.BUFDIR_EXPORT.statuses());
    words.put("ExportFileStatus", ExportKind.EXPORT_FILE.statuses());
    words.put("SnapshotStatus", new TreeSet<>((Set<String>) constant("no.rapport.aggregatedreportdata.Snapshots", "STATUSES")));
    words.put("ReportFormat", words(ReportFormat.values(), ReportFormat::extension, "excel"));
    words.put("ReportLocale", words(ReportLocale.values(), ReportLocale::tag));
    words.put("Suppression", words(Suppression.values(), Suppression::word));
    words.put("ImportStatus", words(ImportStatus.values(), ImportStatus::word));
    words.put("ImportKind", words(ImportKind.values(), ImportKind::word));
    words.put("AuditAction", Set.of(AuditEvent.CREATED, AuditEvent.CHANGED, AuditEvent.CANCELLED,
        AuditEvent.DELETED, AuditEvent.LINK_ISSUED, AuditEvent.KEY_REFUSED, AuditEvent.SUBMITTED, AuditEvent.ERASED));
    words.put("Severity", words(RegisterRule.Severity.values(), Enum::name));
    words.put("Comparability", words(Comparability.values(), Comparability::word));
    words.put("StaleReason", Set.of("processing", "failed", "rule_change", "source_changed"));
    words.put("CheckStatus", Set.of("assessed", "not_assessed"));
    words.put("SubmissionStatus", Set.of("none", "pending", "accepted", "rejected", "failed"));
    var described = new TreeMap<String, Set<String>>();
    description.document().at("/components/schemas").properties().forEach(schema -> {
      if (schema.getValue().has("enum")) {
        var values = new TreeSet<String>();
        schema.getValue().get("enum").forEach(value -> values.add(value.asText()));
        described.put(schema.getKey(), values);
      }
    });
    assertThat(described).isEqualTo(words);
  }
}
