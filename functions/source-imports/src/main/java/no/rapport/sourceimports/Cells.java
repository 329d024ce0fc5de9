package no.rapport.sourceimports;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import no.rapport.reporting.NationalIdMask;

/// The cells of one row of an import, asked for by column as what they should be.
///
/// An empty cell is the same as none, but for free text. A cell that is not as asked rejects the row; the answer is then
/// some harmless value, so that the other cells are looked at too, and the row must not be used. Reasons never quote a
/// cell: case records are confidential, and so may be what was typed into the wrong column.
abstract class Cells {

  /// The earliest and the latest date of a row; a spreadsheet has no dates before 1900.
  private static final LocalDate EARLIEST = LocalDate.of(1901, 1, 1);
  private static final LocalDate LATEST = LocalDate.of(2199, 12, 31);
  private static final int LONGEST_TEXT = 16_000;
  private static final int LONGEST_ID = 128;
  private static final int LONGEST_WORD = 64;
  private static final int MOST_ENTRIES = 500;
  /// As a national identity number is written, whether or not its check digits are right.
  private static final Pattern ELEVEN_DIGITS = Pattern.compile("[0-9]{6}[ .-]?[0-9]{5}");
  /// As case systems name their elements. Its groups may consist of digits, but no person's number has this form.
  private static final Pattern UUID = Pattern.compile(
      "([a-z]{1,16}-)?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");
  private static final int NATIONAL_ID_DIGITS = 11;
  private static final int DUF_DIGITS = 12;

  private final long line;
  private final List<String> masked = new ArrayList<>();
  private final List<Rejection> rejections = new ArrayList<>();
  private final List<Rejection> warnings = new ArrayList<>();
  private LocalDate earliest = EARLIEST;
  private LocalDate latest = LATEST;

  /// What a cell is written as where the form of the file tells: JSON does, CSV does not.
  enum Form {
    TEXT,
    DATE,
    TIME,
    INTEGER,
    NUMBER,
    BOOLEAN,
    /// Text, or a whole number that stands for it.
    CODE
  }

  /// @param column null where the row as a whole is at fault
  record Rejection(long line, String column, String reason) {}

  Cells(long line) {
    this.line = line;
  }

  /// A row that cannot be read at all.
  static Cells unreadable(long line, String reason) {
    var cells = new Cells(line) {
      @Override
      String cell(String column, Form form) {
        return null;
      }

      @Override
      List<String> entries(String column) {
        return List.of();
      }
    };
    cells.reject(null, reason);
    return cells;
  }

  /// The cell as text; null where the row has none. Rejects the row where the file says that it is something else.
  abstract String cell(String column, Form form);

  /// The entries of a list; empty where the row has none.
  abstract List<String> entries(String column);

  final long line() {
    return line;
  }

  /// Tells the order of rows in a file: of rows with equal times the later one counts.
  long position() {
    return line;
  }

  /// Why the row is rejected, each column once; empty while it is not.
  final List<Rejection> rejections() {
    return List.copyOf(rejections);
  }

  final boolean isRejected() {
    return !rejections.isEmpty();
  }

  /// The columns in which a national identity number was masked.
  final List<String> masked() {
    return List.copyOf(masked);
  }

  final void reject(String column, String reason) {
    if (rejections.stream().noneMatch(known -> Objects.equals(known.column(), column))) {
      rejections.add(new Rejection(line, column, reason));
    }
  }

  /// What should be looked at in a row that is imported all the same, each column once.
  final List<Rejection> warnings() {
    return List.copyOf(warnings);
  }

  final void warn(String column, String reason) {
    if (warnings.stream().noneMatch(known -> Objects.equals(known.column(), column))) {
      warnings.add(new Rejection(line, column, reason));
    }
  }

  /// From here on a date outside these two rejects the row.
  final void requireDates(LocalDate first, LocalDate last) {
    earliest = first;
    latest = last;
  }

