package no.rapport.reportfiles;

import java.util.List;
import java.util.Map;
import no.rapport.reporting.ActivityTotals;

/// The metadata of one rendered share, with which shares can be joined without reading them first. It is
/// JSON-serialisable. With its totals it can take 20 KB, so store it in an object beside the share and not in a
/// workflow's state.
///
/// @param index from 0; shares are joined in this order
/// @param rows number of activities
/// @param bytes size of the share's object
/// @param sections the share's parts in their order in the object
/// @param totals totals of the share's activities
/// @param traits additional values that one format needs
public record ShareSummary(
    int index, long rows, long bytes, List<Section> sections, ActivityTotals totals, Map<String, String> traits) {

  public ShareSummary {
    sections = List.copyOf(sections);
    traits = Map.copyOf(traits);
  }

  /// A contiguous part of a share that is copied to one place in the file.
  ///
  /// @param offset position of its first byte in the share's object
  /// @param bytes stored size
  /// @param uncompressedBytes size before compression; equals `bytes` if the section is not compressed
  /// @param crc32 checksum of the uncompressed bytes; 0 if the format needs none
  /// @param rows number of rows in it
  public record Section(String name, long offset, long bytes, long uncompressedBytes, long crc32, long rows) {}

  /// @throws IllegalArgumentException if the share has no such section
  public Section section(String name) {
    return sections.stream().filter(section -> section.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Share " + index + " has no section " + name + ": " + sections));
  }
}
