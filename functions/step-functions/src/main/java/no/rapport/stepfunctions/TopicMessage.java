package no.rapport.stepfunctions;

import java.util.Map;
import java.util.Optional;

/// A message on its way to a topic.
///
/// @param topicArn where to
/// @param subject the subject line, if any
/// @param message the text; what a definition gives as an object is its JSON
/// @param attributes the message attributes' string values by name
public record TopicMessage(String topicArn, Optional<String> subject, String message, Map<String, String> attributes) {

  public TopicMessage {
    attributes = Map.copyOf(attributes);
  }
}
