package no.rapport.reportfiles.pdf;

import java.text.Bidi;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import no.rapport.reportfiles.Bytes;
import no.rapport.reporting.NationalIdMask;

/// Prepares text for the PDF: breaks it into lines, encodes each character in two bytes (the character's own number),
/// and remembers the used characters for the font subsets.
final class PdfText {

  private static final char FIRST_RIGHT_TO_LEFT = '\u0590';
  /// Replaces characters of two code units and code units that are not characters.
  static final char REPLACEMENT = '\uFFFD';

  private PdfText() {}

  /// The text in one line: white space becomes spaces. Characters stay as they are even where the fonts draw a
  /// replacement for them, so that they can be copied and searched; what takes two code units becomes a replacement
  /// character.
  static String shown(String text) {
    int plain = 0;
    while (plain < text.length() && text.charAt(plain) >= ' ' && text.charAt(plain) < 0x7F) {
      plain++;
    }
    if (plain == text.length()) {
      return text;
    }
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    StringBuilder shown = new StringBuilder(composed.length());
    for (int i = 0; i < composed.length(); i++) {
      char c = composed.charAt(i);
      if (c < ' ') {
        if (c == '\t' || c == '\n' || c == '\r') {
          shown.append(' ');
        }
      } else if (Character.getType(c) == Character.FORMAT) {
        // Direction marks and similar characters have no shape, and lines are already in visual order.
        continue;
      } else if (Character.isHighSurrogate(c)) {
        shown.append(REPLACEMENT);
        if (i + 1 < composed.length() && Character.isLowSurrogate(composed.charAt(i + 1))) {
          i++;
        }
      } else {
        shown.append(Character.isDefined(c) && !Character.isISOControl(c) && !Character.isLowSurrogate(c) ? c
            : REPLACEMENT);
      }
    }
    return shown.toString();
  }

  /// The lines of a text that is no wider than `width` (thousandths of the font size), broken at spaces where possible;
  /// at most that many lines, the last one then ending in an ellipsis.
  static List<String> lines(TrueTypeFont font, String text, int width, int mostLines) {
    List<String> lines = new ArrayList<>(2);
    int length = text.length();
    int start = 0;
    while (start < length) {
      int used = 0;
      int space = -1;
      int end = start;
      while (end < length) {
        char c = text.charAt(end);
        used += font.width(c);
        if (used > width && c != ' ') {
          break;
        }
        if (c == ' ') {
          space = end;
        }
        end++;
      }
      int next = end;
      if (end < length) {
        if (space > start) {
          end = space;
          next = space + 1;
        } else if (end == start) {
          end++;
          next = end;
        }
      }
      String line = text.substring(start, end).stripTrailing();
      start = next;
      if (lines.size() + 1 == mostLines && start < length) {
        lines.add(withEllipsis(font, line, width));
        return lines;
      }
      if (!line.isEmpty() || !lines.isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static String withEllipsis(TrueTypeFont font, String line, int width) {
    String cut = line;
    while (!cut.isEmpty() && font.width(cut) + font.width('…') > width) {
      cut = cut.substring(0, cut.length() - 1);
    }
    return cut.stripTrailing() + "…";
  }

  /// A line in the order in which its characters stand from left to right: Hebrew, which the fonts have, runs the other
  /// way.
  static String leftToRight(String line) {
    int i = 0;
    while (i < line.length() && line.charAt(i) < FIRST_RIGHT_TO_LEFT) {
      i++;
    }
    if (i == line.length()) {
      return line;
    }
    Bidi bidi = new Bidi(line, Bidi.DIRECTION_DEFAULT_LEFT_TO_RIGHT);
    if (bidi.isLeftToRight()) {
      return line;
    }
    byte[] levels = new byte[bidi.getRunCount()];
    String[] runs = new String[levels.length];
    for (int run = 0; run < runs.length; run++) {
      levels[run] = (byte) bidi.getRunLevel(run);
      String text = line.substring(bidi.getRunStart(run), bidi.getRunLimit(run));
      runs[run] = levels[run] % 2 == 0 ? text : reversed(text);
    }
    Bidi.reorderVisually(levels, 0, runs, 0, runs.length);
    // The groups of a number may have come in their order only now.
    return NationalIdMask.mask(String.join("", runs)).text();
  }

  private static String reversed(String text) {
    StringBuilder reversed = new StringBuilder(text.length());
    for (int i = text.length() - 1; i >= 0; i--) {
      int mirrored = "()[]{}<>«»".indexOf(text.charAt(i));
      reversed.append(mirrored < 0 ? text.charAt(i) : "()[]{}<>«»".charAt(mirrored ^ 1));
    }
    return reversed.toString();
  }

  /// Appends a shown text as the inside of a PDF literal string.
  static void put(Bytes bytes, String shown, BitSet used) {
    bytes.ensure(shown.length() * 4);
    byte[] array = bytes.array;
    int at = bytes.length;
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      used.set(c);
      at = putByte(array, at, c >> 8);
      at = putByte(array, at, c & 0xFF);
    }
    bytes.length = at;
  }

  private static int putByte(byte[] array, int at, int b) {
    int next = at;
    if (b == '(' || b == ')' || b == '\\') {
      array[next++] = '\\';
    } else if (b == '\r') {
      array[next++] = '\\';
      array[next++] = 'r';
      return next;
    }
    array[next++] = (byte) b;
    return next;
  }

  /// A text string of the document itself (titles, alternative texts), as UTF-16 in hexadecimal.
  static String string(String text) {
    StringBuilder hex = new StringBuilder("<FEFF");
    for (int i = 0; i < text.length(); i++) {
      hex.append("%04X".formatted((int) text.charAt(i)));
    }
    return hex.append('>').toString();
  }
}
