package no.rapport.emulator;

import static no.rapport.emulator.TemplateDocument.list;
import static no.rapport.emulator.TemplateDocument.section;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.Projection;

/// A table as a template defines it: its creation request and its time-to-live attribute.
///
/// Protection, encryption and recovery are settings of the service without an equivalent here.
public record TableDefinition(CreateTableRequest create, Optional<String> timeToLive) {

  /// @param properties the evaluated properties of the resource `AWS::DynamoDB::Table`
  public static TableDefinition of(String tableName, Map<String, Object> properties) {
    var create = CreateTableRequest.builder()
        .tableName(tableName)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(list(properties.get("AttributeDefinitions")).stream().map(TemplateDocument::object)
            .map(attribute -> AttributeDefinition.builder()
                .attributeName(text(attribute, "AttributeName"))
                .attributeType(text(attribute, "AttributeType")).build())
            .toList())
        .keySchema(keySchema(properties));
    var global = list(properties.get("GlobalSecondaryIndexes")).stream().map(TemplateDocument::object)
        .map(index -> GlobalSecondaryIndex.builder().indexName(text(index, "IndexName"))
            .keySchema(keySchema(index)).projection(projection(index)).build())
        .toList();
    if (!global.isEmpty()) {
      create.globalSecondaryIndexes(global);
    }
    var local = list(properties.get("LocalSecondaryIndexes")).stream().map(TemplateDocument::object)
        .map(index -> LocalSecondaryIndex.builder().indexName(text(index, "IndexName"))
            .keySchema(keySchema(index)).projection(projection(index)).build())
        .toList();
    if (!local.isEmpty()) {
      create.localSecondaryIndexes(local);
    }
    return new TableDefinition(create.build(),
        Optional.ofNullable(section(properties, "TimeToLiveSpecification").get("AttributeName")).map(String::valueOf));
  }

  private static List<KeySchemaElement> keySchema(Map<String, Object> of) {
    return list(of.get("KeySchema")).stream().map(TemplateDocument::object)
        .map(key -> KeySchemaElement.builder()
            .attributeName(text(key, "AttributeName")).keyType(text(key, "KeyType")).build())
        .toList();
  }

  private static Projection projection(Map<String, Object> index) {
    var projection = section(index, "Projection");
    var builder = Projection.builder().projectionType(text(projection, "ProjectionType"));
    var included = list(projection.get("NonKeyAttributes")).stream().map(String::valueOf).toList();
    return included.isEmpty() ? builder.build() : builder.nonKeyAttributes(included).build();
  }

  private static String text(Map<String, Object> of, String name) {
    return String.valueOf(of.get(name));
  }
}
