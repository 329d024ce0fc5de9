package no.rapport.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// An error of the heap's DynamoDB: a response with status 400 and the name of the error.
final class DynamoDbRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String PREFIX = "com.amazonaws.dynamodb.v20120810#";

  private final transient ObjectNode body;

  DynamoDbRefusal(String type, String message) {
    super(message, null, false, false);
    body = JsonNodeFactory.instance.objectNode().put("__type", PREFIX + type).put("message", message)
        .put("Message", message);
  }

  static DynamoDbRefusal invalid(String message) {
    return new DynamoDbRefusal("ValidationException", message);
  }

  DynamoDbRefusal with(String member, JsonNode value) {
    body.set(member, value);
    return this;
  }

  ObjectNode body() {
    return body;
  }
}
