package no.rapport.stepfunctions;

/// Publishes to a topic for `arn:aws:states:::sns:publish`.
@FunctionalInterface
public interface TopicPublisher {

  /// Publishes one message. A thrown exception fails the task with its simple class name, as `SNS.{name}`.
  ///
  /// @return the message's id
  String publish(TopicMessage message);
}
