package no.rapport.stepfunctions;

/// Publishes to a topic for `arn:aws:states:::sns:publish`.
@FunctionalInterface
public interface TopicPublisher {

  /// Publishes one message. An exception fails the task with the error `SNS.{simple class name}`.
  ///
  /// @return the message's id
  String publish(TopicMessage message);
}
