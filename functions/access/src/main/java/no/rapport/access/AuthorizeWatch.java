package no.rapport.access;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.IamPolicyResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Caller;
import no.rapport.api.Environment;
import no.rapport.api.KeyRefusals;
import no.rapport.api.Log;
import no.rapport.api.Priming;
import no.rapport.api.Role;
import no.rapport.api.Tickets;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Records;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The authorizer of the event stream. It accepts a key, or a ticket in `?ticket=` from browsers, which cannot send a
/// key.
///
/// A ticket is valid only for this method and for the organisation and period it was issued for; its caller sees no
/// other organisation. If a key is sent too, only the key counts. API Gateway does not cache the policies, because two
/// requests with one ticket may name different periods.
public final class AuthorizeWatch implements RequestHandler<APIGatewayCustomAuthorizerEvent, IamPolicyResponse> {

  private final ApiKeys keys;
  private final Tickets tickets;
  private final KeyRefusals refusals;
  private final InstantSource clock;

  public AuthorizeWatch() {
    this(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build());
    Priming.beforeSnapshot(Environment.required("ACCESS_TABLE"), ApiKeys::prime);
  }

  private AuthorizeWatch(DynamoDbClient client) {
    this(new ApiKeys(client, Environment.required("ACCESS_TABLE")),
        new DynamoRecords(client, Environment.required("RECORDS_TABLE")), InstantSource.system());
  }

  AuthorizeWatch(ApiKeys keys, Records records, InstantSource clock) {
    this.keys = keys;
    this.tickets = new Tickets(records);
    this.refusals = new KeyRefusals(records);
    this.clock = clock;
  }

  @Override
  public IamPolicyResponse handleRequest(APIGatewayCustomAuthorizerEvent event, Context context) {
    Instant now = clock.instant();
    Optional<String> sent = Credentials.key(event);
    Optional<ApiKey> known = sent.flatMap(keys::identify);
    Optional<IamPolicyResponse> policy = sent.isPresent()
        ? known.filter(key -> key.isLive(now)).map(key -> AuthorizerPolicy.forMethod(event.getMethodArn(), key.id(),
            key.role().word(), key.organizationsText()))
        : Credentials.parameter(event, "ticket").flatMap(text -> tickets.find(text, now))
            .filter(ticket -> matchesOrIsAbsent(event, "organization_id", ticket.organizationId())
                && matchesOrIsAbsent(event, "period_id", ticket.periodId()))
            .filter(ticket -> isKeyStillValid(ticket, now))
            .map(ticket -> AuthorizerPolicy.forMethod(event.getMethodArn(), ticket.caller(), Role.ORG.word(),
                ticket.organizationId()));
    return policy.orElseThrow(() -> {
      Log.info("watch_refused", Map.of("with", sent.isPresent() ? "key" : "ticket or none",
          "key", known.map(ApiKey::id).orElse("")));
      known.ifPresent(key -> refusals.store(key.id(), key.organizations().orElse(Set.of()), key.state(now),
          Optional.empty(), now));
      return AuthorizerPolicy.refused();
    });
  }

  /// Returns whether the key of the ticket's holder is still valid for its organisation. A caller without a key has no
  /// key to check.
  private boolean isKeyStillValid(Tickets.Ticket ticket, Instant now) {
    return ticket.caller().equals(Caller.ANONYMOUS) || keys.find(ticket.caller())
        .filter(key -> key.isLive(now))
        .filter(key -> key.organizations().map(set -> set.contains(ticket.organizationId())).orElse(true))
        .isPresent();
  }

  /// Returns whether the parameter has this value or is absent. The handler rejects an absent parameter with `400`.
  private static boolean matchesOrIsAbsent(APIGatewayCustomAuthorizerEvent event, String parameter, String value) {
    return Credentials.parameter(event, parameter).map(value::equals).orElse(true);
  }
}
