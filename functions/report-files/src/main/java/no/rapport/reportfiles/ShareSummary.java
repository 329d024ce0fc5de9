package no.rapport.reportfiles;

import java.util.List;
import java.util.Map;
import no.rapport.reporting.ActivityTotals;

/// What is known of one rendered share: enough to join shares into a file without reading them first.
/// It is JSON-serialisable; with its totals it may take some 20 KB, so keep it in an object beside the share rather
/// than in a workflow's state.
///
/// @param index from 0; shares are joined in this order
/// @param rows number of activities
/// @param bytes size of the share's object
/// @param sections the share's parts in the order in which they lie
/// @param totals of the share's activities
/// @param traits what one format needs beside that
public record ShareSummary(
    int index, long rows, long bytes, List<Section> sections, ActivityTotals totals, Map<String, String> traits) {

  public ShareSummary {
    sections = List.copyOf(sections);
    traits = Map.copyOf(traits);
  }

  /// A contiguous part of a share that lands in one place of the file.
  ///
  /// @param offset of its first byte within the share's object
  /// @param bytes as stored
  /// @param uncompressedBytes before compression; equals `bytes` where the section is not compressed
  /// @param crc32 of the uncompressed bytes, 0 where the format needs none
  /// @param rows number of rows in it
  public record Section(String name, long offset, long bytes, long uncompressedBytes, long crc32, long rows) {}

  /// @throws IllegalArgumentException when the share has no such section
  public Section section(String name) {
    return sections.stream().filter(section -> section.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Share " + index + " has no section " + name + ": " + sections));
  }
}
