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
import no.rapport.api.Role;
import no.rapport.emulator.EmbeddedDynamoDb;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Fixtures of this module's tests.
final class AccessFixtures {

  static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  static final DynamoDbClient CLIENT = EmbeddedDynamoDb.shared().client();

  private AccessFixtures() {}

  /// Returns the name of a new, empty access table.
  static String anAccessTable() {
    return EmbeddedDynamoDb.shared().newTable("AccessTable");
  }

  static KeyOrder anOrder(String client, String... organizations) {
    return new KeyOrder(client, "Test", Role.ORG,
        organizations.length == 0 ? Optional.empty() : Optional.of(Set.of(organizations)), Duration.ofDays(365));
  }

  static ApiKeys.Issued issued(ApiKeys keys, KeyOrder order) {
    return (ApiKeys.Issued) keys.issue(order, NOON);
  }

  /// Returns the event that `sam local invoke` uses for a function.
  static <T> T event(String function, Class<T> type) {
    try (var in = Files.newInputStream(Path.of(System.getProperty("rapport.home"), "events", function + ".json"))) {
      return LambdaEventSerializers.serializerFor(type, AccessFixtures.class.getClassLoader()).fromJson(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
