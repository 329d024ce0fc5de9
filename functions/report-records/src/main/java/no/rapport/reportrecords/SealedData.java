package no.rapport.reportrecords;

import java.util.Optional;

/// The location of the exact rows from which a report was generated.
///
/// @param prefix folder of everything that was sealed for this report (`sealed/{org_id}/…/`)
/// @param manifestKey key of the list of sealed parts
/// @param sha256 digest of that list, lower-case hexadecimal
/// @param figures fingerprint of the sealed key figures, see [no.rapport.reporting.FigureSnapshot#fingerprint]; empty
///     if there are none, and for reports of earlier releases
public record SealedData(String prefix, String manifestKey, String sha256, Optional<String> figures) {

  public SealedData {
    figures = figures == null ? Optional.empty() : figures;
  }

  /// Returns sealed data without key figures.
  public SealedData(String prefix, String manifestKey, String sha256) {
    this(prefix, manifestKey, sha256, Optional.empty());
  }
}