  /// The organisation of a row is that of the folder, whether or not the row repeats it.
  final void requireOrganization(String orgId) {
    given("org_id", Form.TEXT).filter(given -> !given.equals(orgId))
        .ifPresent(_ -> reject("org_id", "is not the organisation of the folder"));
  }

  /// An id: 1 to 128 characters that may stand in a key and in a file name. A national identity number is none, but a
  /// running number that looks like one at its end is.
  final String id(String column) {
    String id = word(column, LONGEST_ID);
    if (id.indexOf('/') >= 0 || id.indexOf('\\') >= 0 || id.equals(".") || id.equals("..")) {
      reject(column, "must not hold slashes");
    }
    String digits = UUID.matcher(id).matches() ? "" : NationalIdMask.digits(id);
    if (digits.length() >= NATIONAL_ID_DIGITS && digits.length() != DUF_DIGITS && beginsWithABirthDate(digits)) {
      reject(column, "is or holds a national identity number");
    }
    return id;
  }

  /// A pseudonym: an id that may not even look like a national identity number or a DUF number. A number with a slip in
  /// it is none either: it still tells the birth date.
  final String pseudonym(String column) {
    String id = id(column);
    if (UUID.matcher(id).matches()) {
      return id;
    }
    if (!NationalIdMask.digits(id).isEmpty() || ELEVEN_DIGITS.matcher(id).matches() && beginsWithABirthDate(id)) {
      reject(column, "is or holds a national identity number");
    }
    return id;
  }

  /// A short text on one line, at least one character.
  final String word(String column) {
    String word = word(column, LONGEST_WORD);
    if (!NationalIdMask.digits(word).isEmpty()) {
      reject(column, "is or holds a national identity number");
    }
    return word;
  }

  /// Free text, kept as it is but for national identity numbers; may be empty, but not missing.
  final String text(String column) {
    String text = cell(column, Form.TEXT);
    if (text == null) {
      reject(column, "is missing");
      return "";
    }
    return mask(column, text);
  }

  /// Free text that may be missing.
  final String optionalText(String column) {
    String text = cell(column, Form.TEXT);
    return text == null ? "" : mask(column, text);
  }

  /// Free texts; none where the cell is missing.
  final List<String> texts(String column) {
    List<String> entries = entries(column);
    if (entries.size() > MOST_ENTRIES) {
      reject(column, "has more than " + MOST_ENTRIES + " entries");
      return List.of();
    }
    return entries.stream().map(entry -> mask(column, entry)).toList();
  }

  final LocalDate date(String column) {
    return optionalDate(column).orElseGet(() -> {
      reject(column, "is missing");
      return LocalDate.EPOCH;
    });
  }

  final Optional<LocalDate> optionalDate(String column) {
    return given(column, Form.DATE).map(text -> date(column, text));
  }

  final List<LocalDate> dates(String column) {
    List<String> entries = entries(column);
    if (entries.size() > MOST_ENTRIES) {
      reject(column, "has more than " + MOST_ENTRIES + " entries");
      return List.of();
    }
    return entries.stream().map(entry -> date(column, entry)).toList();
  }

