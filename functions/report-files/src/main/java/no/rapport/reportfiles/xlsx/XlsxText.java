package no.rapport.reportfiles.xlsx;

import no.rapport.reportfiles.Bytes;

/// Text in a workbook's XML, so that it comes back as it was: what XML cannot hold is written as `_xHHHH_` (ECMA-376,
/// ST_Xstring), carriage returns as references. Lone surrogates and U+FFFE, U+FFFF become U+FFFD.
final class XlsxText {

  private static final byte[] AMPERSAND = Bytes.ascii("&amp;");
  private static final byte[] LESS = Bytes.ascii("&lt;");
  private static final byte[] GREATER = Bytes.ascii("&gt;");
  private static final byte[] QUOTE = Bytes.ascii("&quot;");
  private static final byte[] RETURN = Bytes.ascii("&#13;");
  private static final byte[] UNDERSCORE = Bytes.ascii("_x005F_");
  private static final byte[] REPLACEMENT = Bytes.utf8("\uFFFD");
  private static final byte[] HEX = Bytes.ascii("0123456789ABCDEF");
  /// A character takes at most seven bytes: `_x0000_`.
  private static final int MOST_BYTES = 7;
  private static final boolean[] PLAIN = new boolean[128];

  static {
    for (int c = ' '; c < 127; c++) {
      PLAIN[c] = c != '&' && c != '<' && c != '>' && c != '"' && c != '_';
    }
    PLAIN[127] = true;
  }

  private XlsxText() {}

  /// Whether white space would be lost without `xml:space="preserve"`.
  static boolean needsPreserving(String text) {
    int length = text.length();
    if (length == 0) {
      return false;
    }
    if (text.charAt(0) <= ' ' || text.charAt(length - 1) <= ' ') {
      return true;
    }
    for (int i = 1; i < length; i++) {
      if (text.charAt(i) < ' ') {
        return true;
      }
    }
    return false;
  }

  /// Appends the text, escaped for element content and quoted attributes.
  static void put(Bytes xml, String text) {
    int chars = text.length();
    xml.ensure(chars * MOST_BYTES);
    byte[] array = xml.array;
    int at = xml.length;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80 && PLAIN[c]) {
        array[at++] = (byte) c;
      } else {
        xml.length = at;
        i = putSpecial(xml, text, i, c);
        at = xml.length;
      }
    }
    xml.length = at;
  }

  private static int putSpecial(Bytes xml, String text, int i, char c) {
    switch (c) {
      case '&' -> xml.put(AMPERSAND);
      case '<' -> xml.put(LESS);
      case '>' -> xml.put(GREATER);
      case '"' -> xml.put(QUOTE);
      case '\r' -> xml.put(RETURN);
      case '\n', '\t' -> xml.put(c);
      case '_' -> {
        if (startsEscape(text, i)) {
          xml.put(UNDERSCORE);
        } else {
          xml.put('_');
        }
      }
      case '\uFFFE', '\uFFFF' -> xml.put(REPLACEMENT);
      default -> {
        if (c >= 0x80) {
          return xml.putWide(text, i, c);
        }
        xml.put('_');
        xml.put('x');
        xml.put('0');
        xml.put('0');
        xml.put(HEX[c >> 4]);
        xml.put(HEX[c & 15]);
        xml.put('_');
      }
    }
    return i;
  }

  private static boolean startsEscape(String text, int i) {
    if (i + 6 >= text.length() || text.charAt(i + 1) != 'x' || text.charAt(i + 6) != '_') {
      return false;
    }
    for (int digit = i + 2; digit < i + 6; digit++) {
      if (Character.digit(text.charAt(digit), 16) < 0 || text.charAt(digit) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
