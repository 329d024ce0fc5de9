package no.rapport.reportfiles.xlsx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import no.rapport.reportfiles.zip.Crc32s;
import no.rapport.reportfiles.zip.ZipArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellDeflaterTest {

  private static final byte[] OPEN = "<c s=\"2\" t=\"inlineStr\"><is><t>".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CLOSE = "</t></is></c>".getBytes(StandardCharsets.US_ASCII);

  /// Random mixtures of constants, repeated runs and texts, among them long ones, random bytes and single letters, come
  /// back as they were, with the right checksum, over many moves of the window.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsBackRandomInput(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    CellDeflater deflater = new CellDeflater(out, OPEN, CLOSE);
    List<int[]> runs = new ArrayList<>();
    while (expected.size() < 600_000) {
      switch (random.nextInt(4)) {
        case 0 -> {
          int number = random.nextInt(2);
          deflater.constant(number);
          expected.write(number == 0 ? OPEN : CLOSE);
        }
        case 1 -> {
          int[] run = runs.isEmpty() ? new int[] {0, 0} : runs.get(Math.max(0, runs.size() - 1 - random.nextInt(20)));
          if (run[1] >= 3 && deflater.isInWindow(run[0])) {
            byte[] copy = Arrays.copyOfRange(expected.toByteArray(), run[0], run[0] + run[1]);
            deflater.repeat(run[0], run[1]);
            expected.write(copy);
          }
        }
        default -> {
          byte[] text = text(random);
          int start = deflater.position();
          deflater.text().put(text);
          deflater.appended(start);
          expected.write(text);
          runs.add(new int[] {start, text.length});
        }
      }
      deflater.advance();
    }
    deflater.finish();
    assertThat(inflated(out.toByteArray(), expected.size())).isEqualTo(expected.toByteArray());
    CRC32 crc = new CRC32();
    crc.update(expected.toByteArray());
    assertThat(deflater.crc32()).isEqualTo(crc.getValue());
    assertThat(deflater.uncompressed()).isEqualTo(expected.size());
    assertThat(deflater.written()).isEqualTo(out.size());
  }

  private static byte[] text(SplittableRandom random) {
    int length = switch (random.nextInt(10)) {
      case 0 -> random.nextInt(70_000);
      case 1 -> 0;
      default -> random.nextInt(400);
    };
    byte[] text = new byte[length];
    int alphabet = switch (random.nextInt(3)) {
      case 0 -> 1;
      case 1 -> 12;
      default -> 256;
    };
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(alphabet));
    }
    return text;
  }

  @Test
  void limitsTooLongCodes() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CellDeflater deflater = new CellDeflater(out, OPEN, CLOSE);
    // Fibonacci numbers make the deepest trees; shuffled so that no matches hide them.
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    int[] left = new int[21];
    int total = 0;
    for (int i = 0, a = 1, b = 1; i < left.length; i++) {
      left[i] = a;
      total += a;
      int sum = a + b;
      a = b;
      b = sum;
    }
    SplittableRandom random = new SplittableRandom(5);
    for (; total > 0; total--) {
      int pick = random.nextInt(total);
      int symbol = 0;
      while (pick >= left[symbol]) {
        pick -= left[symbol++];
      }
      left[symbol]--;
      expected.write('A' + symbol);
    }
    for (byte letter : expected.toByteArray()) {
      int start = deflater.position();
      deflater.text().put(letter);
      deflater.appended(start);
    }
    deflater.finish();
    assertThat(inflated(out.toByteArray(), expected.size())).isEqualTo(expected.toByteArray());
  }

  @Test
  void constantsAndRepeatsCostNextToNothing() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CellDeflater deflater = new CellDeflater(out, OPEN, CLOSE);
    for (int i = 0; i < 10_000; i++) {
      deflater.constant(0);
      int start = deflater.position();
      deflater.text().putNumber(i % 7);
      deflater.appended(start);
      deflater.constant(1);
      deflater.advance();
    }
    deflater.finish();
    assertThat(out.size()).isLessThan(20_000);
  }

  @Test
  void checksumsOfNeighboursCombine() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(5_000)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) random.nextInt();
      }
      int split = random.nextInt(bytes.length + 1);
      byte[] second = Arrays.copyOfRange(bytes, split, bytes.length);
      assertThat(Crc32s.combine(ZipArchive.crc32(Arrays.copyOf(bytes, split)), ZipArchive.crc32(second),
          second.length)).isEqualTo(ZipArchive.crc32(bytes));
    }
  }

  private static byte[] inflated(byte[] deflated, int size) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(deflated);
      byte[] bytes = new byte[size + 1];
      int count = 0;
      for (int more = 1; more > 0; count += more) {
        more = inflater.inflate(bytes, count, bytes.length - count);
      }
      assertThat(inflater.getRemaining()).isZero();
      return Arrays.copyOf(bytes, count);
    } finally {
      inflater.end();
    }
  }
}
