package no.rapport.stepfunctions;

import java.util.Map;
import java.util.Optional;

/// A message to a topic.
///
/// @param topicArn the ARN of the topic
/// @param subject the subject line, if any
/// @param message the text; an object of a definition is sent as its JSON
/// @param attributes the message attributes' string values by name
public record TopicMessage(String topicArn, Optional<String> subject, String message, Map<String, String> attributes) {

  public TopicMessage {
    attributes = Map.copyOf(attributes);
  }
}
