package no.rapport.reportrecords;

/// Where the exact rows lie that a report was made of.
///
/// @param prefix everything sealed for this report lies below it (`sealed/{org_id}/…/`)
/// @param manifestKey key of the list of sealed parts
/// @param sha256 of that list, lower-case hexadecimal
public record SealedData(String prefix, String manifestKey, String sha256) {}
