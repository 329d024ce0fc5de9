package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The description of the API against the template, and against itself.
class OpenApiTest {

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
    // The stream's data is described in words: no media type of OpenAPI 3.1 holds a schema of events.
    assertThat(unused).containsExactly("schemas/DataUpdated");
  }

  @Test
  void givesEverySchemaParameterHeaderAndErrorExamplesThatFit() {
    description.document().at("/components/schemas").properties().forEach(schema -> {
      assertThat(schema.getValue().path("examples")).as(schema.getKey()).isNotEmpty();
      schema.getValue().path("examples").forEach(example ->
          assertThat(description.validate(schema.getValue(), example)).as(schema.getKey()).isEmpty());
    });
    for (String kind : new String[] {"parameters", "headers"}) {
      description.document().at("/components/" + kind).properties().forEach(named ->
          assertThat(description.validate(named.getValue().path("schema"), named.getValue().path("example")))
              .as(named.getKey()).isEmpty());
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
}
