package no.rapport.local;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import no.rapport.stepfunctions.TopicMessage;

/// What was published to topics, newest first, as far back as memory is spent on it.
public final class Notifications {

  private static final int KEPT = 1000;

  private final Deque<Notification> kept = new ArrayDeque<>();

  /// One message to a topic.
  ///
  /// @param subject empty without one
  /// @param attributes the message attributes' string values
  public record Notification(
      String id, Instant at, String topicArn, String subject, String message, Map<String, String> attributes) {}

  /// Keeps a message and tells of it on the console.
  ///
  /// @return the message's id
  synchronized String publish(TopicMessage message) {
    var notification = new Notification(UUID.randomUUID().toString(), Instant.now(), message.topicArn(),
        message.subject().orElse(""), message.message(), message.attributes());
    kept.addFirst(notification);
    if (kept.size() > KEPT) {
      kept.removeLast();
    }
    System.out.println("Notification to " + message.topicArn() + " " + new TreeMap<>(message.attributes()) + " "
        + message.message());
    return notification.id();
  }

  /// Newest first.
  public synchronized List<Notification> all() {
    return List.copyOf(kept);
  }
}
