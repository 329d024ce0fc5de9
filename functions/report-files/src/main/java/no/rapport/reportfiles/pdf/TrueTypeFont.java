package no.rapport.reportfiles.pdf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import no.rapport.reportfiles.Bytes;

/// A TrueType font: its characters' widths, and subsets of it to embed. Immutable.
final class TrueTypeFont {

  /// The first of these that the font has stands for what it has not.
  private static final char[] REPLACEMENTS = {'\uFFFD', '\u25A1', '?'};

  static final TrueTypeFont REGULAR = new TrueTypeFont("LiberationSans-Regular");
  static final TrueTypeFont BOLD = new TrueTypeFont("LiberationSans-Bold");

  private static final int CHARACTERS = 0x10000;
  private static final int MORE_COMPONENTS = 0x20;
  private static final int WORDS = 0x01;
  private static final int SCALE = 0x08;
  private static final int XY_SCALE = 0x40;
  private static final int TWO_BY_TWO = 0x80;
  /// What an embedded TrueType font needs, in the order in which tables must be listed.
  private static final String[] EMBEDDED = {"cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"};

  private final String name;
  private final ByteBuffer file;
  private final Map<String, int[]> tables = new LinkedHashMap<>();
  private final int glyphs;
  private final int longMetrics;
  private final boolean longOffsets;
  private final int unitsPerEm;
  private final BitSet drawn = new BitSet(CHARACTERS);
  private final char[] glyphOf = new char[CHARACTERS];
  private final short[] widthOf = new short[CHARACTERS];

  private TrueTypeFont(String name) {
    this.name = name;
    this.file = ByteBuffer.wrap(read("/liberation/" + name + ".ttf"));
    int count = file.getShort(4);
    for (int i = 0; i < count; i++) {
      int entry = 12 + 16 * i;
      String tag = new String(file.array(), entry, 4, StandardCharsets.US_ASCII);
      tables.put(tag, new int[] {file.getInt(entry + 8), file.getInt(entry + 12)});
    }
    glyphs = file.getChar(offset("maxp") + 4);
    longMetrics = file.getChar(offset("hhea") + 34);
    longOffsets = file.getShort(offset("head") + 50) == 1;
    unitsPerEm = file.getChar(offset("head") + 18);
    readCharacters();
  }

