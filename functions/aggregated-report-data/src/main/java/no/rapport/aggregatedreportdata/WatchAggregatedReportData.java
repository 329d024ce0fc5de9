package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import no.rapport.api.Api;
import no.rapport.api.Environment;
import no.rapport.api.FieldError;
import no.rapport.api.Log;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.reporting.Period;

/// `GET /api/v1/aggregated-report-data/watch`: the changes of an organisation's figures of a period, as Server-Sent
/// Events. Where the response streams (`WATCH_TRANSFER`, [StreamingRuntime]), a connection lasts 14 minutes and events arrive
/// as they happen; where it is buffered, it lasts 25 seconds and ends with its first events, so that none is later than one
/// reconnect.
public final class WatchAggregatedReportData implements RequestStreamHandler {

  /// Below the 29 seconds of a buffered REST API integration.
  private static final Duration BUFFERED_WINDOW = Duration.ofSeconds(25);
  /// Below the 15 minutes of a function and of a streamed REST API integration.
  private static final Duration STREAMED_WINDOW = Duration.ofMinutes(14);
  /// How often a stream checks whether another stream has taken over its place.
  private static final Duration LEASE_CHECK = Duration.ofSeconds(15);
  /// Time reserved for ending the response before the function times out.
  private static final Duration RESERVE = Duration.ofSeconds(2);
  /// How much longer a lease lives than the longest connection, so that a running stream never loses it to expiry.
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);
  static final Duration RETRY_WHEN_REFUSED = Duration.ofSeconds(15);
  private static final String DEFAULT_MAX_FOLLOWERS = "100";
  private static final byte[] END_OF_HEAD = new byte[8];
  /// Names of one parameter: the contract's, and those that the usual polyfills of `EventSource` send.
  private static final List<String> LAST_EVENT_ID = List.of("last_event_id", "lastEventId", "Last-Event-ID");
  private static final Set<String> PARAMETERS =
      Set.of("organization_id", "period_id", "last_event_id", "lastEventId", "Last-Event-ID", "ticket");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final AggregatedReportData data;
  private final EventStream.Transfer transfer;
  private final EventStream.Pause pause;
  private final StreamLeases leases;

  public WatchAggregatedReportData() {
    this(AggregatedReportData.fromEnvironment(),
        EventStream.Transfer.valueOf(Environment.optional("WATCH_TRANSFER", "BUFFERED")), time -> {
          LockSupport.parkNanos(time.toNanos());
          return !Thread.currentThread().isInterrupted();
        });
  }

  WatchAggregatedReportData(AggregatedReportData data, EventStream.Transfer transfer, EventStream.Pause pause) {
    this(data, transfer, pause,
        maxStreams(Integer.parseInt(Environment.optional("MAX_FOLLOWERS", DEFAULT_MAX_FOLLOWERS))));
  }

  private WatchAggregatedReportData(AggregatedReportData data, EventStream.Transfer transfer, EventStream.Pause pause,
      int maxStreams) {
    this.data = data;
    this.transfer = transfer;
    this.pause = pause;
    this.leases = new StreamLeases(data.records(), maxStreams);
  }

  /// Reserves a tenth of the function's instances for refusing streams beyond the limit.
  private static int maxStreams(int instances) {
    return Math.max(1, instances - Math.ceilDiv(instances, 10));
  }

  /// One look at a stream.
  ///
  /// @param nowhere what keeps nothing
  static void prime(AggregatedReportData nowhere) {
    try {
      new WatchAggregatedReportData(nowhere, EventStream.Transfer.BUFFERED, _ -> false).handleRequest(new ByteArrayInputStream("""
          {"httpMethod": "GET", "path": "/priming", "multiValueHeaders": {"Accept": ["text/event-stream"]},
           "multiValueQueryStringParameters": {"organization_id": ["priming"], "period_id": ["2025"]},
           "requestContext": {"requestId": "priming", "identity": {"sourceIp": "192.0.2.1"}, "authorizer":
             {"caller": "priming", "role": "org", "organizations": "priming"}}}""".getBytes(StandardCharsets.UTF_8)),
          OutputStream.nullOutputStream(), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Watch(String organizationId, String periodId, String caller, Optional<String> lastEventId) {}

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
    var event = JSON.readValue(input, APIGatewayProxyRequestEvent.class);
    var accepted = new AtomicReference<Watch>();
    APIGatewayProxyResponseEvent response = Api.answer(event, context, request -> answer(request, accepted));
    if (accepted.get() == null) {
      writeHead(output, response.getStatusCode(), response.getHeaders());
      output.write(response.getBody().getBytes(StandardCharsets.UTF_8));
      output.flush();
      return;
    }
    var headers = new TreeMap<>(response.getHeaders());
    headers.put("Content-Type", "text/event-stream");
    headers.put("X-Accel-Buffering", "no"); // proxies on the way must not collect the stream
    writeHead(output, response.getStatusCode(), headers);
    Watch watch = accepted.get();
    Duration window = window(context);
    try {
      switch (leases.take(watch.organizationId(), watch.caller(), data.clock().instant(), window.plus(LEASE_MARGIN))) {
        case StreamLeases.Refused(String why) -> refuse(output, watch, why);
        case StreamLeases.Held held -> {
          try {
            new EventStream(data.snapshots(), data.clock(), transfer, whileHeld(held))
                .follow(watch.organizationId(), watch.periodId(), watch.lastEventId(), window, output);
          } finally {
            leases.giveBack(held);
          }
        }
      }
    } catch (IOException e) {
      // The follower hung up: it comes again with its last id.
      Log.info("follower_gone", Map.of("organization_id", watch.organizationId(), "period_id", watch.periodId()));
    }
  }

  /// Refuses with status 200, because an `EventSource` stops for good on any other status. With 200, it reconnects
  /// later with its last event id.
  private static void refuse(OutputStream output, Watch watch, String why) throws IOException {
    Log.info("follower_refused", Map.of("organization_id", watch.organizationId()));
    output.write(("retry: " + RETRY_WHEN_REFUSED.toMillis() + "\n: " + why + "; try again later\n\n")
        .getBytes(StandardCharsets.UTF_8));
    output.flush();
  }

  private Duration window(Context context) {
    Duration window = transfer == EventStream.Transfer.STREAMED ? STREAMED_WINDOW : BUFFERED_WINDOW;
    if (context == null) {
      return window;
    }
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(RESERVE);
    return left.compareTo(window) < 0 ? left : window;
  }

  /// Returns a pause that ends the connection once another stream has taken over its place.
  private EventStream.Pause whileHeld(StreamLeases.Held held) {
    var lastCheck = new AtomicReference<>(data.clock().instant());
    return time -> {
      if (!pause.await(time)) {
        return false;
      }
      Instant now = data.clock().instant();
      if (now.isBefore(lastCheck.get().plus(LEASE_CHECK))) {
        return true;
      }
      lastCheck.set(now);
      return leases.isHeld(held, now);
    };
  }

  private Reply answer(Request request, AtomicReference<Watch> accepted) {
    var errors = new ArrayList<FieldError>();
    request.query().forEach((name, values) -> {
      if (!PARAMETERS.contains(name)) {
        errors.add(new FieldError("?" + (name.length() > 64 ? name.substring(0, 64) : name),
            "Unknown query parameter; remove it"));
      } else if (values.size() > 1) {
        errors.add(new FieldError("?" + name, name + " must be given only once"));
      }
    });
    Optional<String> organizationId = parameter(request, "organization_id").filter(id -> ID.matcher(id).matches());
    Optional<String> periodId = parameter(request, "period_id").filter(id -> Period.ofId(id).isPresent());
    if (organizationId.isEmpty()) {
      errors.add(new FieldError("?organization_id",
          "organization_id is required: 1 to 64 characters of A-Z, a-z, 0-9, _ and -"));
    }
    if (periodId.isEmpty()) {
      errors.add(new FieldError("?period_id", "period_id is required: YYYY, YYYY-H1/H2 or YYYY-Q1..Q4"));
    }
    if (!errors.isEmpty()) {
      return Reply.badQuery(errors);
    }
    if (!request.caller().maySee(organizationId.get())) {
      return Reply.notFound();
    }
    // A browser that connects again sends the header; the address it uses is still the first one.
    accepted.set(new Watch(organizationId.get(), periodId.get(), request.caller().id(), lastEventId(request)));
    return new Reply(200, Map.of(), Optional.empty());
  }

  private static Optional<String> lastEventId(Request request) {
    return request.header("Last-Event-ID")
        .or(() -> LAST_EVENT_ID.stream().flatMap(name -> parameter(request, name).stream()).findFirst())
        .filter(id -> !id.isEmpty());
  }

  private static Optional<String> parameter(Request request, String name) {
    return request.query().getOrDefault(name, List.of()).stream().findFirst();
  }

  /// The prelude of a streamed answer: a JSON head, eight NUL bytes, then the payload.
  private static void writeHead(OutputStream output, int status, Map<String, String> headers) throws IOException {
    output.write(JSON.writeValueAsBytes(JSON.createObjectNode().put("statusCode", status)
        .<ObjectNode>set("headers", JSON.valueToTree(headers))));
    output.write(END_OF_HEAD);
    output.flush();
  }
}
