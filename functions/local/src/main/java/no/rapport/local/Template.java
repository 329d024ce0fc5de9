package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.emulator.TableDefinition;

/// The resources of `template.yaml`, with all intrinsic functions evaluated.
///
/// @param parameters values of the parameters
/// @param functions functions by logical id, in the template's order
/// @param routes routes of the REST API, in the template's order
/// @param gatewayResponses responses by type, for example `UNAUTHORIZED`
/// @param authorizers authorizers by name
/// @param buckets names of the buckets
/// @param topics ARNs of the topics
record Template(
    Map<String, Object> parameters,
    Map<String, LambdaFunction> functions,
    List<Route> routes,
    Map<String, GatewayResponse> gatewayResponses,
    Map<String, Authorizer> authorizers,
    List<TableDefinition> tables,
    List<String> buckets,
    List<StateMachine> stateMachines,
    List<String> topics) {

  /// A deployed function.
  ///
  /// @param name the value of `!Ref`; the logical id if the template does not name the function
  /// @param code path of the deployable, from `CodeUri`
  /// @param handler the class, or `Class::method`
  /// @param grants permissions of its policies
  record LambdaFunction(
      String logicalId,
      String name,
      Path code,
      String handler,
      Map<String, String> environment,
      Duration timeout,
      int memoryMb,
      List<Permissions.Grant> grants,
      List<Schedule> schedules,
      List<Upload> uploads) {}

  /// One method of one path.
  ///
  /// @param method upper case, or `ANY`
  /// @param path as in the template, with `{name}` and `{name+}`
  /// @param authorizer name of the authorizer; empty if the route has none
  /// @param streaming whether the response is streamed
  record Route(String method, String path, String function, Optional<String> authorizer, boolean streaming) {}

  /// A `REQUEST` authorizer.
  ///
  /// @param headers required headers; without them the answer is 401 and the function is not called
  /// @param queryStrings required query parameters, likewise
  record Authorizer(String name, String function, List<String> headers, List<String> queryStrings) {}

  /// A response of the API itself.
  ///
  /// @param body the template of the JSON body; `$context…` variables are filled in
  record GatewayResponse(Optional<Integer> status, Optional<String> body, Map<String, String> headers) {}

  /// A schedule that invokes the function.
  record Schedule(String name, Duration every, Optional<JsonNode> input) {}

  /// A bucket event that invokes the function for new objects.
  record Upload(String bucket, List<String> events, String prefix, String suffix) {

    boolean matches(String inBucket, String event, String key) {
      return bucket.equals(inBucket)
          && key.startsWith(prefix)
          && key.endsWith(suffix)
          && events.stream().anyMatch(wanted -> wanted.equals("s3:" + event)
              || wanted.endsWith(":*") && ("s3:" + event).startsWith(wanted.substring(0, wanted.length() - 1)));
    }
  }

  /// A state machine.
  ///
  /// @param definition the ASL document with all substitutions applied
  /// @param file path of the ASL file
  /// @param grants permissions of its policies
  record StateMachine(String logicalId, String name, JsonNode definition, Path file, Map<String, String> substitutions,
      List<Permissions.Grant> grants) {}

  /// Returns the function with this name, ARN or logical id.
  LambdaFunction function(String reference) {
    var name = Names.functionName(reference);
    return functions.values().stream()
        .filter(function -> function.name().equals(name) || function.logicalId().equals(name))
        .findFirst()
        .orElseThrow(() -> new UnsupportedInTemplate("The template has no function " + reference));
  }
}
