package no.rapport.sourceimports;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// An element of a register document, reduced to what figures and checks need. It has no identity data and no free
/// text.
///
/// @param line the line where the element begins
/// @param text the text, for elements of a legal basis only
/// @param contentHash for parts of a case, a hash that is equal for equal content under different ids; empty for other
///     elements
record RegisterElement(
    String name, long line, Map<String, String> attributes, List<RegisterElement> children, String text,
    String contentHash) {

  Optional<String> attribute(String attribute) {
    return Optional.ofNullable(attributes.get(attribute));
  }

  /// Returns the children with a name.
  List<RegisterElement> all(String child) {
    return children.stream().filter(element -> element.name.equals(child)).toList();
  }

  Stream<RegisterElement> stream(String child) {
    return children.stream().filter(element -> element.name.equals(child));
  }

  Optional<RegisterElement> first(String child) {
    return stream(child).findFirst();
  }

  /// Returns whether the element is marked as deleted.
  boolean isMarkedDeleted() {
    return attribute("ErSlettet").filter(value -> value.equals("true") || value.equals("1")).isPresent();
  }

  /// Contains nothing about the case.
  @Override
  public String toString() {
    return "RegisterElement";
  }
}
