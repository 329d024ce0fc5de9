package no.rapport.sourceimports;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// An element of a document of the national register: only what figures and checks need of it, nothing of identity and
/// no free text.
///
/// @param line where it begins
/// @param text its text, if it is one of the elements of a legal basis
/// @param contentHash of an element of a case: the same for equal content under different ids; empty for all others
record RegisterElement(
    String name, long line, Map<String, String> attributes, List<RegisterElement> children, String text,
    String contentHash) {

  Optional<String> attribute(String attribute) {
    return Optional.ofNullable(attributes.get(attribute));
  }

  /// Its children of that name.
  List<RegisterElement> all(String child) {
    return children.stream().filter(element -> element.name.equals(child)).toList();
  }

  Stream<RegisterElement> stream(String child) {
    return children.stream().filter(element -> element.name.equals(child));
  }

  Optional<RegisterElement> first(String child) {
    return stream(child).findFirst();
  }

  /// Whether it says of itself that it is deleted.
  boolean isMarkedDeleted() {
    return attribute("ErSlettet").filter(value -> value.equals("true") || value.equals("1")).isPresent();
  }

  /// Tells nothing of the case.
  @Override
  public String toString() {
    return "RegisterElement";
  }
}
