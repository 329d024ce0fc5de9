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
/// and 7 that check the others, so that a typo is told without a read.
///
/// The prefix lets scanners of repositories and logs know a key when they see one.
final class KeyText {

  private static final String PREFIX = "rpt_live_";
  private static final char[] LETTERS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final int NAME = 10;
  private static final int SECRET = 32;
  private static final int CHECK = 7;
  private static final Pattern FORM =
      Pattern.compile(PREFIX + "[0-9a-hjkmnp-tv-z]{" + (NAME + SECRET + CHECK) + "}");

  private final String text;

  private KeyText(String text) {
    this.text = text;
  }

  static KeyText mint(SecureRandom random) {
    byte[] bytes = new byte[NAME + SECRET];
    random.nextBytes(bytes);
    var key = new StringBuilder(PREFIX);
    for (byte b : bytes) {
      key.append(LETTERS[b & 31]);
    }
    return new KeyText(key + check(key.toString()));
  }

  /// @return empty when it is no key, or a mistyped one
  static Optional<KeyText> parse(String text) {
    if (text == null || text.length() != PREFIX.length() + NAME + SECRET + CHECK || !FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    int end = text.length() - CHECK;
    return check(text.substring(0, end)).equals(text.substring(end)) ? Optional.of(new KeyText(text))
        : Optional.empty();
  }

  private static String check(String text) {
    var crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    long value = crc.getValue();
    var check = new StringBuilder();
    for (int i = 0; i < CHECK; i++) {
      check.append(LETTERS[(int) (value >>> 5 * i) & 31]);
    }
    return check.toString();
  }

  /// The key's id, which may be shown and logged.
  String id() {
    return "key_" + text.substring(PREFIX.length(), PREFIX.length() + NAME);
  }

  String sha256() {
    try {
      return HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The key itself: for the one who is to hold it, and for nobody else.
  String reveal() {
    return text;
  }

  /// Without the secret, so that it may stray into a message.
  @Override
  public String toString() {
    return id();
  }
}
