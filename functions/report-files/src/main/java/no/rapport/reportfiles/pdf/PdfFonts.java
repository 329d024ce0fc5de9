package no.rapport.reportfiles.pdf;

import java.io.IOException;
import java.util.BitSet;
import no.rapport.reportfiles.Bytes;

/// The two fonts of a PDF report, embedded as subsets of the used characters. Codes are the characters' own numbers.
/// Text is therefore copied and searched as it was written, and Sami Đ differs from Ð although they look alike.
final class PdfFonts {

  private final BitSet regular = new BitSet();
  private final BitSet bold = new BitSet();

  /// Returns the mutable set of characters of a style's font that have been used so far.
  BitSet used(PdfStyle style) {
    return style.isBold() ? bold : regular;
  }

  /// Returns whether a used character was drawn as a replacement.
  boolean lackGlyphs() {
    return regular.get(PdfText.REPLACEMENT) || bold.get(PdfText.REPLACEMENT)
        || regular.stream().anyMatch(c -> !TrueTypeFont.REGULAR.has((char) c))
        || bold.stream().anyMatch(c -> !TrueTypeFont.BOLD.has((char) c));
  }

  /// Writes both fonts.
  ///
  /// @return the entries of a resource dictionary
  String write(PdfObjects objects) throws IOException {
    return "/Font<</F1 " + font(objects, TrueTypeFont.REGULAR, regular, 80) + " 0 R/F2 "
        + font(objects, TrueTypeFont.BOLD, bold, 140) + " 0 R>>";
  }

  private static int font(PdfObjects objects, TrueTypeFont font, BitSet used, int stem) throws IOException {
    String name = tag(used) + "+" + font.name();
    byte[] subset = font.subset(used);
    int file = objects.reserve();
    objects.stream(file, "/Length1 " + subset.length, subset, subset.length);
    int[] box = font.box();
    int descriptor = objects.put("<</Type/FontDescriptor/FontName/" + name + "/Flags 4/FontBBox[" + box[0] + " " + box[1]
        + " " + box[2] + " " + box[3] + "]/ItalicAngle 0/Ascent " + font.ascent() + "/Descent " + font.descent()
        + "/CapHeight 729/StemV " + stem + "/FontFile2 " + file + " 0 R>>");
    byte[] glyphs = new byte[2 * (used.length() == 0 ? 1 : used.length())];
    StringBuilder widths = new StringBuilder();
    used.stream().forEach(c -> {
      glyphs[2 * c] = (byte) (font.glyph((char) c) >> 8);
      glyphs[2 * c + 1] = (byte) font.glyph((char) c);
      widths.append(c).append('[').append(font.width((char) c)).append(']');
    });
    int map = objects.reserve();
    objects.stream(map, "", glyphs, glyphs.length);
    int descendant = objects.put("<</Type/Font/Subtype/CIDFontType2/BaseFont/" + name + "/CIDSystemInfo<</Registry(Adobe)"
        + "/Ordering(Identity)/Supplement 0>>/FontDescriptor " + descriptor + " 0 R/CIDToGIDMap " + map + " 0 R/W["
        + widths + "]>>");
    byte[] unicode = toUnicode(used);
    int toUnicode = objects.reserve();
    objects.stream(toUnicode, "", unicode, unicode.length);
    return objects.put("<</Type/Font/Subtype/Type0/BaseFont/" + name + "/Encoding/Identity-H/DescendantFonts["
        + descendant + " 0 R]/ToUnicode " + toUnicode + " 0 R>>");
  }

  /// Returns six letters that distinguish subsets.
  private static String tag(BitSet used) {
    int hash = used.hashCode();
    StringBuilder tag = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      tag.append((char) ('A' + Math.floorMod(hash, 26)));
      hash = hash / 26 + i;
    }
    return tag.toString();
  }

  private static byte[] toUnicode(BitSet used) {
    StringBuilder map = new StringBuilder("""
        /CIDInit /ProcSet findresource begin
        12 dict begin
        begincmap
        /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
        /CMapName /Adobe-Identity-UCS def
        /CMapType 2 def
        1 begincodespacerange
        <0000> <FFFF>
        endcodespacerange
        """);
    int[] codes = used.stream().toArray();
    for (int start = 0; start < codes.length; start += 100) {
      int end = Math.min(start + 100, codes.length);
      map.append(end - start).append(" beginbfchar\n");
      for (int i = start; i < end; i++) {
        map.append("<%04X> <%04X>\n".formatted(codes[i], codes[i]));
      }
      map.append("endbfchar\n");
    }
    return Bytes.ascii(map.append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").toString());
  }
}
