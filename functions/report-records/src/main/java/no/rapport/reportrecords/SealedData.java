package no.rapport.reportrecords;

import java.util.Optional;

/// Where the exact rows lie that a report was made of.
///
/// @param prefix everything sealed for this report lies below it (`sealed/{org_id}/…/`)
/// @param manifestKey key of the list of sealed parts
/// @param sha256 of that list, lower-case hexadecimal
/// @param figures fingerprint of the sealed key figures, see [no.rapport.reporting.FigureSnapshot#fingerprint]; empty
///     where there are none, and in reports of earlier releases
public record SealedData(String prefix, String manifestKey, String sha256, Optional<String> figures) {

  public SealedData {
    figures = figures == null ? Optional.empty() : figures;
  }

  /// What was sealed without key figures.
  public SealedData(String prefix, String manifestKey, String sha256) {
    this(prefix, manifestKey, sha256, Optional.empty());
  }
}
