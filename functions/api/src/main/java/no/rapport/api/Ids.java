package no.rapport.api;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/// Generates ids. One seed gives the same ids in the same order, so a request that is repeated under its idempotency
/// key makes the same resource again, not a second one.
public final class Ids {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final char[] CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

  private final String seed;
  private int count;

  private Ids(String seed) {
    this.seed = seed;
  }

  /// Returns ids of a random seed.
  public static Ids random() {
    return new Ids(newSeed());
  }

  /// Returns the ids of a seed, the same every time.
  public static Ids derived(String seed) {
    return new Ids(seed);
  }

  static String newSeed() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Returns a ULID: 26 characters that sort by time.
  public String ulid(Instant now) {
    byte[] random = next();
    BigInteger value = BigInteger.valueOf(now.toEpochMilli()).shiftLeft(80)
        .or(new BigInteger(1, ByteBuffer.wrap(random, 0, 10).slice().array(), 0, 10));
    char[] text = new char[26];
    for (int i = 25; i >= 0; i--) {
      text[i] = CROCKFORD[value.intValue() & 31];
      value = value.shiftRight(5);
    }
    return new String(text);
  }

  /// Returns an id of the form `YYYYMMDD-` (UTC) and ten lower-case base-32 characters, as in the contract of exports.
  public String dated(Instant now) {
    byte[] random = next();
    var text = new StringBuilder(DAY.format(now)).append('-');
    for (int i = 0; i < 10; i++) {
      text.append(Character.toLowerCase(CROCKFORD[random[i] & 31]));
    }
    return text.toString();
  }

  /// Returns a positive integer below 2^31: clients of the contract keep these ids in 32 bits. Another resource may have the
  /// id already; then take the next.
  public long integer() {
    return Math.max(1, ByteBuffer.wrap(next()).getInt() & Integer.MAX_VALUE);
  }

  private byte[] next() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest((seed + "/" + count++).getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
