package no.rapport.access;

import static no.rapport.access.AccessFixtures.CLIENT;
import static no.rapport.access.AccessFixtures.NOON;
import static no.rapport.access.AccessFixtures.anAccessTable;
import static no.rapport.access.AccessFixtures.anOrder;
import static no.rapport.access.AccessFixtures.issued;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ApiKeysTest {

  private final String table = anAccessTable();
  private final ApiKeys keys = new ApiKeys(CLIENT, table);

  @Test
  void verifiesIssuedKey() {
    ApiKeys.Issued issued = issued(keys, anOrder("oslo", "org-b", "org-a"));
    assertThat(keys.verify(issued.text(), NOON)).contains(issued.key());
    assertThat(keys.find(issued.key().id())).contains(issued.key());
    assertThat(issued.key().organizationsText()).isEqualTo("org-a,org-b");
    assertThat(issued).hasToString("Issued[" + issued.key().id() + "]");
    assertThat(KeyText.parse(issued.text())).hasValueSatisfying(text ->
        assertThat(text).hasToString(issued.key().id()));
  }

  @Test
  void storesOnlyHashOfKey() {
    ApiKeys.Issued issued = issued(keys, anOrder("oslo"));
    String secret = issued.text().substring(19, 51);
    assertThat(CLIENT.scan(scan -> scan.tableName(table)).items().toString()).doesNotContain(secret);
  }

  @Test
  void rejectsUnknownAndForgedKeys() {
    String text = issued(keys, anOrder("oslo")).text();
    for (int i = 0; i < 200; i++) {
      KeyText forged = KeyText.generate(new java.security.SecureRandom());
      assertThat(keys.verify(forged.reveal(), NOON)).isEmpty();
    }
    assertThat(keys.verify(text.replace("rpt_live_", "rpt_test_"), NOON)).isEmpty();
    assertThat(keys.verify("", NOON)).isEmpty();
    assertThat(keys.verify(null, NOON)).isEmpty();
  }

  /// Returns random bytes whose first ten, which name a key, are always the same.
  private static final class SameName extends java.security.SecureRandom {
    private static final long serialVersionUID = 1L;
    private byte secret;

    @Override
    public void nextBytes(byte[] bytes) {
      java.util.Arrays.fill(bytes, 0, 10, (byte) 7);
      java.util.Arrays.fill(bytes, 10, bytes.length, ++secret);
    }
  }

  @Test
  void rejectsOtherSecretUnderNameOfKey() {
    var random = new SameName();
    String text = issued(new ApiKeys(CLIENT, table, random), anOrder("oslo")).text();
    KeyText forged = KeyText.generate(random);

    assertThat(forged.id()).isEqualTo(KeyText.parse(text).orElseThrow().id());
    assertThat(forged.reveal()).isNotEqualTo(text);
    assertThat(keys.verify(forged.reveal(), NOON)).isEmpty();
    assertThat(keys.verify(text, NOON)).isPresent();
  }

  @Test
  void rejectsKeyFromTheSecondOfItsExpiry() {
    ApiKeys.Issued issued = issued(keys, anOrder("oslo"));
    var end = NOON.plus(Duration.ofDays(365));
    assertThat(keys.verify(issued.text(), end.minusSeconds(1))).isPresent();
    assertThat(keys.verify(issued.text(), end)).isEmpty();
    assertThat(issued.key().state(end)).isEqualTo("expired");
  }

  @Test
  void rejectsRevokedKeyPermanently() {
    ApiKeys.Issued issued = issued(keys, anOrder("oslo"));
    assertThat(keys.revoke(issued.key().id(), NOON.plusSeconds(5))).get()
        .extracting(key -> key.state(NOON)).isEqualTo("revoked");
    assertThat(keys.verify(issued.text(), NOON.plusSeconds(6))).isEmpty();
    assertThat(keys.revoke(issued.key().id(), NOON.plusSeconds(50)).orElseThrow().revoked())
        .contains(NOON.plusSeconds(5));
    assertThat(keys.revoke("key_nothing", NOON)).isEmpty();
    assertThat(keys.revoke("client#oslo", NOON)).isEmpty();
  }

  @Test
  void allowsTwoLiveKeysPerClient() {
    ApiKeys.Issued first = issued(keys, anOrder("oslo"));
    ApiKeys.Issued second = issued(keys, anOrder("oslo"));
    assertThat(keys.issue(anOrder("oslo"), NOON)).isInstanceOfSatisfying(ApiKeys.TwoKeysLive.class,
        refused -> assertThat(refused.live()).containsExactlyInAnyOrder(first.key(), second.key()));
    assertThat(issued(keys, anOrder("bergen")).key().client()).isEqualTo("bergen");

    keys.revoke(first.key().id(), NOON);
    ApiKeys.Issued third = issued(keys, anOrder("oslo"));
    assertThat(keys.verify(first.text(), NOON)).isEmpty();
    assertThat(keys.verify(second.text(), NOON)).isPresent();
    assertThat(keys.verify(third.text(), NOON)).isPresent();
    assertThat(keys.issue(anOrder("oslo"), NOON.plus(Duration.ofDays(365)))).isInstanceOf(ApiKeys.Issued.class);
  }

  @Test
  void issuesAtMostTwoKeysToConcurrentOrders() throws Exception {
    try (var operators = Executors.newFixedThreadPool(8)) {
      var orders = new ArrayList<Callable<ApiKeys.Issue>>();
      for (int i = 0; i < 8; i++) {
        orders.add(() -> keys.issue(anOrder("oslo"), NOON));
      }
      int issued = 0;
      for (var outcome : operators.invokeAll(orders)) {
        issued += outcome.get() instanceof ApiKeys.Issued ? 1 : 0;
      }
      assertThat(issued).isEqualTo(2);
      assertThat(keys.list()).hasSize(2);
    }
  }

  @Test
  void listsAllKeysByClient() {
    ApiKeys.Issued oslo = issued(keys, anOrder("oslo"));
    ApiKeys.Issued bergen = issued(keys, anOrder("bergen", "org-b"));
    List<ApiKey> issued = new ArrayList<>(List.of(bergen.key(), oslo.key()));
    for (int client = 0; client < 6; client++) {
      issued.add(issued(keys, anOrder("trondheim-" + client)).key());
    }
    assertThat(keys.list()).containsExactlyElementsOf(issued);
    assertThat(keys.find("key_of_nobody")).isEmpty();
  }

  @Test
  void withdrawsOrganisationFromEveryKeyBoundToIt() {
    var only = issued(keys, anOrder("only", "org-1042")).key();
    var both = issued(keys, anOrder("both", "org-1042", "org-7")).key();
    var other = issued(keys, anOrder("other", "org-7")).key();
    var all = issued(keys, anOrder("all")).key();

    var answer = new RevokeOrganizationKeys(keys, java.time.InstantSource.fixed(NOON))
        .handleRequest(java.util.Map.of("org_id", "org-1042"), null);
    var again = new RevokeOrganizationKeys(keys, java.time.InstantSource.fixed(NOON))
        .handleRequest(java.util.Map.of("org_id", "org-1042"), null);

    assertThat(answer).isEqualTo(java.util.Map.of("revoked", 1, "narrowed", 1));
    assertThat(again).isEqualTo(java.util.Map.of("revoked", 0, "narrowed", 0));
    assertThat(keys.find(only.id()).orElseThrow().isLive(NOON)).isFalse();
    assertThat(keys.find(both.id()).orElseThrow().organizations()).contains(java.util.Set.of("org-7"));
    assertThat(keys.find(both.id()).orElseThrow().isLive(NOON)).isTrue();
    assertThat(keys.find(other.id())).contains(other);
    assertThat(keys.find(all.id())).contains(all);
  }
}
