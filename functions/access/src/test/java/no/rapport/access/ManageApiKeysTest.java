package no.rapport.access;

import static no.rapport.access.AccessFixtures.CLIENT;
import static no.rapport.access.AccessFixtures.NOON;
import static no.rapport.access.AccessFixtures.anAccessTable;
import static no.rapport.access.AccessFixtures.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManageApiKeysTest {

  private final ApiKeys keys = new ApiKeys(CLIENT, anAccessTable());
  private final ManageApiKeys manage = new ManageApiKeys(keys, InstantSource.fixed(NOON));

  @SuppressWarnings("unchecked")
  private static Map<String, Object> anIssue() {
    return new HashMap<>(event("manage-api-keys", Map.class));
  }

  @Test
  void showsKeyOnceAndNeverItsHash() {
    var issued = manage.handleRequest(anIssue(), null);
    assertThat(issued).containsEntry("client", "oslo-case-system").containsEntry("role", "org")
        .containsEntry("organizations", List.of("org-1042")).containsEntry("state", "live")
        .containsEntry("created_at", "2026-03-26T12:00:00Z").containsEntry("expires_at", "2027-03-26T12:00:00Z");
    String key = (String) issued.get("key");
    assertThat(keys.verify(key, NOON)).isPresent();

    var listed = manage.handleRequest(Map.of("action", "list"), null);
    assertThat(listed.toString()).contains(issued.get("id").toString()).doesNotContain(key)
        .doesNotContain(KeyText.parse(key).orElseThrow().sha256());
    assertThat((List<?>) manage.handleRequest(Map.of("action", "list", "client", "bergen"), null).get("keys"))
        .isEmpty();

    var revoked = manage.handleRequest(Map.of("action", "revoke", "id", issued.get("id")), null);
    assertThat(revoked).containsEntry("state", "revoked").containsEntry("revoked_at", "2026-03-26T12:00:00Z")
        .doesNotContainKey("key");
    assertThat(keys.verify(key, NOON)).isEmpty();
  }

  @Test
  void countsAndListsLiveKeysThatEndWithinThirtyDays() {
    for (var key : List.of(Map.entry("a", 30), Map.entry("b", 31), Map.entry("c", 29), Map.entry("d", 5))) {
      var order = anIssue();
      order.put("client", key.getKey());
      order.put("valid_days", key.getValue());
      Object id = manage.handleRequest(order, null).get("id");
      if (key.getKey().equals("d")) {
        manage.handleRequest(Map.of("action", "revoke", "id", id), null);
      }
    }
    var soon = (List<?>) manage.handleRequest(Map.of("action", "list", "ending_within_days", 30), null).get("keys");

    assertThat(soon).singleElement().asInstanceOf(MAP).containsEntry("client", "c");
    assertThat(manage.handleRequest(Map.of("action", "count_ending"), null)).isEqualTo(Map.of("ending", 1L));
  }

  @Test
  void namesBothLiveKeysWhenRefusingThird() {
    var first = manage.handleRequest(anIssue(), null);
    manage.handleRequest(anIssue(), null);
    assertThat(manage.handleRequest(anIssue(), null)).containsOnlyKeys("error")
        .extractingByKey("error").asString().contains(first.get("id").toString()).contains("revoke one first");
  }

  @Test
  void bindsKeyToAllOrganisationsOnlyOnExplicitStar() {
    var all = anIssue();
    all.put("organizations", "*");
    all.put("role", "admin");
    assertThat(manage.handleRequest(all, null)).containsEntry("organizations", "*");
    for (Object organizations : new Object[] {null, List.of(), "", List.of(1), 5, List.of("a,b"), List.of("*")}) {
      var order = anIssue();
      order.put("organizations", organizations);
      assertThat(manage.handleRequest(order, null)).containsOnlyKeys("error");
    }
  }

  @Test
  void answersErrorForWrongOrder() {
    for (var wrong : List.<Map.Entry<String, Object>>of(Map.entry("action", "drop"), Map.entry("client", "a b"),
        Map.entry("label", " "), Map.entry("role", "root"), Map.entry("valid_days", 401),
        Map.entry("valid_days", 0), Map.entry("valid_days", -1), Map.entry("valid_days", 1.5),
        Map.entry("valid_days", "ten"), Map.entry("label", "a\nb"))) {
      var order = anIssue();
      order.put(wrong.getKey(), wrong.getValue());
      assertThat(manage.handleRequest(order, null)).as(wrong.toString()).containsOnlyKeys("error");
    }
    assertThat(manage.handleRequest(Map.of(), null)).containsOnlyKeys("error");
    assertThat(manage.handleRequest(null, null)).containsOnlyKeys("error");
    assertThat(manage.handleRequest(Map.of("action", "revoke", "id", "key_none"), null))
        .containsEntry("error", "There is no key key_none; action list shows the ids");
    assertThat(keys.list()).isEmpty();
  }
}
