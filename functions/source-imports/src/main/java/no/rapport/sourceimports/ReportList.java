package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// A list of an import report while it grows: entries for the first rows, a count for all.
///
/// Not safe for use by several threads.
final class ReportList {

  /// A person reads no more, and a small file must not make a large report.
  static final int MAX_ENTRIES = 10_000;

  private final List<JsonNode> entries;
  private long count;

  ReportList(Listed from) {
    this.entries = new ArrayList<>(from.entries());
    this.count = from.count();
  }

  /// The list as a state keeps it.
  ///
  /// @param count how many rows the list is about
  /// @param entries the first of them
  record Listed(@JsonProperty("count") long count, @JsonProperty("entries") List<JsonNode> entries) {

    static final Listed NONE = new Listed(0, List.of());

    Listed {
      entries = List.copyOf(entries);
      if (entries.size() > MAX_ENTRIES || count < entries.size()) {
        throw new IllegalArgumentException("A list of an import is out of bounds");
      }
    }

    /// How many rows are beyond the list.
    long notListed() {
      return count - entries.size();
    }
  }

  /// Whether the next entry is kept.
  boolean hasRoom() {
    return entries.size() < MAX_ENTRIES;
  }

  /// Counts a row and keeps its entry if there is room.
  void add(JsonNode entry) {
    count++;
    if (hasRoom()) {
      entries.add(entry);
    }
  }

  Listed listed() {
    return new Listed(count, entries);
  }
}
