package no.rapport.exportworkflow;

/// A finished file as it lies in the bucket.
///
/// @param key where it lies
/// @param name what it is saved as
/// @param sizeBytes exact size
/// @param sha256 lower-case hexadecimal
public record ExportFile(String key, String name, String contentType, long sizeBytes, String sha256) {}
