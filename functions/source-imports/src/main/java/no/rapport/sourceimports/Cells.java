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

/// The cells of one row of an import. The caller asks for each cell by its column and with the type that the column
/// has.
///
/// An empty cell counts as missing, except for free text. A cell of another type rejects the row; the method then
/// returns a harmless value, so that the caller can check the other cells too. A rejected row must not be used. Reasons
/// never quote a cell: case records are confidential, and so may be a text that was typed into the wrong column.
abstract class Cells {

  /// The earliest and the latest date of a row. Spreadsheets have no dates before 1900.
  private static final LocalDate EARLIEST = LocalDate.of(1901, 1, 1);
  private static final LocalDate LATEST = LocalDate.of(2199, 12, 31);
  private static final int MAX_TEXT_CHARACTERS = 16_000;
  private static final int MAX_ID_CHARACTERS = 128;
  private static final int MAX_WORD_CHARACTERS = 64;
  private static final int MAX_LIST_ENTRIES = 500;
  /// The form of a national identity number, whether or not its check digits are correct.
  private static final Pattern ELEVEN_DIGITS = Pattern.compile("[0-9]{6}[ .-]?[0-9]{5}");
  /// The form of element ids in case systems. Their groups may consist of digits only, but no national identity number
  /// has this form.
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

  /// The type of a cell, for formats that distinguish types: JSON does, CSV does not.
  enum Form {
    TEXT,
    DATE,
    TIME,
    INTEGER,
    NUMBER,
    BOOLEAN,
    /// Text, or a whole number that is read as text.
    CODE
  }

  /// @param column null if the row as a whole is at fault
  record Rejection(long line, String column, String reason) {}

  Cells(long line) {
    this.line = line;
  }

  /// Creates a rejected row for a record that cannot be read at all.
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

  /// Returns the cell as text, or null if the row has none. Rejects the row if the file gives the cell another type.
  abstract String cell(String column, Form form);

  /// Returns the entries of a list; empty if the row has none.
  abstract List<String> entries(String column);

  final long line() {
    return line;
  }

  /// Returns the position of the row in the file. If two rows have equal times, the one with the higher position
  /// counts.
  long position() {
    return line;
  }

  /// Returns the reasons for which the row is rejected, at most one for each column; empty if it is valid.
  final List<Rejection> rejections() {
    return List.copyOf(rejections);
  }

  final boolean isRejected() {
    return !rejections.isEmpty();
  }

  /// Returns the columns in which a national identity number was masked.
  final List<String> masked() {
    return List.copyOf(masked);
  }

  final void reject(String column, String reason) {
    if (rejections.stream().noneMatch(known -> Objects.equals(known.column(), column))) {
      rejections.add(new Rejection(line, column, reason));
    }
  }

  /// Returns the warnings about a row that is imported, at most one for each column.
  final List<Rejection> warnings() {
    return List.copyOf(warnings);
  }

  final void warn(String column, String reason) {
    if (warnings.stream().noneMatch(known -> Objects.equals(known.column(), column))) {
      warnings.add(new Rejection(line, column, reason));
    }
  }

  /// Rejects all dates outside these two from now on.
  final void requireDates(LocalDate first, LocalDate last) {
    earliest = first;
    latest = last;
  }

  /// Rejects the row if it names another organisation than its folder. A row need not name one.
  final void requireOrganization(String orgId) {
    given("org_id", Form.TEXT).filter(given -> !given.equals(orgId))
        .ifPresent(_ -> reject("org_id", "is not the organisation of the folder"));
  }

  /// Returns an id: 1 to 128 characters that are safe in a key and in a file name. Rejects a national identity number,
  /// but accepts a sequence number whose last digits look like one.
  final String id(String column) {
    String id = word(column, MAX_ID_CHARACTERS);
    if (id.indexOf('/') >= 0 || id.indexOf('\\') >= 0 || id.equals(".") || id.equals("..")) {
      reject(column, "must not hold slashes");
    }
    String digits = UUID.matcher(id).matches() ? "" : NationalIdMask.digits(id);
    if (digits.length() >= NATIONAL_ID_DIGITS && digits.length() != DUF_DIGITS && beginsWithABirthDate(digits)) {
      reject(column, "is or holds a national identity number");
    }
    return id;
  }

  /// Returns a pseudonym: an id that does not even look like a national identity number or a DUF number. A number with
  /// a typing error is rejected too, because it still contains the birth date.
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

  /// Returns a short text on one line with at least one character.
  final String word(String column) {
    String word = word(column, MAX_WORD_CHARACTERS);
    if (!NationalIdMask.digits(word).isEmpty()) {
      reject(column, "is or holds a national identity number");
    }
    return word;
  }

  /// Returns free text unchanged, except that national identity numbers are masked. It may be empty, but not missing.
  final String text(String column) {
    String text = cell(column, Form.TEXT);
    if (text == null) {
      reject(column, "is missing");
      return "";
    }
    return mask(column, text);
  }

  /// Returns free text that may be missing.
  final String optionalText(String column) {
    String text = cell(column, Form.TEXT);
    return text == null ? "" : mask(column, text);
  }

  /// Returns free texts; none if the cell is missing.
  final List<String> texts(String column) {
    List<String> entries = entries(column);
    if (entries.size() > MAX_LIST_ENTRIES) {
      reject(column, "has more than " + MAX_LIST_ENTRIES + " entries");
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
    if (entries.size() > MAX_LIST_ENTRIES) {
      reject(column, "has more than " + MAX_LIST_ENTRIES + " entries");
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
      // The rejection follows below.
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

  /// Returns a number from 0 to `most`, with the precision that the file gives.
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

  /// Returns a code of at most 64 characters.
  final String code(String column) {
    String code = given(column, Form.CODE).orElse(null);
    if (code == null) {
      reject(column, "is missing");
      return "";
    }
    return checkedWord(column, code, MAX_WORD_CHARACTERS);
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
    if (text.length() > MAX_TEXT_CHARACTERS) {
      reject(column, "must have at most " + MAX_TEXT_CHARACTERS + " characters");
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

  /// Rejects unpaired surrogates: JSON can escape them, but no file can hold them.
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

  /// Returns whether the digits begin with a birth date: a day (plus 40 in D numbers) and a month (plus 40, 65 or 80 in
  /// synthetic numbers).
  private static boolean beginsWithABirthDate(String digits) {
    int day = Integer.parseInt(digits, 0, 2, 10) % 40;
    int month = Integer.parseInt(digits, 2, 4, 10);
    return day >= 1 && day <= 31 && IntStream.of(0, 40, 65, 80).anyMatch(more -> month > more && month <= more + 12);
  }
}
