package no.rapport.local;

import static no.rapport.emulator.TemplateDocument.list;
import static no.rapport.emulator.TemplateDocument.object;
import static no.rapport.emulator.TemplateDocument.section;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import no.rapport.emulator.TemplateDocument;
import no.rapport.exportjobs.ExportJob;
import org.junit.jupiter.api.Test;

/// Tests settings of the template that otherwise only a deployment would show: versions, stages, and the resources that
/// a failed deployment keeps.
class DeployedSettingsTest {

  private static final Path FILE = Options.home().resolve("template.yaml");
  private static final String SECRET = "arn:aws:secretsmanager:eu-north-1:000000000000:secret:";
  /// Parameters with a connector, because its parameters have no effect without one.
  private static final Map<String, Object> CONFIGURED = Map.of("BufdirApiUrl", "https://bufdir.example",
      "MaskinportenTokenUrl", "https://maskinporten.example/token", "MaskinportenAudience", "https://maskinporten.example/",
      "MaskinportenClientId", "client", "MaskinportenScope", "scope", "BufdirKeySecretArn", SECRET + "key-Ab12Cd");
  private static final Set<String> KINDS_OF_STORE = Set.of("AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::DynamoDB::Table");

  /// CloudFormation publishes a new version if its description changes, but not if only a parameter's value changes.
  @Test
  void changedParameterPublishesEveryVersionThatReadsIt() throws IOException {
    var before = versions(CONFIGURED);
    var read = new TreeSet<String>();
    for (var parameter : section(TemplateDocument.read(FILE), "Parameters").entrySet()) {
      var changed = new HashMap<>(CONFIGURED);
      changed.put(parameter.getKey(), other(object(parameter.getValue()), CONFIGURED.get(parameter.getKey())));
      versions(changed).forEach((function, after) -> {
        if (!after.settings().equals(before.get(function).settings())) {
          read.add(parameter.getKey());
          assertThat(after.description()).as(function + " reads " + parameter.getKey())
              .isNotEqualTo(before.get(function).description());
        }
      });
    }
    assertThat(read).contains("AllowedOrigins", "BufdirApiUrl", "BufdirKeySecretArn", "MaskinportenScope");
  }

  @Test
  void everyVersionDescriptionIsWithinItsLimit() throws IOException {
    var longest = new HashMap<String, Object>();
    for (var parameter : section(TemplateDocument.read(FILE), "Parameters").entrySet()) {
      var declaration = object(parameter.getValue());
      if (declaration.containsKey("MaxLength")) {
        var most = Integer.parseInt(String.valueOf(declaration.get("MaxLength")));
        var text = parameter.getKey().equals("BufdirKeySecretArn") ? SECRET : "https://";
        longest.put(parameter.getKey(), text + "x".repeat(most - text.length()));
      } else if (declaration.containsKey("MaxValue")) {
        longest.put(parameter.getKey(), declaration.get("MaxValue"));
      }
    }
    versions(longest).forEach((function, version) ->
        assertThat(version.description()).as(function).hasSizeLessThanOrEqualTo(256));
  }

  /// @param settings the settings that the version contains
  private record Version(String description, Map<String, Object> settings) {}

  private static Map<String, Version> versions(Map<String, Object> parameters) {
    var template = TemplateReader.read(FILE, parameters, LocalRapport.BUCKET);
    var versions = new HashMap<String, Version>();
    TemplateReader.properties(FILE, parameters, "AWS::Serverless::Function").forEach((id, properties) -> {
      var settings = new HashMap<>(properties);
      settings.keySet().removeAll(Set.of("VersionDescription", "Policies", "Events", "ReservedConcurrentExecutions",
          "EventInvokeConfig"));
      var environment = new HashMap<>(template.functions().get(id).environment());
      if (template.routes().stream().noneMatch(route -> route.function().equals(template.functions().get(id).name()))) {
        // Only answers to web pages contain an origin.
        environment.remove("ALLOWED_ORIGINS");
      }
      settings.put("Environment", environment);
      assertThat(properties).as(id).containsKey("VersionDescription");
      versions.put(id, new Version(String.valueOf(properties.get("VersionDescription")), settings));
    });
    return versions;
  }

  private static Object other(Map<String, Object> declaration, Object value) {
    if (declaration.containsKey("AllowedValues")) {
      return list(declaration.get("AllowedValues")).stream()
          .filter(allowed -> !String.valueOf(allowed).equals(String.valueOf(declaration.get("Default")))).findFirst()
          .orElseThrow();
    }
    return declaration.get("Type").equals("Number")
        ? Integer.parseInt(String.valueOf(declaration.get("Default"))) + 1
        : value == null ? "https://other.example" : value + "2";
  }

  @Test
  void redeploysTheApiWithEveryDeploymentAndHasOneStage() {
    assertThat(TemplateReader.properties(FILE, Map.of(), "AWS::Serverless::Api").get("Api"))
        .containsEntry("AlwaysDeploy", true).containsEntry("OpenApiVersion", "3.0.1");
  }

