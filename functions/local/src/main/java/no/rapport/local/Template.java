package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.emulator.TableDefinition;

/// What `template.yaml` deploys, with every intrinsic function evaluated.
///
/// @param parameters the parameters' values
/// @param functions by logical id, in the template's order
/// @param routes of the REST API, in the template's order
/// @param gatewayResponses by response type, for example `UNAUTHORIZED`
/// @param authorizers by name
/// @param buckets names
/// @param topics ARNs
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

  /// A function as it is deployed.
  ///
  /// @param name what `!Ref` gives; the logical id unless the template names it
  /// @param code the deployable, as `CodeUri` names it
  /// @param handler the class, or `Class::method`
  /// @param grants what its policies allow
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
  /// @param authorizer its name, or empty for none
  /// @param streaming whether the response goes out as it is written
  record Route(String method, String path, String function, Optional<String> authorizer, boolean streaming) {}

  /// A `REQUEST` authorizer.
  ///
  /// @param headers identity sources that must be there, else the answer is 401 without a call
  /// @param queryStrings the same among the query parameters
  record Authorizer(String name, String function, List<String> headers, List<String> queryStrings) {}

  /// What the API answers by itself.
  ///
  /// @param body the template of the JSON body; `$context…` variables are filled in
  record GatewayResponse(Optional<Integer> status, Optional<String> body, Map<String, String> headers) {}

  /// Calls the function every so often.
  record Schedule(String name, Duration every, Optional<JsonNode> input) {}

  /// Calls the function for new objects.
  record Upload(String bucket, List<String> events, String prefix, String suffix) {

    boolean matches(String inBucket, String event, String key) {
      return bucket.equals(inBucket)
          && key.startsWith(prefix)
          && key.endsWith(suffix)
          && events.stream().anyMatch(wanted -> wanted.equals("s3:" + event)
              || wanted.endsWith(":*") && ("s3:" + event).startsWith(wanted.substring(0, wanted.length() - 1)));
    }
  }

  /// A state machine with its definition's substitutions applied.
  ///
  /// @param definition the ASL document
  /// @param file where it stands
  /// @param grants what its policies allow
  record StateMachine(String logicalId, String name, JsonNode definition, Path file, Map<String, String> substitutions,
      List<Permissions.Grant> grants) {}

  /// The function of that name, ARN or logical id.
  LambdaFunction function(String reference) {
    var name = Names.functionName(reference);
    return functions.values().stream()
        .filter(function -> function.name().equals(name) || function.logicalId().equals(name))
        .findFirst()
        .orElseThrow(() -> new UnsupportedInTemplate("There is no function " + reference));
  }
}
