package no.rapport.local;

import java.util.Map;
import java.util.Optional;
import no.rapport.api.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Every contract on the local stack.
class OpenApiJourneyTest extends EveryContract {

  private static final LocalRapport RAPPORT = LocalRapport.shared();
  private static Gateway gateway;
  private static Client client;
  private static String key;

  @BeforeAll
  static void open() {
    gateway = RAPPORT.anotherGateway(Gateway.PublicContracts.KEY);
    key = Keys.issue(RAPPORT, Role.ADMIN, Optional.empty());
    client = new Client(RAPPORT, gateway.baseUrl(), Map.of("x-api-key", key));
    client.importActivities("org-described", "2025.csv", ACTIVITIES);
  }

  @AfterAll
  static void close() {
    gateway.close();
  }

  @Override
  Client client() {
    return client;
  }

  @Override
  String key() {
    return key;
  }
}
