package no.rapport.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The number of items that an erasure has removed so far, and a digest that identifies a list of them without storing
/// it. The digest of each item includes the digest of those before it.
///
/// @param sha256 lower-case hexadecimal; empty before the first item
record Tally(long count, String sha256) {

  static final Tally NOTHING = new Tally(0, "");

  /// Returns the tally with one more item.
  Tally plus(String item) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest((sha256 + "\n" + item).getBytes(StandardCharsets.UTF_8));
      return new Tally(count + 1, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
