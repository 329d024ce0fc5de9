package no.rapport.aggregatedreportdata;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A client of the stream, by the letter of the HTML standard: what is cut off before a block's empty line counts for
/// nothing, and a block's id is kept even where it holds no data.
final class Follower {

  /// One dispatched event.
  record Received(String id, String event, String data) {}

  final List<Received> received = new ArrayList<>();
  private final Map<Received, Received> known;
  final List<String> comments = new ArrayList<>();
  Optional<String> lastEventId = Optional.empty();
  Optional<String> retry = Optional.empty();

  Follower() {
    this(new HashMap<>());
  }

  /// @param known what any of several followers has received, so that a thousand of them keep an event once
  Follower(Map<Received, Received> known) {
    this.known = known;
  }

  /// What one connection brought before it was cut.
  void read(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf("\n\n");
    if (end < 0) {
      return;
    }
    for (String block : text.substring(0, end).split("\n\n")) {
      String id = null;
      String event = "message";
      String data = null;
      for (String line : block.split("\n")) {
        String value = line.substring(line.indexOf(':') + 1).strip();
        switch (line.substring(0, Math.max(0, line.indexOf(':')))) {
          case "id" -> id = value;
          case "event" -> event = value;
          case "data" -> data = value;
          case "retry" -> retry = Optional.of(value);
          default -> comments.add(line);
        }
      }
      lastEventId = Optional.ofNullable(id).or(() -> lastEventId);
      if (data != null) {
        var arrived = new Received(lastEventId.orElse(""), event, data);
        received.add(known.computeIfAbsent(arrived, _ -> arrived));
      }
    }
  }

  /// A connection that breaks after so many bytes.
  static final class Cut extends OutputStream {

    final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    private int left;

    Cut(int after) {
      left = after;
    }

    @Override
    public void write(int b) throws IOException {
      if (left-- <= 0) {
        throw new IOException("Broken pipe");
      }
      arrived.write(b);
    }
  }
}
