package no.rapport.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// An API key as its client holds it: `rpt_live_`, 10 characters that name the key, 32 secret ones (160 random bits),
/// and a checksum of 7, so that a typo is detected without a read.
///
/// Scanners of repositories and logs recognise a key by the prefix.
final class KeyText {

  private static final String PREFIX = "rpt_live_";
  private static final char[] LETTERS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final int NAME_LENGTH = 10;
  private static final int SECRET_LENGTH = 32;
  private static final int CHECK_LENGTH = 7;
  private static final Pattern FORM =
      Pattern.compile(PREFIX + "[0-9a-hjkmnp-tv-z]{" + (NAME_LENGTH + SECRET_LENGTH + CHECK_LENGTH) + "}");

  private final String text;

  private KeyText(String text) {
    this.text = text;
  }

  static KeyText generate(SecureRandom random) {
    byte[] bytes = new byte[NAME_LENGTH + SECRET_LENGTH];
    random.nextBytes(bytes);
    var key = new StringBuilder(PREFIX);
    for (byte b : bytes) {
      key.append(LETTERS[b & 31]);
    }
    return new KeyText(key + check(key.toString()));
  }

  /// @return empty if the text is not a key, or a mistyped one
  static Optional<KeyText> parse(String text) {
    if (text == null || text.length() != PREFIX.length() + NAME_LENGTH + SECRET_LENGTH + CHECK_LENGTH
        || !FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    int end = text.length() - CHECK_LENGTH;
    return check(text.substring(0, end)).equals(text.substring(end)) ? Optional.of(new KeyText(text))
        : Optional.empty();
  }

  private static String check(String text) {
    var crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    long value = crc.getValue();
    var check = new StringBuilder();
    for (int i = 0; i < CHECK_LENGTH; i++) {
      check.append(LETTERS[(int) (value >>> 5 * i) & 31]);
    }
    return check.toString();
  }

  /// Returns the key's id, which may be shown and logged.
  String id() {
    return "key_" + text.substring(PREFIX.length(), PREFIX.length() + NAME_LENGTH);
  }

  String sha256() {
    try {
      return HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns the key itself. Only its holder may see it.
  String reveal() {
    return text;
  }

  /// Omits the secret, so that messages never contain it.
  @Override
  public String toString() {
    return id();
  }
}
