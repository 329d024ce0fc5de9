package no.rapport.sourceimports;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The detected content of a file, independent of its name.
///
/// @param encoding the encoding of a text; [StandardCharsets#UTF_8] for other content
/// @param lineEnd the byte that ends a line of the text
record FileContent(Kind kind, Charset encoding, byte lineEnd) {

  static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  /// The kinds of files.
  enum Kind {
    CSV,
    JSON_LINES,
    JSON_ARRAY,
    WORKBOOK,
    XML,
    ZIP,
    GZIP;

    /// Returns the word that reports use.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] GZIP = {0x1F, (byte) 0x8B};
  private static final String REMEDY = "; save the table as .xlsx or as CSV UTF-8";
  /// Common uploads that are not tables, by their first bytes.
  private static final Map<String, String> OTHERS = Map.of(
      "\u00D0\u00CF\u0011\u00E0", "This is an Excel 97 workbook or a workbook with a password; save it as .xlsx"
          + " without a password or as CSV UTF-8",
      "%PDF", "This is a PDF document" + REMEDY,
      "{\\rtf", "This is a text document (RTF)" + REMEDY,
      "\u0089PNG", "This is a picture" + REMEDY,
      "\u00FF\u00D8\u00FF", "This is a picture" + REMEDY,
      "7z\u00BC\u00AF", "This is a 7-Zip archive; unpack it and put its files",
      "Rar!", "This is a RAR archive; unpack it and put its files",
      "PAR1", "This is a Parquet file" + REMEDY,
      "SQLite format 3", "This is a database" + REMEDY);

  /// Returns whether the file may hold documents of the national register.
  boolean isDocuments() {
    return kind == Kind.XML || kind == Kind.ZIP;
  }

  /// Detects the content of a file from its first bytes.
  ///
  /// @param head the first bytes of the file; all of them if the file is shorter than the caller's window
  /// @param name the file's name, used only if the bytes are ambiguous
  /// @throws UnreadableFile if the file is not a table
  static FileContent of(byte[] head, String name) throws UnreadableFile {
    if (startsWith(head, GZIP)) {
      return new FileContent(Kind.GZIP, StandardCharsets.UTF_8, (byte) '\n');
    }
    if (startsWith(head, ZIP)) {
      return new FileContent(archive(head), StandardCharsets.UTF_8, (byte) '\n');
    }
    String latin = new String(head, 0, Math.min(head.length, 64), StandardCharsets.ISO_8859_1);
    for (var other : OTHERS.entrySet()) {
      if (latin.startsWith(other.getKey())) {
        throw new UnreadableFile(other.getValue());
      }
    }
    Charset encoding = encoding(head);
    String text = new String(head, encoding);
    return new FileContent(kind(text.startsWith("\uFEFF") ? text.substring(1) : text, name), encoding, lineEnd(text));
  }

  private static Kind archive(byte[] head) throws UnreadableFile {
    String latin = new String(head, StandardCharsets.ISO_8859_1);
    if (latin.startsWith("mimetypeapplication/vnd.oasis.opendocument", 30)) {
      throw new UnreadableFile("This is an OpenDocument file; save it as .xlsx or as CSV UTF-8");
    }
    if (latin.contains("xl/workbook.bin")) {
      throw new UnreadableFile("This is a binary Excel workbook; save it as .xlsx or as CSV UTF-8");
    }
    if (latin.contains("word/document.xml")) {
      throw new UnreadableFile("This is a Word document" + REMEDY);
    }
    return latin.contains("xl/w") || latin.contains("xl/sharedStrings") ? Kind.WORKBOOK : Kind.ZIP;
  }

  private static Charset encoding(byte[] head) throws UnreadableFile {
    if (startsWith(head, new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF})) {
      return StandardCharsets.UTF_8;
    }
    if (startsWith(head, new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 0})
        || startsWith(head, new byte[] {0, 0, (byte) 0xFE, (byte) 0xFF})) {
      throw new UnreadableFile("The text is in UTF-32; save it as CSV UTF-8");
    }
    if (startsWith(head, new byte[] {(byte) 0xFF, (byte) 0xFE})) {
      return StandardCharsets.UTF_16LE;
    }
    if (startsWith(head, new byte[] {(byte) 0xFE, (byte) 0xFF})) {
      return StandardCharsets.UTF_16BE;
    }
    long zeros = 0;
    for (int i = 0; i < Math.min(head.length, 1000); i++) {
      zeros += head[i] == 0 ? 1 : 0;
    }
    if (head.length >= 4 && zeros >= Math.min(head.length, 1000) / 3) {
      throw new UnreadableFile(
          "The text seems to be in UTF-16 without a byte order mark, or is no text; save it as CSV UTF-8");
    }
    return isWindows1252(head) ? WINDOWS_1252 : StandardCharsets.UTF_8;
  }

  /// Returns whether the invalid UTF-8 sequences outnumber the valid ones outside ASCII. One damaged row in a UTF-8
  /// file is rejected; it does not change how the other rows are decoded.
  private static boolean isWindows1252(byte[] head) {
    long whole = 0;
    long broken = 0;
    for (int i = 0; i < head.length; i++) {
      int b = head[i] & 0xFF;
      if (b < 0x80) {
        continue;
      }
      int more = b >= 0xC2 && b < 0xE0 ? 1 : b >= 0xE0 && b < 0xF0 ? 2 : b >= 0xF0 && b < 0xF5 ? 3 : 0;
      int found = 0;
      while (found < more && i + found + 1 < head.length && (head[i + found + 1] & 0xC0) == 0x80) {
        found++;
      }
      if (more > 0 && (found == more || i + found + 1 == head.length)) {
        whole++;
        i += found;
      } else {
        broken++;
      }
    }
    return broken > whole;
  }

  private static Kind kind(String text, String name) {
    int at = 0;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    char first = at < text.length() ? text.charAt(at) : ' ';
    String ending = name.toLowerCase(Locale.ROOT).replaceAll("\\.gz$", "").replaceAll(".*\\.", "");
    return switch (first) {
      case '{' -> Kind.JSON_LINES;
      case '[' -> Kind.JSON_ARRAY;
      case '<' -> Kind.XML;
      default -> List.of("jsonl", "ndjson", "json").contains(ending) ? Kind.JSON_LINES : Kind.CSV;
    };
  }

  /// Returns a carriage return if the first line outside quotes ends with one without a line feed, as in files of old
  /// spreadsheets.
  private static byte lineEnd(String text) {
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '\n' || c == '\r')) {
        boolean followed = i + 1 < text.length() && text.charAt(i + 1) == '\n';
        return (byte) (c == '\r' && !followed && i + 1 < text.length() ? '\r' : '\n');
      }
    }
    return '\n';
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length && ByteBuffer.wrap(bytes, 0, start.length).equals(ByteBuffer.wrap(start));
  }
}
