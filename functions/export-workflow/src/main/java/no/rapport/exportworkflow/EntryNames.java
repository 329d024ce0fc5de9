package no.rapport.exportworkflow;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import no.rapport.reporting.NationalIdMask;

/// Gives out the names of one archive's entries, made from text of any origin: each can be unpacked on Windows, macOS
/// and Linux, stays within the folder that it is unpacked in, and is taken once, however upper and lower case or
/// accents are told apart there. The same texts in the same order give the same names. Not thread safe.
final class EntryNames {

  /// Of one segment, in bytes of UTF-8: below the 255 of file systems, with room for a number.
  private static final int MAX_BYTES = 140;
  private static final int LONGEST_EXTENSION = 16;
  /// What Windows forbids, and all that is invisible or turns the direction of text (controls, formats, surrogates
  /// without partner, private and unassigned characters, separators of lines and paragraphs).
  private static final Pattern FORBIDDEN = Pattern.compile("[<>:\"/\\\\|?*\\p{C}\\p{Zl}\\p{Zp}\\uFFFD]");
  private static final Pattern SPACES = Pattern.compile("\\p{Zs}+");
  private static final Pattern ENDS = Pattern.compile("^ +|[. ]+$");
  private static final Pattern DEVICE = Pattern.compile(
      "(?i)(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|COM[0-9\u00B9\u00B2\u00B3]|LPT[0-9\u00B9\u00B2\u00B3]) *(\\..*)?");

  private final Set<String> taken = new HashSet<>();

  /// A name that is not taken yet, `folder/…/file`.
  ///
  /// @param segments folders, then the file
  String next(String... segments) {
    var folder = new StringBuilder();
    for (int i = 0; i < segments.length - 1; i++) {
      folder.append(segment(segments[i])).append('/');
    }
    String file = segment(segments[segments.length - 1]);
    String name = folder + file;
    for (int number = 2; !taken.add(folded(name)); number++) {
      int dot = extensionAt(file);
      name = folder + file.substring(0, dot) + "_" + number + file.substring(dot);
    }
    return name;
  }

  private static String segment(String text) {
    String plain = NationalIdMask.mask(Normalizer.normalize(text, Normalizer.Form.NFC)).text().replace('*', '_');
    plain = SPACES.matcher(FORBIDDEN.matcher(plain).replaceAll("_")).replaceAll(" ");
    // Fewer blanks may bring the groups of a number together.
    plain = NationalIdMask.mask(plain).text().replace('*', '_');
    plain = ENDS.matcher(shortened(ENDS.matcher(plain).replaceAll(""))).replaceAll("");
    return plain.isEmpty() || DEVICE.matcher(plain).matches() ? "_" + plain : plain;
  }

  /// Cut before the extension, between characters.
  private static String shortened(String text) {
    if (bytes(text) <= MAX_BYTES) {
      return text;
    }
    int dot = extensionAt(text);
    String extension = text.substring(dot);
    int end = dot;
    while (end > 0 && bytes(text.substring(0, end)) + bytes(extension) > MAX_BYTES) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end) + extension;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int extensionAt(String file) {
    int dot = file.lastIndexOf('.');
    return dot > 0 && file.length() - dot <= LONGEST_EXTENSION ? dot : file.length();
  }

  /// As a file system that cares least would tell names apart.
  private static String folded(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
