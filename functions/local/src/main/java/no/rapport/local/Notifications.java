package no.rapport.local;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import no.rapport.stepfunctions.TopicMessage;

/// Keeps the newest messages that were published to topics.
public final class Notifications {

  private static final int MAX_KEPT = 1000;

  private final Deque<Notification> kept = new ArrayDeque<>();

  /// One message to a topic.
  ///
  /// @param subject empty if the message has none
  /// @param attributes the message attributes' string values
  public record Notification(
      String id, Instant at, String topicArn, String subject, String message, Map<String, String> attributes) {}

  /// Keeps a message and prints it on the console.
  ///
  /// @return the message's id
  synchronized String publish(TopicMessage message) {
    var notification = new Notification(UUID.randomUUID().toString(), Instant.now(), message.topicArn(),
        message.subject().orElse(""), message.message(), message.attributes());
    kept.addFirst(notification);
    if (kept.size() > MAX_KEPT) {
      kept.removeLast();
    }
    System.out.println("Notification to " + message.topicArn() + " " + new TreeMap<>(message.attributes()) + " "
        + message.message());
    return notification.id();
  }

  /// Returns the kept messages, newest first.
  public synchronized List<Notification> all() {
    return List.copyOf(kept);
  }
}
