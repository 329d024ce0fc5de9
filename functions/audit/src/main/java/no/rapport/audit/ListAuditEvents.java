package no.rapport.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import no.rapport.api.Api;
import no.rapport.api.Caller;
import no.rapport.api.Environment;
import no.rapport.api.FieldError;
import no.rapport.api.Priming;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.records.AuditEvent;
import no.rapport.records.AuditTrail;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Records;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// `GET /api/v1/audit-events`: lists the actions on an organisation's resources, oldest first.
///
/// `next_cursor` is always present. Sent as `after`, it returns the events since then.
public final class ListAuditEvents
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private static final Set<String> PARAMETERS = Set.of("org_id", "after", "limit");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]?|100");
  private static final int DEFAULT_LIMIT = 20;

  private final AuditTrail trail;
  private final Clock clock;

  public ListAuditEvents() {
    this(new DynamoRecords(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        Environment.required("RECORDS_TABLE")), Clock.systemUTC());
    Priming.beforeSnapshot(Environment.required("RECORDS_TABLE"), offline -> new AuditTrail(
        new DynamoRecords(DynamoDbClient.builder().httpClient(offline).build(), "priming"))
        .after("priming", "", 1, clock.instant()));
  }

  ListAuditEvents(Records records, Clock clock) {
    this.trail = new AuditTrail(records);
    this.clock = clock;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, this::answer);
  }

  private Reply answer(Request request) {
    List<FieldError> errors = new ArrayList<>();
    request.query().forEach((name, values) -> {
      if (!PARAMETERS.contains(name)) {
        errors.add(new FieldError("?" + (name.length() > 64 ? name.substring(0, 64) : name),
            "Unknown query parameter; remove it"));
      } else if (values.size() > 1) {
        errors.add(new FieldError("?" + name, name + " must be given only once"));
      }
    });
    Optional<String> orgId = parameter(request, "org_id").or(() -> onlyOrganization(request.caller()))
        .filter(id -> ID.matcher(id).matches());
    if (orgId.isEmpty()) {
      errors.add(new FieldError("?org_id", "org_id is required: 1 to 64 characters of A-Z, a-z, 0-9, _ and -"));
    }
    String limit = parameter(request, "limit").orElse(Integer.toString(DEFAULT_LIMIT));
    if (!LIMIT.matcher(limit).matches()) {
      errors.add(new FieldError("?limit", "limit must be a whole number from 1 to 100"));
    }
    if (!errors.isEmpty()) {
      return Reply.badQuery(errors);
    }
    if (!request.caller().maySee(orgId.get())) {
      return Reply.notFound();
    }
    try {
      return Reply.ok(body(trail.after(orgId.get(), parameter(request, "after").orElse(""), Integer.parseInt(limit),
          clock.instant()), Integer.parseInt(limit)));
    } catch (IllegalArgumentException e) {
      return Reply.badQuery(List.of(new FieldError("?after",
          "after must be a next_cursor of this list; leave it out to start at the first event")));
    }
  }

  private static ObjectNode body(AuditTrail.Page page, int limit) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    var data = body.putArray("data");
    page.events().forEach(event -> data.add(shown(event)));
    body.putObject("pagination").put("limit", limit).put("next_cursor", page.nextCursor());
    return body;
  }

  private static ObjectNode shown(AuditEvent event) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode()
        .put("event_id", event.eventId())
        .put("at", event.at().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("action", event.action())
        .put("resource", event.resource())
        .put("caller", event.caller())
        .put("acting_user", event.actingUser().orElse(null))
        .put("org_id", event.orgId());
    ObjectNode details = shown.putObject("details");
    event.details().forEach(details::put);
    return shown;
  }

  /// Returns the organisation of a key that is bound to exactly one.
  private static Optional<String> onlyOrganization(Caller caller) {
    return caller.organizations().filter(set -> set.size() == 1).map(set -> set.iterator().next());
  }

  private static Optional<String> parameter(Request request, String name) {
    return request.query().getOrDefault(name, List.of()).stream().findFirst();
  }
}
