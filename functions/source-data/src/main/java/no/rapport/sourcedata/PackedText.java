package no.rapport.sourcedata;

/// Numbers and texts of a row in one string: the numbers and the lengths of the texts, separated by blanks, a colon,
/// and the texts one after the other.
///
/// One attribute instead of a dozen: what a query costs is mostly the attributes that the client has to build. Nothing
/// needs escaping, and a person who looks at the table can still read it.
final class PackedText {

  private PackedText() {}

  /// Builds one string; the parts are read back in the same order.
  static final class Writer {

    private final StringBuilder head = new StringBuilder(64);
    private final StringBuilder texts = new StringBuilder(192);

    Writer number(long number) {
      if (!head.isEmpty()) {
        head.append(' ');
      }
      head.append(number);
      return this;
    }

    Writer text(String text) {
      number(text.length());
      texts.append(text);
      return this;
    }

    String pack() {
      return head.append(':').append(texts).toString();
    }
  }

  /// Reads what a [Writer] packed.
  static final class Reader {

    private final String packed;
    private final int headEnd;
    private int head;
    private int text;

    Reader(String packed) {
      this.packed = packed;
      this.headEnd = packed.indexOf(':') + 1;
      this.text = headEnd;
    }

    boolean hasNext() {
      return head < headEnd;
    }

    long number() {
      long number = 0;
      boolean negative = packed.charAt(head) == '-';
      if (negative) {
        head++;
      }
      char c = packed.charAt(head++);
      while (c != ' ' && c != ':') {
        number = number * 10 + (c - '0');
        c = packed.charAt(head++);
      }
      return negative ? -number : number;
    }

    String text() {
      int end = text + (int) number();
      String value = packed.substring(text, end);
      text = end;
      return value;
    }
  }
}
