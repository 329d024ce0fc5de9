package no.rapport.reportfiles;

/// The colours of chart series, in their order. They are as distinguishable as thirteen colours can be, in print and
/// for colour-blind readers.
public final class ChartColours {

  private static final String[] COLOURS = {"12486B", "E08E2B", "3E9C8F", "B4463E", "7FB2D6", "F2C879", "6B4C8C",
      "9BC7A5", "D98BA3", "4F6D7A", "A67C52", "2E7D4F", "8A94A0"};

  private ChartColours() {}

  /// `RRGGBB`.
  public static String of(int series) {
    return COLOURS[series % COLOURS.length];
  }
}