  final Instant instant(String column) {
    String text = given(column, Form.TIME).orElse(null);
    if (text == null) {
      reject(column, "is missing");
      return Instant.EPOCH;
    }
    try {
      Instant instant = OffsetDateTime.parse(text.strip()).toInstant();
      int year = instant.atOffset(ZoneOffset.UTC).getYear();
      if (year >= 1970 && year < 2200) {
        return instant;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    reject(column, "must be a time such as 2025-01-31T12:00:00Z");
    return Instant.EPOCH;
  }

  final int integer(String column, int least, int most) {
    OptionalInt integer = optionalInteger(column, least, most);
    if (integer.isEmpty()) {
      reject(column, "is missing");
    }
    return integer.orElse(least);
  }

  final OptionalInt optionalInteger(String column, int least, int most) {
    String text = given(column, Form.INTEGER).orElse(null);
    if (text == null) {
      return OptionalInt.empty();
    }
    long value = Spelling.integer(text).orElse(Long.MIN_VALUE);
    if (value >= least && value <= most) {
      return OptionalInt.of((int) value);
    }
    reject(column, "must be a whole number from " + least + " to " + most);
    return OptionalInt.of(least);
  }

  /// A number from 0 to `most`, as precise as it is given.
  final BigDecimal number(String column, int most) {
    String text = given(column, Form.NUMBER).orElse(null);
    if (text == null) {
      reject(column, "is missing");
      return BigDecimal.ZERO;
    }
    BigDecimal number = Spelling.number(text).orElse(BigDecimal.ONE.negate());
    if (number.signum() >= 0 && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
      return number;
    }
    reject(column, "must be a number from 0 to " + most + " with at most 30 decimals");
    return BigDecimal.ZERO;
  }

  final boolean bool(String column) {
    return optionalBool(column).orElseGet(() -> {
      reject(column, "is missing");
      return false;
    });
  }

  final Optional<Boolean> optionalBool(String column) {
    return given(column, Form.BOOLEAN).map(text -> Spelling.bool(text).orElseGet(() -> {
      reject(column, "must be true or false");
      return false;
    }));
  }

  /// A code of at most 64 characters.
  final String code(String column) {
    String code = given(column, Form.CODE).orElse(null);
    if (code == null) {
      reject(column, "is missing");
      return "";
    }
    return checkedWord(column, code, LONGEST_WORD);
  }

  private Optional<String> given(String column, Form form) {
    return Optional.ofNullable(cell(column, form)).filter(text -> !text.isEmpty());
  }

  private String word(String column, int longest) {
    String word = cell(column, Form.TEXT);
    if (word == null || word.isEmpty()) {
      reject(column, "is missing");
      return "";
    }
    return checkedWord(column, word, longest);
  }

  private String checkedWord(String column, String word, int longest) {
    if (word.length() > longest) {
      reject(column, "must have at most " + longest + " characters");
    } else if (Spelling.hasInvisible(word)) {
      reject(column, "must have no blanks at its ends and no invisible characters");
    }
    return Spelling.composed(wellFormed(column, word));
  }

  private LocalDate date(String column, String text) {
    Optional<LocalDate> date = Spelling.date(text);
    if (date.isEmpty()) {
      reject(column, "must be a date such as 2025-01-31 or 31.01.2025");
    } else if (date.get().isBefore(earliest) || date.get().isAfter(latest)) {
      reject(column, "must be a date from " + earliest + " to " + latest);
    }
    return date.orElse(LocalDate.EPOCH);
  }

  private String mask(String column, String text) {
    if (text.length() > LONGEST_TEXT) {
      reject(column, "must have at most " + LONGEST_TEXT + " characters");
      return "";
    }
    String kept = Spelling.withoutControls(text);
    if (kept.length() < text.length()) {
      warn(column, "control characters were dropped");
    }
    NationalIdMask.Masked result = NationalIdMask.mask(wellFormed(column, kept));
    if (result.found() && !masked.contains(column)) {
      masked.add(column);
    }
    return result.text();
  }

  /// JSON can spell halves of characters, which no file can hold.
  private String wellFormed(String column, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          reject(column, "is not valid text");
          return "";
        }
      }
    }
    return text;
  }

  /// A day (plus 40 in D numbers) and a month (plus 40, 65 or 80 in synthetic ones).
  private static boolean beginsWithABirthDate(String digits) {
    int day = Integer.parseInt(digits, 0, 2, 10) % 40;
    int month = Integer.parseInt(digits, 2, 4, 10);
    return day >= 1 && day <= 31 && IntStream.of(0, 40, 65, 80).anyMatch(more -> month > more && month <= more + 12);
  }
}
