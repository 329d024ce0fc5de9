package no.rapport.sourcedata;

/// Numbers and texts of a row in one string: the numbers and the lengths of the texts, separated by blanks, a colon,
/// and the texts one after the other.
///
/// One attribute instead of a dozen: what a query costs is mostly the attributes that the client has to build. Nothing
/// needs escaping, and a person who looks at the table can still read it.
public final class PackedText {

  private PackedText() {}

  /// Builds one string; the parts are read back in the same order.
  public static final class Writer {

    private final StringBuilder head = new StringBuilder(64);
    private final StringBuilder texts = new StringBuilder(192);

    public Writer number(long number) {
      if (!head.isEmpty()) {
        head.append(' ');
      }
      head.append(number);
      return this;
    }

    public Writer text(String text) {
      number(text.length());
      texts.append(text);
      return this;
    }

    public String pack() {
      return head.append(':').append(texts).toString();
    }
  }

  /// Reads what a [Writer] packed.
  public static final class Reader {

    private final String packed;
    private final int headEnd;
    private int head;
    private int text;

    public Reader(String packed) {
      this.packed = packed;
      this.headEnd = packed.indexOf(':') + 1;
      this.text = headEnd;
    }

    public boolean hasNext() {
      return head < headEnd;
    }

    public long number() {
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

    public String text() {
      int end = text + (int) number();
      String value = packed.substring(text, end);
      text = end;
      return value;
    }
  }
}
