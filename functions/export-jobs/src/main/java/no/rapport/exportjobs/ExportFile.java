package no.rapport.exportjobs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Optional;

/// A finished file as it lies in the bucket.
///
/// @param key where it lies
/// @param name what it is saved as
/// @param sizeBytes exact size
/// @param sha256 lower-case hexadecimal
public record ExportFile(String key, String name, String contentType, long sizeBytes, String sha256) {

  private static final long UNKNOWN = -1;

  /// A file that a worker says it made, which may be absent.
  ///
  /// @param size as the worker says
  public static ExportFile reported(String key, String contentType, Optional<Long> size) {
    return new ExportFile(key, key.substring(key.lastIndexOf('/') + 1), contentType, size.orElse(UNKNOWN), "");
  }

  /// The size; unknown where a worker reported the file without it.
  public Optional<Long> size() {
    return sizeBytes == UNKNOWN ? Optional.empty() : Optional.of(sizeBytes);
  }

  /// Whether this system wrote it, and therefore vouches for its size and digest.
  @JsonIgnore
  public boolean isOwn() {
    return !sha256.isEmpty();
  }
}
