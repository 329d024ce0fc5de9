package no.rapport.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Evaluates the intrinsic functions and conditions of CloudFormation that the template uses.
///
/// An unknown function is an error, so that no part of a template is silently ignored.
final class Intrinsics {

  /// The value of `!Ref AWS::NoValue`, which removes the property.
  static final Object NO_VALUE = new Object();

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(!?)([^}]*)}");

  private final Map<String, Object> parameters;
  private final Map<String, Map<String, Object>> resources;
  private final Map<String, Object> conditions;
  private final Function<String, String> physicalNames;
  private final Map<String, String> pseudo;

  /// @param parameters values by name
  /// @param conditions the template's `Conditions`, unresolved
  /// @param physicalNames the name or ARN that `!Ref` gives for a resource's logical id
  Intrinsics(Map<String, Object> parameters, Map<String, Map<String, Object>> resources,
      Map<String, Object> conditions, Function<String, String> physicalNames) {
    this.parameters = parameters;
    this.resources = resources;
    this.conditions = conditions;
    this.physicalNames = physicalNames;
    this.pseudo = Map.of(
        "AWS::Region", Names.REGION,
        "AWS::AccountId", Names.ACCOUNT,
        "AWS::Partition", "aws",
        "AWS::URLSuffix", "amazonaws.com",
        "AWS::StackName", "rapport-local",
        "AWS::StackId", "arn:aws:cloudformation:" + Names.REGION + ":" + Names.ACCOUNT + ":stack/rapport-local/local");
  }

  /// Returns the value with all intrinsic functions evaluated.
  Object resolve(Object value) {
    return switch (value) {
      case Map<?, ?> map -> map(map);
      case List<?> list -> list(list);
      case null -> NO_VALUE;
      default -> value;
    };
  }

  /// Returns whether a resource with this `Condition` exists. Always true without a condition.
  boolean holds(Object condition) {
    return condition == null || truth(Map.of("Condition", condition));
  }

  private Object list(List<?> list) {
    var resolved = new ArrayList<Object>();
    for (var item : list) {
      var value = resolve(item);
      if (value != NO_VALUE) {
        resolved.add(value);
      }
    }
    return resolved;
  }

  private Object map(Map<?, ?> map) {
    if (map.size() == 1) {
      var name = String.valueOf(map.keySet().iterator().next());
      var argument = map.values().iterator().next();
      if (name.equals("Ref") || name.startsWith("Fn::")) {
        return call(name, argument);
      }
    }
    var resolved = new LinkedHashMap<String, Object>();
    map.forEach((name, item) -> {
      var value = resolve(item);
      if (value != NO_VALUE) {
        resolved.put(String.valueOf(name), value);
      }
    });
    return resolved;
  }

  private Object call(String name, Object argument) {
    return switch (name) {
      case "Ref" -> ref(String.valueOf(argument));
      case "Fn::GetAtt" -> getAtt(argument);
      case "Fn::Sub" -> sub(argument);
      case "Fn::Join" -> {
        var arguments = (List<?>) resolve(argument);
        yield String.join(String.valueOf(arguments.get(0)), strings(arguments.get(1)));
      }
      case "Fn::Split" -> {
        var arguments = (List<?>) resolve(argument);
        yield List.of(String.valueOf(arguments.get(1)).split(Pattern.quote(String.valueOf(arguments.get(0))), -1));
      }
      case "Fn::Select" -> {
        var arguments = (List<?>) resolve(argument);
        yield ((List<?>) arguments.get(1)).get(Integer.parseInt(String.valueOf(arguments.get(0))));
      }
      case "Fn::If" -> {
        var arguments = (List<?>) argument;
        yield resolve(arguments.get(holds(arguments.get(0)) ? 1 : 2));
      }
      case "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or" -> truth(Map.of(name, argument));
      default -> throw new UnsupportedInTemplate("The intrinsic function " + name + " is not supported");
    };
  }

  private boolean truth(Object condition) {
    if (!(condition instanceof Map<?, ?> map) || map.size() != 1) {
      throw new UnsupportedInTemplate("The value is not a condition: " + condition);
    }
    var name = String.valueOf(map.keySet().iterator().next());
    var argument = map.values().iterator().next();
    return switch (name) {
      case "Condition" -> {
        var named = conditions.get(String.valueOf(argument));
        if (named == null) {
          throw new UnsupportedInTemplate("The template has no condition " + argument);
        }
        yield truth(named);
      }
      case "Fn::Equals" -> {
        var arguments = (List<?>) resolve(argument);
        yield String.valueOf(arguments.get(0)).equals(String.valueOf(arguments.get(1)));
      }
      case "Fn::Not" -> !truth(((List<?>) argument).getFirst());
      case "Fn::And" -> ((List<?>) argument).stream().allMatch(this::truth);
      case "Fn::Or" -> ((List<?>) argument).stream().anyMatch(this::truth);
      default -> throw new UnsupportedInTemplate("The condition function " + name + " is not supported");
    };
  }

  private Object ref(String name) {
    if (name.equals("AWS::NoValue")) {
      return NO_VALUE;
    }
    if (pseudo.containsKey(name)) {
      return pseudo.get(name);
    }
    if (parameters.containsKey(name)) {
      return parameters.get(name);
    }
    if (resources.containsKey(name)) {
      return physicalNames.apply(name);
    }
    // SAM's `AutoPublishAlias` refers to the published version. Here the function has only one version.
    if (name.endsWith(".Alias")) {
      return getAtt(name.substring(0, name.length() - "Alias".length()) + "Arn");
    }
    // Resources that SAM creates for a function or an API, such as its role or stage.
    if (resources.keySet().stream().anyMatch(name::startsWith)) {
      return name;
    }
    throw new UnsupportedInTemplate("!Ref " + name + " names neither a parameter nor a resource");
  }

  private Object getAtt(Object argument) {
    var path = argument instanceof List<?> list ? String.join(".", strings(list)) : String.valueOf(argument);
    var dot = path.indexOf('.');
    if (dot < 0) {
      throw new UnsupportedInTemplate("!GetAtt " + path + " names no attribute");
    }
    var resource = path.substring(0, dot);
    var attribute = path.substring(dot + 1);
    if (!resources.containsKey(resource)) {
      throw new UnsupportedInTemplate("!GetAtt " + path + ": there is no resource " + resource);
    }
    var name = physicalNames.apply(resource);
    var type = String.valueOf(resources.get(resource).get("Type"));
    return switch (attribute) {
      case "Arn" -> Names.arn(type, name);
      case "Name", "TopicName", "QueueName" -> name.substring(name.lastIndexOf(':') + 1);
      case "RootResourceId" -> "root";
      case "Value" -> resolve(((Map<?, ?>) resources.get(resource).get("Properties")).get("Value"));
      case "StreamArn" -> throw new UnsupportedInTemplate("!GetAtt " + path + ": streams are not supported");
      default -> {
        if (type.equals("AWS::S3::Bucket")) {
          yield name + ".s3." + Names.REGION + ".amazonaws.com";
        }
        throw new UnsupportedInTemplate("!GetAtt " + path + ": the attribute " + attribute + " is not supported");
      }
    };
  }

  private String sub(Object argument) {
    var own = new LinkedHashMap<String, Object>();
    String text;
    if (argument instanceof List<?> list) {
      text = String.valueOf(list.get(0));
      ((Map<?, ?>) list.get(1)).forEach((name, value) -> own.put(String.valueOf(name), resolve(value)));
    } else {
      text = String.valueOf(argument);
    }
    return PLACEHOLDER.matcher(text).replaceAll(placeholder -> {
      var name = placeholder.group(2).strip();
      String value;
      if (!placeholder.group(1).isEmpty()) {
        value = "${" + placeholder.group(2) + "}";
      } else if (own.containsKey(name)) {
        value = String.valueOf(own.get(name));
      } else if (name.contains(".")) {
        value = String.valueOf(getAtt(name));
      } else {
        value = String.valueOf(ref(name));
      }
      return java.util.regex.Matcher.quoteReplacement(value);
    });
  }

  private static List<String> strings(Object list) {
    return ((List<?>) list).stream().map(String::valueOf).toList();
  }
}
