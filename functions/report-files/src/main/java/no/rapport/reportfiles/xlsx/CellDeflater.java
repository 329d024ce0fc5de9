package no.rapport.reportfiles.xlsx;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import no.rapport.reportfiles.Bytes;

/// Raw deflate (RFC 1951) for a table's XML. A general compressor must search for repetitions. Here the caller names
/// them: constants between values, and cells that were written before. Only new text is searched for matches. The
/// output ends on a byte boundary and does not refer to earlier output.
final class CellDeflater {

  private static final int WINDOW = 1 << 15;
  private static final int SLIDE_AT = 3 * WINDOW;
  private static final int SHORTEST_MATCH = 3;
  private static final int LONGEST_MATCH = 258;
  private static final int SEARCHED_MATCH = 4;
  private static final int HASH_BITS = 14;
  private static final int BLOCK = 1 << 15;
  private static final int MATCH = 1 << 30;
  private static final int DISTANCE_BITS = 15;
  /// Room for a number of bits below what is coded in them.
  private static final int CODED_BITS = 5;
  private static final int END_OF_BLOCK = 256;
  private static final int FIRST_LENGTH_CODE = 257;
  private static final int FLUSH_AT = 1 << 16;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();

  private static final int[] LENGTH_BASE = {3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83,
      99, 115, 131, 163, 195, 227, 258};
  private static final int[] LENGTH_EXTRA = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5,
      5, 0};
  private static final int[] DISTANCE_BASE = {1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769,
      1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  private static final byte[] LENGTH_CODE = new byte[LONGEST_MATCH + 1];
  /// Codes of distances (less one) below 256, then of every 128th.
  private static final byte[] DISTANCE_CODE = new byte[512];
  private static final int[] LENGTHS_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

  static {
    for (int code = 0; code < LENGTH_BASE.length; code++) {
      for (int length = LENGTH_BASE[code]; length <= LONGEST_MATCH; length++) {
        LENGTH_CODE[length] = (byte) code;
      }
    }
    for (int code = 0; code < DISTANCE_BASE.length; code++) {
      int from = DISTANCE_BASE[code] - 1;
      for (int i = Math.min(from, 256); i < 256; i++) {
        DISTANCE_CODE[i] = (byte) code;
      }
      for (int i = 256 + (from + 127 >> 7); i < 512; i++) {
        DISTANCE_CODE[i] = (byte) code;
      }
    }
  }

  private final OutputStream out;
  private final byte[][] constants;
  /// Where each constant stood last, as an absolute position.
  private final int[] lastPlaces;
  private final int[] heads = new int[1 << HASH_BITS];
  private final Bytes window = new Bytes(SLIDE_AT + (1 << 14));
  private final CRC32 crc = new CRC32();
  private final int[] symbols = new int[BLOCK];
  private final HuffmanCode literals = new HuffmanCode(286, 15);
  private final HuffmanCode distances = new HuffmanCode(30, 15);
  private final HuffmanCode headers = new HuffmanCode(19, 7);
  private final int[] matchLengths = new int[LONGEST_MATCH + 1];
  private final int[] runs = new int[286 + 30];
  private final Bytes packed = new Bytes(FLUSH_AT * 2);
  /// The absolute position of the window's first byte.
  private int base;
  private int summed;
  private long uncompressed;
  private long written;
  private int symbolCount;
  private int matchLength;
  private int matchDistance;
  private long bits;
  private int bitCount;

  /// @param constants texts of three bytes or more that will repeat
  CellDeflater(OutputStream out, byte[]... constants) {
    this.out = out;
    this.constants = constants;
    this.lastPlaces = new int[constants.length];
    Arrays.fill(lastPlaces, -WINDOW - 1);
    Arrays.fill(heads, -WINDOW - 1);
  }

  /// Where the next byte goes.
  int position() {
    return base + window.length;
  }

  /// Whether what stands there can still be repeated.
  boolean isInWindow(int position) {
    return isNear(position() - position);
  }

  /// Positions may pass 2 GiB: what looks like a negative distance is a huge one.
  private static boolean isNear(int distance) {
    return Integer.compareUnsigned(distance - 1, WINDOW) < 0;
  }

  /// Appends the constant of that number.
  void constant(int number) {
    byte[] constant = constants[number];
    int place = position();
    int distance = place - lastPlaces[number];
    lastPlaces[number] = place;
    int start = window.length;
    window.put(constant);
    if (!continues(start, constant.length)) {
      if (isNear(distance)) {
        match(distance, constant.length);
      } else {
        search(start);
      }
    }
  }

  /// Notes that a repeated run held a constant there.
  void constantAt(int number, int position) {
    lastPlaces[number] = position;
  }

  /// Appends again what stands at a position in the window.
  void repeat(int position, int length) {
    int distance = position() - position;
    int start = window.length;
    window.put(window.array, position - base, length);
    if (!continues(start, length)) {
      match(distance, length);
    }
  }

  /// Whether the match that is not yet written goes on through the window's last bytes from `start` on; it is then longer
  /// by them, which is cheaper than any other match.
  private boolean continues(int start, int length) {
    if (matchLength == 0 || matchLength + length > LONGEST_MATCH) {
      return false;
    }
    byte[] array = window.array;
    int other = start - matchDistance;
    if (!Arrays.equals(array, start, start + length, array, other, other + length)) {
      return false;
    }
    matchLength += length;
    return true;
  }

  /// The buffer to which new text may be appended directly; [#appended] must follow.
  Bytes text() {
    return window;
  }

  /// Takes in what was appended from that position on.
  void appended(int position) {
    search(position - base);
  }

  /// Finds matches of new text from that index of the window on.
  private void search(int from) {
    byte[] array = window.array;
    int end = window.length;
    int i = from;
    if (matchLength > 0) {
      int most = Math.min(end - i, LONGEST_MATCH - matchLength);
      while (i - from < most && array[i] == array[i - matchDistance]) {
        i++;
      }
      matchLength += i - from;
    }
    while (i + SEARCHED_MATCH <= end) {
      int four = (int) INT.get(array, i);
      int slot = four * 0x9E3779B1 >>> 32 - HASH_BITS;
      int place = base + i;
      int candidate = heads[slot];
      heads[slot] = place;
      if (isNear(place - candidate) && (int) INT.get(array, candidate - base) == four) {
        int other = candidate - base;
        int length = SEARCHED_MATCH;
        int most = Math.min(LONGEST_MATCH, end - i);
        while (length < most && array[other + length] == array[i + length]) {
          length++;
        }
        match(place - candidate, length);
        i += length;
      } else {
        literal(array[i++] & 0xFF);
      }
    }
    while (i < end) {
      literal(array[i++] & 0xFF);
    }
  }

  private void literal(int b) {
    if (matchLength > 0) {
      endMatch();
    }
    symbols[symbolCount++] = b;
    if (symbolCount == BLOCK) {
      writeBlock();
    }
  }

  private void match(int distance, int length) {
    if (matchLength > 0) {
      endMatch();
    }
    matchDistance = distance;
    matchLength = length > LONGEST_MATCH ? allButTheLastOf(distance, length) : length;
  }

  /// Splits what is too long for one match; what is left must still be one.
  private int allButTheLastOf(int distance, int length) {
    int left = length;
    while (left > LONGEST_MATCH) {
      matchLength = left - LONGEST_MATCH < SHORTEST_MATCH ? LONGEST_MATCH - SHORTEST_MATCH : LONGEST_MATCH;
      matchDistance = distance;
      left -= matchLength;
      endMatch();
    }
    return left;
  }

  private void endMatch() {
    symbols[symbolCount++] = MATCH | matchLength << DISTANCE_BITS | matchDistance - 1;
    matchLength = 0;
    if (symbolCount == BLOCK) {
      writeBlock();
    }
  }

  /// To be called now and then, between cells: moves the window on and writes what is packed.
  void advance() throws IOException {
    if (window.length < SLIDE_AT) {
      return;
    }
    checksum();
    int kept = window.length - WINDOW;
    System.arraycopy(window.array, kept, window.array, 0, WINDOW);
    window.length = WINDOW;
    summed = WINDOW;
    base += kept;
    if (packed.length >= FLUSH_AT) {
      write();
    }
  }

  private void checksum() {
    crc.update(window.array, summed, window.length - summed);
    uncompressed += window.length - summed;
    summed = window.length;
  }

  private void write() throws IOException {
    packed.writeTo(out);
    written += packed.length;
    packed.length = 0;
  }

  /// Ends on a byte boundary and hands everything to the stream.
  void finish() throws IOException {
    checksum();
    if (matchLength > 0) {
      endMatch();
    }
    if (symbolCount > 0) {
      writeBlock();
    }
    packed.ensure(32);
    putBits(0, 3);
    if (bitCount % 8 != 0) {
      putBits(0, 8 - bitCount % 8);
    }
    putBits(0xFFFF0000, 32);
    write();
  }

  long written() {
    return written;
  }

  long uncompressed() {
    return uncompressed;
  }

  long crc32() {
    return crc.getValue();
  }

  private static int distanceCode(int distanceLessOne) {
    return DISTANCE_CODE[distanceLessOne < 256 ? distanceLessOne : 256 + (distanceLessOne >> 7)];
  }

  /// In steps of their own, as one large method would take the compiler longer than it saves.
  private void writeBlock() {
    countSymbols();
    literals.build();
    distances.build();
    packed.ensure(1024 + 8 * symbolCount);
    putBits(0b100, 3);
    putLengths();
    codeMatchLengths();
    putSymbols();
    putBits(literals.codes[END_OF_BLOCK], literals.lengths[END_OF_BLOCK]);
    symbolCount = 0;
  }

  private void countSymbols() {
    int[] ofLiterals = literals.frequencies;
    int[] ofDistances = distances.frequencies;
    Arrays.fill(ofLiterals, 0);
    Arrays.fill(ofDistances, 0);
    ofLiterals[END_OF_BLOCK] = 1;
    for (int i = 0; i < symbolCount; i++) {
      int symbol = symbols[i];
      if (symbol < MATCH) {
        ofLiterals[symbol]++;
      } else {
        ofLiterals[FIRST_LENGTH_CODE + LENGTH_CODE[symbol >> DISTANCE_BITS & 0x1FF]]++;
        ofDistances[distanceCode(symbol & WINDOW - 1)]++;
      }
    }
  }

  /// What each length of a match is written as: its code and extra bits, and below them their number.
  private void codeMatchLengths() {
    for (int length = SHORTEST_MATCH; length <= LONGEST_MATCH; length++) {
      int code = LENGTH_CODE[length];
      int bits = literals.lengths[FIRST_LENGTH_CODE + code];
      int coded = literals.codes[FIRST_LENGTH_CODE + code] | length - LENGTH_BASE[code] << bits;
      matchLengths[length] = coded << CODED_BITS | bits + LENGTH_EXTRA[code];
    }
  }

  private void putSymbols() {
    byte[] array = packed.array;
    byte[] literalBits = literals.lengths;
    byte[] distanceBits = distances.lengths;
    int at = packed.length;
    long held = bits;
    int count = bitCount;
    for (int i = 0; i < symbolCount; i++) {
      int symbol = symbols[i];
      if (symbol < MATCH) {
        held |= (long) literals.codes[symbol] << count;
        count += literalBits[symbol];
      } else {
        int coded = matchLengths[symbol >> DISTANCE_BITS & 0x1FF];
        held |= (long) (coded >>> CODED_BITS) << count;
        count += coded & (1 << CODED_BITS) - 1;
        int distance = symbol & WINDOW - 1;
        int code = distanceCode(distance);
        held |= (distances.codes[code] | (long) (distance - DISTANCE_BASE[code] + 1) << distanceBits[code]) << count;
        count += distanceBits[code] + (code < 2 ? 0 : (code >> 1) - 1);
      }
      // At most 7 bits were held and 48 have come: whole bytes go, the rest stays.
      LONG.set(array, at, held);
      at += count >>> 3;
      held >>>= count & ~7;
      count &= 7;
    }
    packed.length = at;
    bits = held;
    bitCount = count;
  }

  /// The block's code lengths, themselves coded; runs of zeros are shortened, other runs not.
  private void putLengths() {
    int literalCount = used(literals.lengths, FIRST_LENGTH_CODE);
    int distanceCount = used(distances.lengths, 1);
    byte[] lengths = Arrays.copyOf(literals.lengths, literalCount + distanceCount);
    System.arraycopy(distances.lengths, 0, lengths, literalCount, distanceCount);
    int count = countRuns(lengths);
    headers.build();
    putBits(literalCount - 257 | distanceCount - 1 << 5, 10);
    putHeaderLengths();
    for (int i = 0; i < count; i++) {
      int symbol = runs[i] & 0xFF;
      int extra = symbol < 17 ? 0 : (runs[i] >> 8) - (symbol == 17 ? 3 : 11);
      putBits(headers.codes[symbol] | extra << headers.lengths[symbol],
          headers.lengths[symbol] + (symbol < 17 ? 0 : symbol == 17 ? 3 : 7));
    }
  }

  private int countRuns(byte[] lengths) {
    int count = 0;
    Arrays.fill(headers.frequencies, 0);
    for (int i = 0; i < lengths.length; ) {
      int zeros = 0;
      while (i + zeros < lengths.length && lengths[i + zeros] == 0 && zeros < 138) {
        zeros++;
      }
      int symbol = zeros < 3 ? lengths[i] : zeros < 11 ? 17 : 18;
      runs[count++] = symbol | zeros << 8;
      headers.frequencies[symbol]++;
      i += zeros < 3 ? 1 : zeros;
    }
    return count;
  }

  private void putHeaderLengths() {
    int headerCount = LENGTHS_ORDER.length;
    while (headerCount > 4 && headers.lengths[LENGTHS_ORDER[headerCount - 1]] == 0) {
      headerCount--;
    }
    putBits(headerCount - 4, 4);
    for (int i = 0; i < headerCount; i++) {
      putBits(headers.lengths[LENGTHS_ORDER[i]], 3);
    }
  }

  private static int used(byte[] lengths, int atLeast) {
    int used = lengths.length;
    while (used > atLeast && lengths[used - 1] == 0) {
      used--;
    }
    return used;
  }

  /// Appends at most 32 bits, the lowest first; room for eight bytes has been ensured.
  private void putBits(int value, int count) {
    bits |= (value & 0xFFFFFFFFL) << bitCount;
    bitCount += count;
    LONG.set(packed.array, packed.length, bits);
    packed.length += bitCount >>> 3;
    bits >>>= bitCount & ~7;
    bitCount &= 7;
  }
}
