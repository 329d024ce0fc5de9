package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// A list of an import report: it counts all rows and keeps the entries of the first ones.
///
/// Not thread-safe.
final class ReportList {

  /// Nobody reads more entries, and a small file must not create a large report.
  static final int MAX_ENTRIES = 10_000;

  private final List<JsonNode> entries;
  private long count;

  ReportList(Listed from) {
    this.entries = new ArrayList<>(from.entries());
    this.count = from.count();
  }

  /// The list as a state stores it.
  ///
  /// @param count how many rows the list counts
  /// @param entries the entries of the first rows
  record Listed(@JsonProperty("count") long count, @JsonProperty("entries") List<JsonNode> entries) {

    static final Listed NONE = new Listed(0, List.of());

    Listed {
      entries = List.copyOf(entries);
      if (entries.size() > MAX_ENTRIES || count < entries.size()) {
        throw new IllegalArgumentException("A list of an import is out of bounds");
      }
    }

    /// Returns how many rows are counted but not listed.
    long notListed() {
      return count - entries.size();
    }
  }

  /// Returns whether the next entry will be kept.
  boolean hasRoom() {
    return entries.size() < MAX_ENTRIES;
  }

  /// Counts a row, and keeps its entry if there is room.
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
