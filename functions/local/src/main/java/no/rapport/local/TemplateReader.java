package no.rapport.local;

import static no.rapport.emulator.TemplateDocument.list;
import static no.rapport.emulator.TemplateDocument.object;
import static no.rapport.emulator.TemplateDocument.section;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import no.rapport.emulator.TableDefinition;
import no.rapport.emulator.TemplateDocument;

/// Reads a SAM template with the semantics of CloudFormation and SAM.
///
/// Resources that affect the local stack (functions, their policies and events, the API, tables, buckets, state
/// machines, topics) are read completely, and an unsupported property of them is an error. Resources without a local
/// counterpart (alarms, dashboards, log groups) are ignored.
final class TemplateReader {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([A-Za-z0-9_]+)}");
  private static final Pattern RATE = Pattern.compile("rate\\((\\d+) (minute|hour|day)s?\\)");

  private final Path folder;
  private final Map<String, Object> globals;
  private final Map<String, Map<String, Object>> resources;
  private final Map<String, Object> parameters;
  private final Intrinsics intrinsics;
  private final String bucket;
  private final Map<String, String> bucketNames = new HashMap<>();

  private TemplateReader(Path file, Map<String, Object> overrides, String bucket) throws IOException {
    this.folder = file.toAbsolutePath().getParent();
    this.bucket = bucket;
    var document = TemplateDocument.read(file);
    this.globals = section(document, "Globals");
    this.parameters = parameters(section(document, "Parameters"), overrides);
    var conditions = section(document, "Conditions");
    this.resources = new LinkedHashMap<>();
    section(document, "Resources").forEach((id, resource) -> resources.put(id, object(resource)));
    this.intrinsics = new Intrinsics(parameters, resources, conditions, this::physicalName);
    resources.values().removeIf(resource -> !intrinsics.holds(resource.get("Condition")));
    // Bucket names are global on AWS and contain the account id. The local bucket has a short name.
    for (var resource : resources.entrySet()) {
      if (type(resource.getValue()).equals("AWS::S3::Bucket")) {
        var name = properties(resource.getKey()).get("BucketName");
        if (name != null) {
          bucketNames.put(String.valueOf(name), bucket);
        }
      }
    }
  }

  /// Reads `file`.
  ///
  /// @param overrides parameter values that replace the defaults
  /// @param bucket the name of the template's bucket on this machine
  /// @throws UnsupportedInTemplate if something is not supported; the message names it
  static Template read(Path file, Map<String, Object> overrides, String bucket) {
    try {
      return new TemplateReader(file, overrides, bucket).template();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  /// Returns the evaluated properties of all resources of one type, by logical id.
  ///
  /// @param overrides parameter values that replace the defaults
  static Map<String, Map<String, Object>> properties(Path file, Map<String, Object> overrides, String type) {
    try {
      var reader = new TemplateReader(file, overrides, LocalRapport.BUCKET);
      var found = new LinkedHashMap<String, Map<String, Object>>();
      reader.resources.forEach((id, resource) -> {
        if (type(resource).equals(type)) {
          found.put(id, reader.properties(id));
        }
      });
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private Template template() throws IOException {
    var functions = new LinkedHashMap<String, Template.LambdaFunction>();
    var routes = new ArrayList<Template.Route>();
    var authorizers = new LinkedHashMap<String, Template.Authorizer>();
    var responses = new TreeMap<String, Template.GatewayResponse>();
    var tables = new ArrayList<TableDefinition>();
    var buckets = new ArrayList<String>();
    var machines = new ArrayList<Template.StateMachine>();
    var topics = new ArrayList<String>();
    var defaultAuthorizer = api(authorizers, responses);
    for (var id : resources.keySet()) {
      switch (type(resources.get(id))) {
        case "AWS::Serverless::Function" -> functions.put(id, function(id, routes, defaultAuthorizer));
        case "AWS::DynamoDB::Table" -> tables.add(TableDefinition.of(physicalName(id), properties(id)));
        case "AWS::S3::Bucket" -> buckets.add(physicalName(id));
        case "AWS::Serverless::StateMachine" -> machines.add(stateMachine(id));
        case "AWS::SNS::Topic" -> topics.add(physicalName(id));
        case "AWS::Serverless::HttpApi", "AWS::Serverless::SimpleTable", "AWS::Serverless::Application",
             "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::Lambda::EventSourceMapping",
             "AWS::ApiGateway::Method", "AWS::StepFunctions::StateMachine", "AWS::Lambda::Function" ->
            throw new UnsupportedInTemplate("Resource " + id + ": " + type(resources.get(id)) + " is not supported");
        default -> { }
      }
    }
    return new Template(parameters, functions, routes, responses, authorizers, tables, buckets, machines, topics);
  }

  // --- functions -------------------------------------------------------------------------------------------------

  private Template.LambdaFunction function(
      String id, List<Template.Route> routes, Optional<String> defaultAuthorizer) {
    var own = properties(id);
    var shared = object(intrinsics.resolve(section(globals, "Function")));
    var name = physicalName(id);
    var environment = new TreeMap<String, String>();
    variables(shared).forEach((key, value) -> environment.put(key, String.valueOf(value)));
    variables(own).forEach((key, value) -> environment.put(key, String.valueOf(value)));
    environment.replaceAll((_, value) -> withLocalBucket(value));
    var schedules = new ArrayList<Template.Schedule>();
    var uploads = new ArrayList<Template.Upload>();
    for (var event : section(own, "Events").entrySet()) {
      var where = id + ".Events." + event.getKey();
      var kind = String.valueOf(object(event.getValue()).get("Type"));
      var details = section(object(event.getValue()), "Properties");
      switch (kind) {
        case "Api" -> routes.add(route(details, name, defaultAuthorizer));
        case "Schedule" -> schedule(where, details, "Schedule").ifPresent(schedules::add);
        case "ScheduleV2" -> schedule(where, details, "ScheduleExpression").ifPresent(schedules::add);
        case "S3" -> uploads.add(upload(where, details));
        case "EventBridgeRule", "CloudWatchEvent" -> {
          // Status events only start the sweeper earlier. They may be lost, so the local stack does not send them.
        }
        default -> throw new UnsupportedInTemplate(where + ": events of type " + kind + " are not supported");
      }
    }
    var handler = own.getOrDefault("Handler", shared.get("Handler"));
    if (handler == null) {
      throw new UnsupportedInTemplate("Function " + id + " has no Handler");
    }
    var code = folder.resolve(String.valueOf(own.getOrDefault("CodeUri", shared.getOrDefault("CodeUri", "."))));
    return new Template.LambdaFunction(id, name, code, String.valueOf(handler), environment,
        Duration.ofSeconds(number(own.getOrDefault("Timeout", shared.getOrDefault("Timeout", 3)))),
        number(own.getOrDefault("MemorySize", shared.getOrDefault("MemorySize", 128))),
        grants(id, own), schedules, uploads);
  }

  /// Returns the permissions of the policies of a function or state machine.
  private List<Permissions.Grant> grants(String id, Map<String, Object> own) {
    var grants = new ArrayList<Permissions.Grant>();
    for (var policy : list(own.get("Policies"))) {
      if (!(policy instanceof Map<?, ?>) || !object(policy).containsKey("Statement")) {
        throw new UnsupportedInTemplate(id + ": only policies that are statements are supported, not " + policy);
      }
      for (var entry : list(object(policy).get("Statement"))) {
        var statement = object(entry);
        var leadingKeys = leadingKeys(statement);
        var members = leadingKeys.isEmpty() ? Set.of("Effect", "Action", "Resource")
            : Set.of("Effect", "Action", "Resource", "Condition");
        if (!statement.keySet().equals(members) || !statement.get("Effect").equals("Allow")) {
          throw new UnsupportedInTemplate(
              id + ": only Allow with Action, Resource and leading keys is supported, not " + statement);
        }
        grants.add(new Permissions.Grant(list(statement.get("Action")).stream().map(String::valueOf).toList(),
            list(statement.get("Resource")).stream().map(String::valueOf).map(this::withLocalBucket).toList(), leadingKeys));
      }
    }
    return grants;
  }

  /// Returns the partition keys to which a statement is limited, or an empty list if it has no such condition.
  private static List<String> leadingKeys(Map<String, Object> statement) {
    var condition = section(statement, "Condition");
    var like = section(condition, "ForAllValues:StringLike");
    return condition.size() == 1 && like.keySet().equals(Set.of("dynamodb:LeadingKeys"))
        ? list(like.get("dynamodb:LeadingKeys")).stream().map(String::valueOf).toList() : List.of();
  }

  private static Map<String, Object> variables(Map<String, Object> function) {
    return section(section(function, "Environment"), "Variables");
  }

  private static Template.Route route(
      Map<String, Object> event, String function, Optional<String> defaultAuthorizer) {
    var auth = section(event, "Auth").get("Authorizer");
    var authorizer = auth == null ? defaultAuthorizer
        : auth.equals("NONE") ? Optional.<String>empty() : Optional.of(auth.toString());
    var method = String.valueOf(event.get("Method")).toUpperCase(java.util.Locale.ROOT);
    var mode = String.valueOf(event.getOrDefault("ResponseTransferMode", "BUFFERED"));
    return new Template.Route(method.equals("*") ? "ANY" : method, String.valueOf(event.get("Path")), function,
        authorizer, mode.equals("RESPONSE_STREAM") || mode.equals("STREAM"));
  }

  private static Optional<Template.Schedule> schedule(String where, Map<String, Object> event, String expression) {
    if (String.valueOf(event.get("State")).equals("DISABLED") || Boolean.FALSE.equals(event.get("Enabled"))) {
      return Optional.empty();
    }
    var rate = RATE.matcher(String.valueOf(event.get(expression)));
    if (!rate.matches()) {
      throw new UnsupportedInTemplate(where + ": only rate(…) is supported, not " + event.get(expression));
    }
    var amount = Integer.parseInt(rate.group(1));
    var every = switch (rate.group(2)) {
      case "minute" -> Duration.ofMinutes(amount);
      case "hour" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
    return Optional.of(new Template.Schedule(where, every,
        Optional.ofNullable(event.get("Input")).map(input -> json(where, String.valueOf(input)))));
  }

  private Template.Upload upload(String where, Map<String, Object> event) {
    var events = event.get("Events") instanceof List<?> list
        ? list.stream().map(String::valueOf).toList() : List.of(String.valueOf(event.get("Events")));
    var prefix = "";
    var suffix = "";
    for (var rule : list(section(section(event, "Filter"), "S3Key").get("Rules"))) {
      var name = String.valueOf(object(rule).get("Name"));
      var value = String.valueOf(object(rule).get("Value"));
      switch (name.toLowerCase(java.util.Locale.ROOT)) {
        case "prefix" -> prefix = value;
        case "suffix" -> suffix = value;
        default -> throw new UnsupportedInTemplate(where + ": filter rules of name " + name + " do not exist");
      }
    }
    return new Template.Upload(withLocalBucket(String.valueOf(event.get("Bucket"))), events, prefix, suffix);
  }

  // --- the API ---------------------------------------------------------------------------------------------------

  private Optional<String> api(
      Map<String, Template.Authorizer> authorizers, Map<String, Template.GatewayResponse> responses) {
    var apis = resources.keySet().stream()
        .filter(id -> type(resources.get(id)).equals("AWS::Serverless::Api")).toList();
    if (apis.size() > 1) {
      throw new UnsupportedInTemplate("More than one AWS::Serverless::Api: " + apis);
    }
    var own = apis.isEmpty() ? Map.<String, Object>of() : properties(apis.getFirst());
    var shared = object(intrinsics.resolve(section(globals, "Api")));
    var auth = new LinkedHashMap<>(section(shared, "Auth"));
    auth.putAll(section(own, "Auth"));
    section(auth, "Authorizers").forEach((name, value) -> {
      var authorizer = object(value);
      if (!String.valueOf(authorizer.get("FunctionPayloadType")).equals("REQUEST")) {
        throw new UnsupportedInTemplate("Authorizer " + name + ": only FunctionPayloadType REQUEST is supported");
      }
      var identity = section(authorizer, "Identity");
      authorizers.put(name, new Template.Authorizer(name,
          Names.functionName(String.valueOf(authorizer.get("FunctionArn"))),
          list(identity.get("Headers")).stream().map(String::valueOf).toList(),
          list(identity.get("QueryStrings")).stream().map(String::valueOf).toList()));
    });
    var all = new LinkedHashMap<>(section(shared, "GatewayResponses"));
    all.putAll(section(own, "GatewayResponses"));
    all.forEach((name, value) -> {
      var response = object(value);
      var headers = new TreeMap<String, String>();
      section(section(response, "ResponseParameters"), "Headers")
          .forEach((header, literal) -> headers.put(header, String.valueOf(literal)));
      responses.put(name, new Template.GatewayResponse(
          Optional.ofNullable(response.get("StatusCode")).map(TemplateReader::number),
          Optional.ofNullable(section(response, "ResponseTemplates").get("application/json")).map(String::valueOf),
          headers));
    });
    return Optional.ofNullable(auth.get("DefaultAuthorizer")).map(String::valueOf);
  }

  // --- state machines --------------------------------------------------------------------------------------------

  private Template.StateMachine stateMachine(String id) throws IOException {
    var own = properties(id);
    var substitutions = new LinkedHashMap<String, String>();
    section(own, "DefinitionSubstitutions")
        .forEach((name, value) -> substitutions.put(name, withLocalBucket(String.valueOf(value))));
    if (!(own.get("DefinitionUri") instanceof String uri)) {
      throw new UnsupportedInTemplate("State machine " + id + " needs a DefinitionUri that is a path");
    }
    var file = folder.resolve(uri).normalize();
    var text = SUBSTITUTION.matcher(Files.readString(file)).replaceAll(place -> {
      var value = substitutions.get(place.group(1));
      if (value == null) {
        throw new UnsupportedInTemplate(uri + " uses ${" + place.group(1) + "}, which " + id + " does not substitute");
      }
      return java.util.regex.Matcher.quoteReplacement(value);
    });
    return new Template.StateMachine(id, nameOf(id), json(uri, text), file, substitutions, grants(id, own));
  }

  // --- names -----------------------------------------------------------------------------------------------------

  /// Returns the value of `!Ref`: the ARN of a state machine or topic, the name of any other resource.
  private String physicalName(String id) {
    var type = type(resources.get(id));
    var name = nameOf(id);
    return switch (type) {
      case "AWS::Serverless::StateMachine", "AWS::SNS::Topic" -> Names.arn(type, name);
      case "AWS::S3::Bucket" -> bucket;
      default -> name;
    };
  }

  /// Returns the name in the template, or else the logical id. AWS would generate a name from the logical id.
  private String nameOf(String id) {
    var resource = resources.get(id);
    var member = switch (type(resource)) {
      case "AWS::Serverless::Function" -> "FunctionName";
      case "AWS::Serverless::StateMachine" -> "Name";
      case "AWS::DynamoDB::Table" -> "TableName";
      case "AWS::SNS::Topic" -> "TopicName";
      case "AWS::Logs::LogGroup" -> "LogGroupName";
      default -> "";
    };
    var given = object(resource.getOrDefault("Properties", Map.of())).get(member);
    return given == null ? id : String.valueOf(intrinsics.resolve(given));
  }

  private String withLocalBucket(String text) {
    var result = text;
    for (var name : bucketNames.entrySet()) {
      result = result.replace(name.getKey(), name.getValue());
    }
    return result;
  }

  private static String type(Map<String, Object> resource) {
    return String.valueOf(resource.get("Type"));
  }

  private Map<String, Object> properties(String id) {
    return object(intrinsics.resolve(resources.get(id).getOrDefault("Properties", Map.of())));
  }

  // --- values ----------------------------------------------------------------------------------------------------

  private static Map<String, Object> parameters(Map<String, Object> declared, Map<String, Object> overrides) {
    var values = new LinkedHashMap<String, Object>();
    declared.forEach((name, declaration) -> {
      var value = overrides.containsKey(name) ? overrides.get(name) : object(declaration).getOrDefault("Default", "");
      var type = String.valueOf(object(declaration).get("Type"));
      if (type.equals("CommaDelimitedList") || type.startsWith("List<")) {
        var text = String.valueOf(value);
        values.put(name, text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*")));
      } else {
        values.put(name, String.valueOf(value));
      }
    });
    overrides.keySet().stream().filter(name -> !declared.containsKey(name)).findFirst().ifPresent(name -> {
      throw new UnsupportedInTemplate("The template has no parameter " + name);
    });
    return values;
  }

  private static int number(Object value) {
    return Integer.parseInt(String.valueOf(value));
  }

  private static JsonNode json(String where, String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UnsupportedInTemplate(where + " is not JSON: " + e.getMessage());
    }
  }
}
