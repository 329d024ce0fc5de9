package no.rapport.reportfiles.xlsx;

import java.util.Arrays;

/// Code lengths and codes of the symbols of one deflate block, made from how often each occurs.
final class HuffmanCode {

  final int[] frequencies;
  final byte[] lengths;
  /// Codes with their first bit lowest, as deflate writes them.
  final int[] codes;

  private final int longest;
  private final long[] queue;
  private final int[] parents;

  HuffmanCode(int symbols, int longest) {
    this.longest = longest;
    frequencies = new int[symbols];
    lengths = new byte[symbols];
    codes = new int[symbols];
    queue = new long[symbols];
    parents = new int[2 * symbols];
  }

  /// Makes lengths and codes of the frequencies; at least two symbols get a code, as some readers want a whole tree.
  void build() {
    Arrays.fill(lengths, (byte) 0);
    int used = 0;
    for (int symbol = 0; symbol < frequencies.length; symbol++) {
      if (frequencies[symbol] > 0) {
        queue[used++] = (long) frequencies[symbol] << 16 | symbol;
      }
    }
    for (int symbol = 0; used < 2; symbol++) {
      if (frequencies[symbol] == 0) {
        queue[used++] = 1L << 16 | symbol;
      }
    }
    Arrays.sort(queue, 0, used);
    assignLengths(used);
    assignCodes();
  }

  /// Two queues make the tree: symbols by frequency, and joined nodes, which come out by frequency of themselves.
  private void assignLengths(int used) {
    long[] joined = new long[used];
    int nextSymbol = 0;
    int nextJoined = 0;
    int nodes = 0;
    while (nodes < used - 1) {
      long sum = 0;
      for (int i = 0; i < 2; i++) {
        boolean takeSymbol = nextSymbol < used
            && (nextJoined == nodes || queue[nextSymbol] >>> 16 <= joined[nextJoined]);
        if (takeSymbol) {
          sum += queue[nextSymbol] >>> 16;
          parents[nextSymbol++] = used + nodes;
        } else {
          sum += joined[nextJoined];
          parents[used + nextJoined++] = used + nodes;
        }
      }
      joined[nodes++] = sum;
    }
    int[] depths = new int[2 * used];
    int[] counts = new int[longest + 1];
    for (int node = 2 * used - 3; node >= used; node--) {
      depths[node] = depths[parents[node]] + 1;
    }
    for (int i = 0; i < used; i++) {
      counts[Math.min(depths[parents[i]] + 1, longest)]++;
    }
    limit(counts);
    // The rarest symbols come first and get the longest codes.
    int at = 0;
    for (int length = longest; length > 0; length--) {
      for (int i = 0; i < counts[length]; i++) {
        lengths[(int) (queue[at++] & 0xFFFF)] = (byte) length;
      }
    }
  }

  /// Codes cut to the longest length claim more than there is. Each step takes one of them back: a shorter code is
  /// split in two, of which one replaces a code of the longest length.
  private void limit(int[] counts) {
    long claimed = 0;
    for (int length = 1; length <= longest; length++) {
      claimed += (long) counts[length] << longest - length;
    }
    for (; claimed > 1L << longest; claimed--) {
      int length = longest - 1;
      while (counts[length] == 0) {
        length--;
      }
      counts[length]--;
      counts[length + 1] += 2;
      counts[longest]--;
    }
  }

  private void assignCodes() {
    int code = 0;
    int[] counts = new int[longest + 1];
    for (byte length : lengths) {
      counts[length]++;
    }
    counts[0] = 0;
    int[] first = new int[longest + 1];
    for (int length = 1; length <= longest; length++) {
      code = code + counts[length - 1] << 1;
      first[length] = code;
    }
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      int length = lengths[symbol];
      if (length > 0) {
        codes[symbol] = Integer.reverse(first[length]++) >>> 32 - length;
      }
    }
  }
}
