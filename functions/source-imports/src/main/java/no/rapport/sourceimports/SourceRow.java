package no.rapport.sourceimports;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// A valid row of an import, ready to be written.
///
/// @param identity identifies the row across files
/// @param content the content; empty if the row is withdrawn
/// @param bytes the approximate size that the row adds to a request
record SourceRow(String identity, Version version, Optional<Content> content, int bytes) {

  /// @param place the location of the row, as its [RowKind] writes it; a correction may change it
  /// @param attributes the item without its keys
  /// @param fingerprint equal for equal content, whatever its `updated_at`
  /// @param touches the periods whose figures may depend on the row, as [CaseChangeGroup] writes them
  /// @param presence the record type and source system under which a live record is counted; empty if it is not counted
  record Content(
      String place, Map<String, AttributeValue> attributes, String fingerprint, List<String> touches, String presence) {

    Content {
      attributes = Map.copyOf(attributes);
      touches = List.copyOf(touches);
    }
  }
}
