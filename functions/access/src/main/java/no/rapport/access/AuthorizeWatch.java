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

/// The authorizer of the event stream: takes a key, or a ticket in `?ticket=` from browsers that cannot send one.
///
/// A ticket is good for this method only, and for the organisation and period it was given for; its caller sees no
/// other organisation. Where a key is sent too, the key counts. Its answers are not remembered: two requests with one
/// ticket may name different periods.
public final class AuthorizeWatch implements RequestHandler<APIGatewayCustomAuthorizerEvent, IamPolicyResponse> {

  private final ApiKeys keys;
  private final Tickets tickets;
  private final KeyRefusals refusals;
  private final InstantSource clock;

  public AuthorizeWatch() {
    this(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build());
    Priming.beforeSnapshot(Environment.required("ACCESS_TABLE"), ApiKeys::practise);
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
    Optional<IamPolicyResponse> leave = sent.isPresent()
        ? known.filter(key -> key.isLive(now)).map(key -> Leave.forMethod(event.getMethodArn(), key.id(),
            key.role().word(), key.organizationsWord()))
        : Credentials.parameter(event, "ticket").flatMap(text -> tickets.find(text, now))
            .filter(ticket -> names(event, "organization_id", ticket.organizationId())
                && names(event, "period_id", ticket.periodId()))
            .filter(ticket -> isKeyStillGood(ticket, now))
            .map(ticket -> Leave.forMethod(event.getMethodArn(), ticket.caller(), Role.ORG.word(),
                ticket.organizationId()));
    return leave.orElseThrow(() -> {
      Log.info("watch_refused", Map.of("with", sent.isPresent() ? "key" : "ticket or nothing",
          "key", known.map(ApiKey::id).orElse("")));
      known.ifPresent(key -> refusals.tell(key.id(), key.organizations().orElse(Set.of()), key.state(now),
        Optional.empty(), now));
      return Leave.refused();
    });
  }

  /// A ticket is good no longer than the key that it was issued to. A caller without a key has none to lose.
  private boolean isKeyStillGood(Tickets.Ticket ticket, Instant now) {
    return ticket.caller().equals(Caller.ANONYMOUS) || keys.find(ticket.caller())
        .filter(key -> key.isLive(now))
        .filter(key -> key.organizations().map(set -> set.contains(ticket.organizationId())).orElse(true))
        .isPresent();
  }

  /// An absent parameter is for the handler to refuse, with `400`.
  private static boolean names(APIGatewayCustomAuthorizerEvent event, String parameter, String value) {
    return Credentials.parameter(event, parameter).map(value::equals).orElse(true);
  }
}
