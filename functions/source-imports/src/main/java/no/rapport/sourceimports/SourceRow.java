package no.rapport.sourceimports;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// A valid row of an import, ready to be written.
///
/// @param identity what makes it the same row as an earlier one
/// @param content what it says; empty where it withdraws the row
/// @param bytes about how much it adds to a request
record SourceRow(String identity, Version version, Optional<Content> content, int bytes) {

  /// @param place where the row lies, as its [RowKind] writes it; moves when the row is corrected
  /// @param attributes the item without its keys
  /// @param fingerprint the same for equal content, whatever its `updated_at`
  /// @param touches the periods whose figures may depend on it, as [CaseChangeGroup] writes them
  /// @param presence the type and source system it is a live record of; empty where nobody asks
  record Content(
      String place, Map<String, AttributeValue> attributes, String fingerprint, List<String> touches, String presence) {

    Content {
      attributes = Map.copyOf(attributes);
      touches = List.copyOf(touches);
    }
  }
}
