package no.rapport.access;

import static no.rapport.access.AccessFixtures.CLIENT;
import static no.rapport.access.AccessFixtures.NOON;
import static no.rapport.access.AccessFixtures.anAccessTable;
import static no.rapport.access.AccessFixtures.anOrder;
import static no.rapport.access.AccessFixtures.event;
import static no.rapport.access.AccessFixtures.issued;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.IamPolicyResponse;
import java.time.InstantSource;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.rapport.records.AuditTrail;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class AuthorizeRequestTest {

  private final ApiKeys keys = new ApiKeys(CLIENT, anAccessTable());
  private final InMemoryRecords records = new InMemoryRecords(Clock.fixed(NOON, ZoneOffset.UTC));
  private final AuthorizeRequest authorize = new AuthorizeRequest(keys, records, InstantSource.fixed(NOON));

  private static APIGatewayCustomAuthorizerEvent aRequest(Map<String, String> headers) {
    var request = event("authorize-request", APIGatewayCustomAuthorizerEvent.class);
    request.setHeaders(headers);
    return request;
  }

  @Test
  void passesCallerToHandlersAndAllowsWholeStage() {
    ApiKeys.Issued issued = issued(keys, anOrder("oslo", "org-1042", "org-7"));
    for (String name : List.of("x-api-key", "X-Api-Key", "X-API-KEY")) {
      IamPolicyResponse policy = authorize.handleRequest(aRequest(Map.of(name, issued.text())), null);
      assertThat(policy.getPrincipalId()).isEqualTo(issued.key().id());
      assertThat(policy.getContext()).isEqualTo(Map.of("caller", issued.key().id(), "role", "org",
          "organizations", "org-1042,org-7"));
      assertThat(policy.getPolicyDocument().toString()).doesNotContain("Deny");
      assertThat(resources(policy)).containsExactly(
          "arn:aws:execute-api:eu-north-1:123456789012:a1b2c3d4e5/prod/*");
    }
  }

  static List<String> resources(IamPolicyResponse policy) {
    return java.util.Arrays.stream((Object[]) policy.getPolicyDocument().get("Statement"))
        .map(statement -> ((Map<?, ?>) statement).get("Resource"))
        .map(resource -> ((Object[]) resource)[0].toString())
        .toList();
  }

  @Test
  void rejectsEveryOtherRequest() {
    ApiKeys.Issued issued = issued(keys, anOrder("oslo"));
    ApiKeys.Issued revoked = issued(keys, anOrder("oslo"));
    keys.revoke(revoked.key().id(), NOON);
    var nullHeader = new HashMap<String, String>();
    nullHeader.put("x-api-key", null);
    for (var headers : List.of(Map.<String, String>of(), Map.of("x-api-key", ""), Map.of("x-api-key", "nonsense"),
        Map.of("x-api-key", issued.text().substring(1)), Map.of("x-api-key", " " + issued.text()),
        Map.of("x-api-key", revoked.text()), Map.of("authorization", issued.text()),
        Map.of("x-api-key", KeyText.generate(new java.security.SecureRandom()).reveal()), nullHeader)) {
      assertThatThrownBy(() -> authorize.handleRequest(aRequest(headers), null))
          .hasMessage("Unauthorized").hasNoCause();
    }
    assertThatThrownBy(() -> authorize.handleRequest(aRequest(null), null)).hasMessage("Unauthorized");
    assertThatThrownBy(() -> authorize.handleRequest(event("authorize-request", APIGatewayCustomAuthorizerEvent.class),
        null)).hasMessage("Unauthorized");
  }

  @Test
  void storesRefusalForOrganisationsOfKeyOnceAnHour() {
    ApiKeys.Issued revoked = issued(keys, anOrder("oslo", "org-1042", "org-7"));
    keys.revoke(revoked.key().id(), NOON);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> authorize.handleRequest(aRequest(Map.of("x-api-key", revoked.text())), null))
          .hasMessage("Unauthorized");
    }
    assertThatThrownBy(() -> authorize.handleRequest(aRequest(Map.of("x-api-key", "nonsense")), null))
        .hasMessage("Unauthorized");

    for (String org : List.of("org-1042", "org-7")) {
      assertThat(new AuditTrail(records).after(org, "", 100, NOON).events()).singleElement().satisfies(event -> {
        assertThat(event.action()).isEqualTo("key_refused");
        assertThat(event.caller()).isEqualTo(revoked.key().id());
        assertThat(event.details()).containsEntry("reason", "revoked");
        assertThat(event.toString()).doesNotContain(revoked.text());
      });
    }
  }
}
