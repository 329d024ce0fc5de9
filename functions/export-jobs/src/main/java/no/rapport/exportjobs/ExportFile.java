package no.rapport.exportjobs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Optional;

/// A finished file in the bucket.
///
/// @param key object key
/// @param name file name for the download
/// @param sizeBytes exact size
/// @param sha256 lower-case hexadecimal
public record ExportFile(String key, String name, String contentType, long sizeBytes, String sha256) {

  private static final long UNKNOWN = -1;

  /// Returns a file that a worker reported. It may not exist.
  ///
  /// @param size the size that the worker reported
  public static ExportFile reported(String key, String contentType, Optional<Long> size) {
    return new ExportFile(key, key.substring(key.lastIndexOf('/') + 1), contentType, size.orElse(UNKNOWN), "");
  }

  /// Returns the size in bytes, or empty if a worker reported the file without its size.
  public Optional<Long> size() {
    return sizeBytes == UNKNOWN ? Optional.empty() : Optional.of(sizeBytes);
  }

  /// Returns whether Rapport wrote the file, so that its size and digest are known to be right.
  @JsonIgnore
  public boolean isOwn() {
    return !sha256.isEmpty();
  }
}
