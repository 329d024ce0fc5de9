package no.rapport.sourcedata;

/// Packs the numbers and texts of a row into one string: first the numbers and the lengths of the texts, separated by
/// spaces, then a colon, then the texts without separators.
///
/// One attribute instead of a dozen makes queries cheaper, because the client spends most of its time on building
/// attributes. Nothing needs escaping, and a person can still read the table.
public final class PackedText {

  private PackedText() {}

  /// Builds one string. A [Reader] returns the values in the same order.
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

  /// Reads a string of a [Writer].
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
