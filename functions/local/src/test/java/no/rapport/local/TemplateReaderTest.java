package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.KeyType;

class TemplateReaderTest {

  static Path file() {
    try {
      return Path.of(TemplateReaderTest.class.getResource("template.yaml").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Template template() {
    return TemplateReader.read(file(), Map.of(), "rapport-local");
  }

  @Test
  void readsFunctionsWithGlobals() {
    var echo = template().functions().get("EchoFunction");

    assertThat(echo.handler()).isEqualTo("no.rapport.local.TestHandlers$Echo");
    assertThat(echo.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(echo.memoryMb()).isEqualTo(512);
    assertThat(echo.environment())
        .containsEntry("THINGS_TABLE", "ThingsTable")
        .containsEntry("THINGS_BUCKET", "rapport-local");
    assertThat(template().functions().get("AuthorizeFunction").memoryMb()).isEqualTo(256);
  }

  @Test
  void readsRoutesInTheOrderOfTheTemplate() {
    var template = template();

    assertThat(template.routes()).extracting(route -> route.method() + " " + route.path()).containsExactly(
        "GET /api/v1/things", "GET /api/v1/things/{id}", "POST /api/v1/things", "GET /api/v1/exports", "GET /health",
        "GET /api/v1/things/literal", "ANY /api/v1/rest/{proxy+}", "GET /api/v1/crash", "GET /api/v1/watch");
    assertThat(template.routes().get(0).authorizer()).hasValue("Key");
    assertThat(template.routes().get(4).authorizer()).isEmpty();
    assertThat(template.routes().getLast().streaming()).isTrue();
    assertThat(template.authorizers().get("Key").function()).isEqualTo("AuthorizeFunction");
    assertThat(template.authorizers().get("Key").headers()).containsExactly("x-api-key");
  }

  @Test
  void readsUploadsAndSchedules() {
    var imports = template().functions().get("ImportFunction");

    assertThat(imports.name()).isEqualTo("rapport-local-import");
    assertThat(imports.timeout()).isEqualTo(Duration.ofSeconds(300));
    assertThat(imports.schedules()).singleElement().satisfies(schedule -> {
      assertThat(schedule.every()).isEqualTo(Duration.ofMinutes(5));
      assertThat(schedule.input().orElseThrow().path("sweep").asBoolean()).isTrue();
    });
    var upload = imports.uploads().getFirst();
    assertThat(upload.matches("rapport-local", "ObjectCreated:Put", "imports/org/activities/a.csv")).isTrue();
    assertThat(upload.matches("rapport-local", "ObjectCreated:Put", "imports/org/activities/a.csv.report.json"))
        .isFalse();
    assertThat(upload.matches("rapport-local", "ObjectRemoved:Delete", "imports/org/activities/a.csv")).isFalse();
    assertThat(upload.matches("another", "ObjectCreated:Put", "imports/a.csv")).isFalse();
  }

  @Test
  void readsTablesWithTheirIndexesAndLifetime() {
    var tables = template().tables();

    assertThat(tables).hasSize(1);
    var create = tables.getFirst().create();
    assertThat(create.tableName()).isEqualTo("ThingsTable");
    assertThat(create.keySchema()).extracting(key -> key.keyType()).containsExactly(KeyType.HASH, KeyType.RANGE);
    assertThat(create.globalSecondaryIndexes().getFirst().projection().nonKeyAttributes()).containsExactly("id");
    assertThat(create.localSecondaryIndexes().getFirst().indexName()).isEqualTo("LocalByStatus");
    assertThat(tables.getFirst().timeToLive()).hasValue("expires");
  }

  @Test
  void appliesSubstitutionsToStateMachines() {
    var machine = template().stateMachines().getFirst();

    assertThat(machine.name()).isEqualTo("Machine");
    assertThat(machine.definition().at("/States/Echo/Resource").asText())
        .isEqualTo("arn:aws:lambda:eu-north-1:000000000000:function:EchoFunction");
    assertThat(machine.definition().at("/States/Tell/Arguments/TopicArn").asText())
        .isEqualTo("arn:aws:sns:eu-north-1:000000000000:Topic");
  }

  @Test
  void evaluatesConditionsAndParameters() {
    var production = TemplateReader.read(file(), Map.of("Stage", "prod", "AllowedOrigins", "https://a.no,https://b.no"),
        "rapport-local");

    assertThat(production.tables()).hasSize(2);
    assertThat(production.functions().get("ImportFunction").timeout()).isEqualTo(Duration.ofSeconds(900));
    assertThat(production.parameters().get("AllowedOrigins")).isEqualTo(List.of("https://a.no", "https://b.no"));
  }

  @Test
  void namesUnsupportedProperties(@TempDir Path folder) throws Exception {
    refused(folder, "Value: !ImportValue other", "Fn::ImportValue");
    refused(folder, "Value: !Ref Nothing", "Nothing");
    refused(folder, "Value: !GetAtt Table.StreamArn", "Table.StreamArn");
    refused(folder, "Value: !Sub \"${Nobody.Arn}\"", "Nobody");
  }

  private static void refused(Path folder, String property, String named) throws Exception {
    var file = Files.writeString(folder.resolve("template.yaml"), """
        Resources:
          Table:
            Type: AWS::DynamoDB::Table
            Properties:
              AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
              KeySchema: [{AttributeName: pk, KeyType: HASH}]
              %s
        """.formatted(property));
    assertThatThrownBy(() -> TemplateReader.read(file, Map.of(), "b"))
        .isInstanceOf(UnsupportedInTemplate.class)
        .hasMessageContaining(named);
  }

  @Test
  void refusesAVariableWithTwoValues(@TempDir Path folder) throws Exception {
    var file = Files.writeString(folder.resolve("template.yaml"), """
        Resources:
          A: {Type: AWS::Serverless::Function, Properties: {Handler: a.A, Environment: {Variables: {LIMIT: 1}}}}
          B: {Type: AWS::Serverless::Function, Properties: {Handler: b.B, Environment: {Variables: {LIMIT: 2}}}}
        """);
    assertThatThrownBy(() -> Functions.environment(TemplateReader.read(file, Map.of(), "b")))
        .hasMessageContaining("LIMIT").hasMessageContaining("'1'").hasMessageContaining("'2'");
  }
}