  /// If a failed first deployment kept a named resource, the second deployment would fail because the name exists.
  @Test
  void failedFirstDeploymentKeepsNoNamedResource() throws IOException {
    section(TemplateDocument.read(FILE), "Resources").forEach((id, value) -> {
      var resource = object(value);
      var named = section(resource, "Properties").keySet().stream()
          .anyMatch(Set.of("BucketName", "LogGroupName", "TableName")::contains);
      if (KINDS_OF_STORE.contains(String.valueOf(resource.get("Type")))) {
        assertThat(resource.get("DeletionPolicy")).as(id).isEqualTo(named ? "RetainExceptOnCreate" : "Retain");
        assertThat(resource.get("UpdateReplacePolicy")).as(id).isEqualTo("Retain");
      }
    });
  }

  @Test
  void keepsFilesAsLongAsTheirResourcesPromise() {
    var parameters = Map.<String, Object>of("ExportFileDays", 7);
    assertThat(TemplateReader.read(FILE, parameters, LocalRapport.BUCKET).functions().values()).allSatisfy(function ->
        assertThat(function.environment()).containsEntry("EXPORT_FILE_DAYS", "7"));
    var rules = section(TemplateReader.properties(FILE, parameters, "AWS::S3::Bucket").get("Bucket"),
        "LifecycleConfiguration").get("Rules");
    assertThat(list(rules)).anySatisfy(rule -> assertThat(object(rule))
        .containsEntry("Prefix", "exports/").containsEntry("ExpirationInDays", "7"));

    assertThat(TemplateReader.read(FILE, Map.of(), LocalRapport.BUCKET).parameters().get("ExportFileDays"))
        .isEqualTo(String.valueOf(ExportJob.FILE_LIFETIME.toDays()));
  }

  @Test
  void customerKeyEncryptsAllStoredData() {
    var key = "arn:aws:kms:eu-north-1:000000000000:key/0123";
    for (var type : List.of("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::SNS::Topic")) {
      TemplateReader.properties(FILE, Map.of("KmsKeyArn", key), type).forEach((id, properties) -> {
        if (!id.equals("AlarmTopic")) {
          assertThat(properties.toString()).as(id).contains(key);
        }
      });
      TemplateReader.properties(FILE, Map.of(), type).forEach((id, properties) ->
          assertThat(properties.toString()).as(id).doesNotContain("arn:aws:kms"));
    }
  }

  /// Links contain neither the stage nor a base path.
  @Test
  void customDomainMapsToTheRootOfTheStage() {
    var own = Map.<String, Object>of("DomainName", "rapport.example.no", "CertificateArn",
        "arn:aws:acm:eu-north-1:000000000000:certificate/1");
    var mapping = TemplateReader.properties(FILE, own, "AWS::ApiGateway::BasePathMapping");

    assertThat(mapping.values()).singleElement().satisfies(properties ->
        assertThat(properties).containsKeys("RestApiId", "Stage").doesNotContainKey("BasePath"));
    assertThat(TemplateReader.properties(FILE, Map.of(), "AWS::ApiGateway::BasePathMapping")).isEmpty();
  }

  /// The 54 functions with their libraries take about 0.8 GB for each release, of the account's 75 GB.
  @Test
  void releaseRemovesTheVersionsOfThePreviousOne() throws IOException {
    assertThat(section(section(TemplateDocument.read(FILE), "Globals"), "Function"))
        .containsEntry("VersionDeletionPolicy", "Delete");
  }

  @Test
  void trailRecordsDownloadsOfReportsAndExports() {
    var trail = TemplateReader.properties(FILE, Map.of("FileTrail", "on"), "AWS::CloudTrail::Trail").get("FilesTrail");

    assertThat(trail.toString()).contains("resources.ARN", LocalRapport.BUCKET + "/reports/",
        LocalRapport.BUCKET + "/exports/");
    assertThat(TemplateReader.properties(FILE, Map.of(), "AWS::CloudTrail::Trail")).isEmpty();
  }

  @Test
  void allowsAnImportToInvokeItself() {
    assertThat(TemplateReader.properties(FILE, Map.of(), "AWS::Serverless::Function").get("ImportSourceDataFunction"))
        .containsEntry("RecursiveLoop", "Allow");
  }

  @Test
  void pagesOfEveryAllowedOriginMayUseLinks() {
    var bucket = TemplateReader.properties(FILE, Map.of("AllowedOrigins", "https://a.no,https://b.no"), "AWS::S3::Bucket")
        .get("Bucket");

    var rule = object(list(section(bucket, "CorsConfiguration").get("CorsRules")).getFirst());
    assertThat(rule.get("AllowedOrigins")).isEqualTo(List.of("https://a.no", "https://b.no"));
    assertThat(rule.get("AllowedMethods")).isEqualTo(List.of("GET", "HEAD", "PUT"));
    assertThat(TemplateReader.properties(FILE, Map.of(), "AWS::S3::Bucket").get("Bucket"))
        .doesNotContainKey("CorsConfiguration");
  }

  @Test
  void accessLogHasAddressAndPathButNeitherQueryNorHeader() {
    var api = TemplateReader.properties(FILE, Map.of(), "AWS::Serverless::Api").get("Api");

    assertThat(String.valueOf(section(api, "AccessLogSetting").get("Format")))
        .contains("\"source_ip\":\"$context.identity.sourceIp\"", "\"path\":\"$context.path\"",
            "\"status\":\"$context.status\"")
        .doesNotContain("$input", "header", "query", "apiKey");
  }
}
