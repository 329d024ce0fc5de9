package no.rapport.reportfiles.zip;

/// Joins CRC-32 checksums of neighbouring byte runs without reading them again (the method of zlib's `crc32_combine`).
public final class Crc32s {

  private static final int POLYNOMIAL = 0xEDB88320;

  private Crc32s() {}

  /// The checksum of a run with checksum `first` followed by `length` bytes with checksum `second`.
  public static long combine(long first, long second, long length) {
    // Appending n zero bytes to a run multiplies its checksum by x^(8n) in GF(2)[x] modulo the polynomial.
    int power = 0x80000000;
    int square = 0x00800000;
    for (long n = length; n > 0; n >>>= 1) {
      if ((n & 1) != 0) {
        power = multiply(power, square);
      }
      square = multiply(square, square);
    }
    return (multiply(power, (int) first) ^ (int) second) & 0xFFFFFFFFL;
  }

  /// The product of two polynomials in the checksum's reflected form, where the highest bit is x^0.
  private static int multiply(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int bit = 31; bit >= 0; bit--) {
      if ((a >>> bit & 1) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? shifted >>> 1 ^ POLYNOMIAL : shifted >>> 1;
    }
    return product;
  }
}
