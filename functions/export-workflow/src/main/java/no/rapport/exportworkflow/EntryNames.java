package no.rapport.exportworkflow;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import no.rapport.reporting.NationalIdMask;

/// Creates safe, unique names for the entries of one archive from untrusted text. Each name can be unpacked on Windows,
/// macOS and Linux, does not leave the target folder, and is unique even on file systems that ignore case or accents.
/// The same texts in the same order give the same names. Not thread-safe.
final class EntryNames {

  /// Maximum of one segment, in bytes of UTF-8: below the limit of file systems (255), with room for a number.
  private static final int MAX_SEGMENT_BYTES = 140;
  private static final int MAX_EXTENSION_LENGTH = 16;
  /// Characters that Windows forbids, that are invisible or that change the direction of text (controls, formats,
  /// unpaired surrogates, private and unassigned characters, line and paragraph separators).
  private static final Pattern FORBIDDEN = Pattern.compile("[<>:\"/\\\\|?*\\p{C}\\p{Zl}\\p{Zp}\\uFFFD]");
  private static final Pattern SPACES = Pattern.compile("\\p{Zs}+");
  private static final Pattern ENDS = Pattern.compile("^ +|[. ]+$");
  private static final Pattern DEVICE = Pattern.compile(
      "(?i)(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|COM[0-9\u00B9\u00B2\u00B3]|LPT[0-9\u00B9\u00B2\u00B3]) *(\\..*)?");

  private final Set<String> taken = new HashSet<>();

  /// Returns a unique name, `folder/…/file`.
  ///
  /// @param segments names of the folders, then of the file
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
    // Masks again, because collapsed spaces may join the groups of an identity number.
    plain = NationalIdMask.mask(plain).text().replace('*', '_');
    plain = ENDS.matcher(shortened(ENDS.matcher(plain).replaceAll(""))).replaceAll("");
    return plain.isEmpty() || DEVICE.matcher(plain).matches() ? "_" + plain : plain;
  }

  /// Shortens a name before its extension, between characters.
  private static String shortened(String text) {
    if (bytes(text) <= MAX_SEGMENT_BYTES) {
      return text;
    }
    int dot = extensionAt(text);
    String extension = text.substring(dot);
    int end = dot;
    while (end > 0 && bytes(text.substring(0, end)) + bytes(extension) > MAX_SEGMENT_BYTES) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end) + extension;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int extensionAt(String file) {
    int dot = file.lastIndexOf('.');
    return dot > 0 && file.length() - dot <= MAX_EXTENSION_LENGTH ? dot : file.length();
  }

  /// Returns a key that is equal for names that any file system treats as equal.
  private static String folded(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
