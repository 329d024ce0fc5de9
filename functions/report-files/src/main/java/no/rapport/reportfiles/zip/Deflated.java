package no.rapport.reportfiles.zip;

/// Metadata of written raw deflate.
///
/// @param crc32 of the bytes before compression
public record Deflated(long crc32, long bytes, long uncompressedBytes) {

  public static final Deflated NOTHING = new Deflated(0, 0, 0);

  /// The same of this followed by the other.
  public Deflated plus(Deflated other) {
    return new Deflated(Crc32s.combine(crc32, other.crc32, other.uncompressedBytes), bytes + other.bytes,
        uncompressedBytes + other.uncompressedBytes);
  }
}
