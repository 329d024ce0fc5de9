package no.rapport.access;

import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import no.rapport.api.Role;
import no.rapport.emulator.EmbeddedDynamoDb;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/// What the tests of this module share.
final class AccessFixtures {

  static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  static final DynamoDbClient CLIENT = EmbeddedDynamoDb.shared().client();

  private AccessFixtures() {}

  /// The name of a new, empty access table, as the template describes it.
  static String anAccessTable() {
    String name = "Access-" + UUID.randomUUID();
    CLIENT.createTable(table -> table.tableName(name).billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(Stream.of("pk", "sk").map(attribute -> AttributeDefinition.builder()
            .attributeName(attribute).attributeType(ScalarAttributeType.S).build()).toList())
        .keySchema(KeySchemaElement.builder().attributeName("pk").keyType(KeyType.HASH).build(),
            KeySchemaElement.builder().attributeName("sk").keyType(KeyType.RANGE).build()));
    return name;
  }

  static KeyOrder anOrder(String client, String... organizations) {
    return new KeyOrder(client, "Test", Role.ORG,
        organizations.length == 0 ? Optional.empty() : Optional.of(Set.of(organizations)), Duration.ofDays(365));
  }

  static ApiKeys.Issued issued(ApiKeys keys, KeyOrder order) {
    return (ApiKeys.Issued) keys.issue(order, NOON);
  }

  /// The event that `sam local invoke` uses for a function.
  static <T> T event(String function, Class<T> type) {
    try (var in = Files.newInputStream(Path.of(System.getProperty("rapport.home"), "events", function + ".json"))) {
      return LambdaEventSerializers.serializerFor(type, AccessFixtures.class.getClassLoader()).fromJson(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
