package no.rapport.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// Parses a CloudFormation template into maps and lists. Short forms such as `!Ref` become `{Ref: …}`; nothing is
/// evaluated.
public final class TemplateDocument {

  private TemplateDocument() {}

  /// Reads a template file.
  ///
  /// @throws IllegalArgumentException if the text is not a mapping
  public static Map<String, Object> read(Path file) throws IOException {
    try (var reader = Files.newBufferedReader(file)) {
      return object(new Yaml(new ShortForms()).load(reader));
    }
  }

  /// Returns the mapping below `name`, or an empty one if there is none.
  public static Map<String, Object> section(Map<String, Object> of, String name) {
    return object(of.getOrDefault(name, Map.of()));
  }

  /// Returns `value` as a mapping.
  ///
  /// @throws IllegalArgumentException if it is not a mapping
  public static Map<String, Object> object(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("Expected a mapping, found " + value);
    }
    var object = new LinkedHashMap<String, Object>();
    map.forEach((name, member) -> object.put(String.valueOf(name), member));
    return object;
  }

  /// Returns `value` as a list: itself, a list of one, or an empty one for null.
  public static List<?> list(Object value) {
    return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
  }

  private static final class ShortForms extends SafeConstructor {

    ShortForms() {
      super(new LoaderOptions());
      yamlMultiConstructors.put("!", new AbstractConstruct() {
        @Override
        public Object construct(Node node) {
          var name = node.getTag().getValue().substring(1);
          Object value = switch (node) {
            case ScalarNode scalar -> scalar.getValue();
            case SequenceNode sequence -> constructSequence(sequence);
            case MappingNode mapping -> constructMapping(mapping);
            default -> throw new IllegalArgumentException("The value after !" + name + " is of an unknown type");
          };
          return Map.of(name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name, value);
        }
      });
    }
  }
}