  private static byte[] read(String resource) {
    try (InputStream in = TrueTypeFont.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The class path has no " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int offset(String table) {
    return tables.get(table)[0];
  }

  private void readCharacters() {
    int cmap = offset("cmap");
    for (int i = 0; i < file.getChar(cmap + 2); i++) {
      int subtable = cmap + file.getInt(cmap + 4 + 8 * i + 4);
      if (file.getChar(cmap + 4 + 8 * i) == 3 && file.getChar(subtable) == 4) {
        readSegments(subtable);
      }
    }
    for (char replacement : REPLACEMENTS) {
      if (has(replacement)) {
        fillGaps(glyphOf[replacement]);
        break;
      }
    }
    for (int c = 0; c < CHARACTERS; c++) {
      int metric = Math.min(glyphOf[c], longMetrics - 1);
      widthOf[c] = (short) Math.round(file.getChar(offset("hmtx") + 4 * metric) * 1000f / unitsPerEm);
    }
  }

  /// Gives a glyph to all characters that have none.
  private void fillGaps(char replacement) {
    for (int c = ' '; c < CHARACTERS; c++) {
      if (glyphOf[c] == 0) {
        glyphOf[c] = replacement;
      }
    }
  }

  /// A `cmap` subtable of format 4.
  private void readSegments(int subtable) {
    int doubled = file.getChar(subtable + 6);
    int ends = subtable + 14;
    int starts = ends + doubled + 2;
    int deltas = starts + doubled;
    int ranges = deltas + doubled;
    for (int segment = 0; segment < doubled; segment += 2) {
      int start = file.getChar(starts + segment);
      int end = file.getChar(ends + segment);
      int range = file.getChar(ranges + segment);
      for (int c = start; c <= end && c < 0xFFFF; c++) {
        int glyph = range == 0 ? c : file.getChar(ranges + segment + range + 2 * (c - start));
        if (glyph != 0) {
          glyphOf[c] = (char) (glyph + file.getShort(deltas + segment));
          drawn.set(c);
        }
      }
    }
  }

  String name() {
    return name;
  }

  /// Whether the font has a glyph for the character itself.
  boolean has(char c) {
    return drawn.get(c);
  }

  /// The glyph of a character, or the one that stands for all that the font cannot draw.
  int glyph(char c) {
    return glyphOf[c];
  }

  /// In thousandths of the font size.
  int width(char c) {
    return widthOf[c];
  }

  /// The width of a text in thousandths of the font size.
  int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); i++) {
      width += widthOf[text.charAt(i)];
    }
    return width;
  }

  int ascent() {
    return file.getShort(offset("hhea") + 4) * 1000 / unitsPerEm;
  }

  int descent() {
    return file.getShort(offset("hhea") + 6) * 1000 / unitsPerEm;
  }

  /// Left, bottom, right, top in thousandths of the font size.
  int[] box() {
    int[] box = new int[4];
    for (int i = 0; i < 4; i++) {
      box[i] = file.getShort(offset("head") + 36 + 2 * i) * 1000 / unitsPerEm;
    }
    return box;
  }

  /// The font with the outlines of these characters only; glyph numbers stay.
  byte[] subset(BitSet characters) {
    BitSet used = new BitSet(glyphs);
    used.set(0);
    characters.stream().forEach(c -> addGlyph(glyphOf[c], used));
    ByteBuffer loca = ByteBuffer.allocate(4 * (glyphs + 1));
    Bytes glyf = new Bytes(1 << 16);
    for (int glyph = 0; glyph < glyphs; glyph++) {
      loca.putInt(glyf.length);
      if (used.get(glyph)) {
        glyf.put(file.array(), outline(glyph), outline(glyph + 1) - outline(glyph));
        while (glyf.length % 4 != 0) {
          glyf.put(0);
        }
      }
    }
    loca.putInt(glyf.length);
    TreeMap<String, byte[]> parts = new TreeMap<>();
    for (String tag : EMBEDDED) {
      if (tables.containsKey(tag)) {
        int[] table = tables.get(tag);
        parts.put(tag, Arrays.copyOfRange(file.array(), table[0], table[0] + table[1]));
      }
    }
    parts.put("glyf", glyf.toByteArray());
    parts.put("loca", loca.array());
    ByteBuffer head = ByteBuffer.wrap(parts.get("head"));
    head.putShort(50, (short) 1);
    head.putInt(8, 0);
    return assemble(parts);
  }

  private int outline(int glyph) {
    int loca = offset("loca");
    return offset("glyf") + (longOffsets ? file.getInt(loca + 4 * glyph) : 2 * file.getChar(loca + 2 * glyph));
  }

  /// Adds a glyph and those that it is composed of.
  private void addGlyph(int glyph, BitSet used) {
    if (used.get(glyph) && glyph != 0) {
      return;
    }
    used.set(glyph);
    int at = outline(glyph);
    if (outline(glyph + 1) == at || file.getShort(at) >= 0) {
      return;
    }
    at += 10;
    int flags;
    do {
      flags = file.getChar(at);
      addGlyph(file.getChar(at + 2), used);
      at += 4 + ((flags & WORDS) != 0 ? 4 : 2);
      at += (flags & SCALE) != 0 ? 2 : (flags & XY_SCALE) != 0 ? 4 : (flags & TWO_BY_TWO) != 0 ? 8 : 0;
    } while ((flags & MORE_COMPONENTS) != 0);
  }

  private static byte[] assemble(TreeMap<String, byte[]> parts) {
    int count = parts.size();
    int size = 12 + 16 * count + parts.values().stream().mapToInt(part -> part.length + 3 & ~3).sum();
    ByteBuffer font = ByteBuffer.allocate(size);
    int power = Integer.highestOneBit(count);
    font.putInt(0x00010000).putShort((short) count).putShort((short) (16 * power))
        .putShort((short) Integer.numberOfTrailingZeros(power)).putShort((short) (16 * (count - power)));
    int at = 12 + 16 * count;
    for (Map.Entry<String, byte[]> part : parts.entrySet()) {
      byte[] content = part.getValue();
      font.put(part.getKey().getBytes(StandardCharsets.US_ASCII));
      font.put(at, content);
      int padded = content.length + 3 & ~3;
      int sum = 0;
      for (int i = 0; i < padded; i += 4) {
        sum += font.getInt(at + i);
      }
      font.putInt(sum).putInt(at).putInt(content.length);
      at += padded;
    }
    return font.array();
  }
}
