package no.rapport.aggregatedreportdata;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import no.rapport.records.Documents;

/// One connection of a follower, as Server-Sent Events. It replays the events after the last one that the follower
/// knows, follows the log for a limited time and ends. The follower's next connection continues from there.
///
/// A connection without a last event id first receives the present position (an `id:` without data, which sets the last
/// id of an `EventSource` and dispatches nothing). Its next connection therefore misses no event.
final class EventStream {

  /// How long a follower waits before it connects again.
  static final Duration RECONNECT = Duration.ofSeconds(1);
  static final Duration HEARTBEAT = Duration.ofSeconds(15);
  static final Duration POLL = Duration.ofMillis(400);

  private static final int BATCH = 100;
  private static final int GAP_PATIENCE = 10;
  private static final Pattern SEQUENCE = Pattern.compile("[0-9]{1,18}");

  private final Snapshots snapshots;
  private final EventLog log;
  private final Clock clock;
  private final Transfer transfer;
  private final Pause pause;

  /// How written events reach the follower.
  enum Transfer {
    /// Each event is sent when it is written.
    STREAMED,
    /// Everything is sent when the connection ends. The connection therefore ends after its first events, so that they
    /// are not late.
    BUFFERED
  }

  /// Waits between two reads of the log.
  interface Pause {

    /// @return false if the connection should end now
    boolean await(Duration time);
  }

  EventStream(Snapshots snapshots, Clock clock, Transfer transfer, Pause pause) {
    this.transfer = transfer;
    this.snapshots = snapshots;
    this.log = new EventLog(snapshots.records());
    this.clock = clock;
    this.pause = pause;
  }

  /// @param resync told instead of events that are no longer kept
  private record Resync(String event, String organizationId, String periodId) {}

  /// Serves one connection.
  ///
  /// @param lastEventId the id of the last event that the follower has seen, as it says
  /// @throws IOException when the follower is gone
  void follow(String orgId, String periodId, Optional<String> lastEventId, Duration howLong, OutputStream out)
      throws IOException {
    Instant end = clock.instant().plus(howLong);
    long head = snapshots.lastSequence(orgId, periodId);
    Optional<Long> known = lastEventId.filter(id -> SEQUENCE.matcher(id).matches()).map(Long::valueOf);
    String retry = "retry: " + RECONNECT.toMillis() + "\n";
    long position = known.orElse(head);
    if (lastEventId.isEmpty()) {
      send(out, retry + "id: " + head + "\n\n");
    } else if (known.isEmpty() || position > head || position < head && after(orgId, periodId, position).isEmpty()) {
      send(out, retry + "\n" + resync(orgId, periodId, head));
      if (transfer == Transfer.BUFFERED) {
        return;
      }
      position = head;
    } else {
      send(out, retry + "\n");
    }

    Instant lastSent = clock.instant();
    int emptyLooks = 0;
    while (true) {
      List<EventLog.Logged> events = after(orgId, periodId, position);
      if (!events.isEmpty()) {
        var text = new StringBuilder();
        for (EventLog.Logged event : events) {
          text.append(block(event.sequence(), DataUpdated.NAME, event.data()));
        }
        send(out, text.toString());
        if (transfer == Transfer.BUFFERED) {
          return;
        }
        position = events.getLast().sequence();
        lastSent = clock.instant();
        emptyLooks = 0;
        if (events.size() == BATCH) {
          continue;
        }
      } else if (++emptyLooks % GAP_PATIENCE == 0 && snapshots.lastSequence(orgId, periodId) > position
          && after(orgId, periodId, position).isEmpty()) {
        // The head counts events that the log no longer has: they have expired.
        position = snapshots.lastSequence(orgId, periodId);
        send(out, resync(orgId, periodId, position));
        if (transfer == Transfer.BUFFERED) {
          return;
        }
        lastSent = clock.instant();
      }
      Instant now = clock.instant();
      if (!now.isBefore(end)) {
        return;
      }
      if (!now.isBefore(lastSent.plus(HEARTBEAT))) {
        send(out, ": heartbeat\n\n");
        lastSent = now;
      }
      if (!pause.await(POLL)) {
        return;
      }
    }
  }

  private List<EventLog.Logged> after(String orgId, String periodId, long sequence) {
    return log.after(orgId, periodId, sequence, BATCH, clock.instant());
  }

  private static String resync(String orgId, String periodId, long head) {
    return block(head, "resync", Documents.write(new Resync("resync", orgId, periodId)));
  }

  private static String block(long id, String event, String data) {
    return "id: " + id + "\nevent: " + event + "\ndata: " + data + "\n\n";
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
