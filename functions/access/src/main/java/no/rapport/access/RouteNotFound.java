package no.rapport.access;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.rapport.api.Api;
import no.rapport.api.Priming;
import no.rapport.api.Reply;

/// Answers every path and method without a route: `404 {"message":"Not Found"}`, without authentication.
///
/// The contracts print base and path joined (`/api/v1/report-records/api/v1/report-records/…`). Such a path is answered
/// with `308` to the canonical one, which keeps method and body (RFC 9110, 15.4.9), and the query.
public final class RouteNotFound implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private static final Pattern DOUBLED = Pattern.compile(
      "/api/v1/(report-records|report-reexports|bufdir-exports|aggregated-report-data)(?<canonical>/api/v1/\\1(/.*)?)",
      Pattern.DOTALL);

  public RouteNotFound() {
    Priming.beforeSnapshot(() -> handleRequest(new APIGatewayProxyRequestEvent()
        .withPath("/api/v1/report-records/api/v1/report-records/priming")
        .withQueryStringParameters(Map.of("priming", "")), null));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answerUnauthenticated(event, context, request -> {
      Matcher doubled = DOUBLED.matcher(request.getPath() == null ? "" : request.getPath());
      return doubled.matches() ? Reply.moved(encoded(doubled.group("canonical")) + query(request)) : Reply.notFound();
    });
  }

  /// Returns the path percent-encoded again, whether or not API Gateway decoded it. Nothing in it can end a header or
  /// leave this API.
  private static String encoded(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(segment -> encode(decode(segment)))
        .collect(Collectors.joining("/"));
  }

  private static String query(APIGatewayProxyRequestEvent event) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    if (event.getMultiValueQueryStringParameters() != null) {
      parameters.putAll(event.getMultiValueQueryStringParameters());
    } else if (event.getQueryStringParameters() != null) {
      event.getQueryStringParameters().forEach((name, value) -> parameters.put(name, List.of(value)));
    }
    List<String> pairs = new ArrayList<>();
    parameters.forEach((name, values) -> values.forEach(value -> pairs.add(encode(name) + "=" + encode(value))));
    return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String decode(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return segment;
    }
  }
}
