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

/// A CloudFormation template's text as maps and lists, with short forms such as `!Ref` written out as `{Ref: …}`;
/// nothing is evaluated.
public final class TemplateDocument {

  private TemplateDocument() {}

  /// Reads `file`.
  ///
  /// @throws IllegalArgumentException where the text is not a mapping
  public static Map<String, Object> read(Path file) throws IOException {
    try (var reader = Files.newBufferedReader(file)) {
      return object(new Yaml(new ShortForms()).load(reader));
    }
  }

  /// The mapping below `name`; an empty one where there is none.
  public static Map<String, Object> section(Map<String, Object> of, String name) {
    return object(of.getOrDefault(name, Map.of()));
  }

  /// `value` as a mapping of names.
  ///
  /// @throws IllegalArgumentException where it is none
  public static Map<String, Object> object(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("Expected a mapping, found " + value);
    }
    var object = new LinkedHashMap<String, Object>();
    map.forEach((name, member) -> object.put(String.valueOf(name), member));
    return object;
  }

  /// `value` as a list: itself, a list of one, or an empty one for null.
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
            default -> throw new IllegalArgumentException("!" + name + " stands before something unknown");
          };
          return Map.of(name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name, value);
        }
      });
    }
  }
}
