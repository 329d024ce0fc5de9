package no.rapport.reportfiles.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.Joining;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.Countability;

/// A share of a text format, in which rows follow each other. Joining shares copies their text.
final class TextShare implements ShareWriter {

  private static final String ROWS = "rows";
  private static final int BUFFER = 1 << 16;

  private final OutputStream out;
  private final int index;
  private final RowForm form;
  private final Bytes bytes = new Bytes(BUFFER * 2);
  private final ActivityTotals.Builder totals = new ActivityTotals.Builder();
  private long written;
  private long rows;
  private boolean finished;

  /// How a format writes a row.
  @FunctionalInterface
  interface RowForm {
    /// @param isFirst whether the row begins the share
    void put(Bytes bytes, Activity activity, Countability countability, boolean isFirst);
  }

  TextShare(OutputStream out, int index, RowForm form) {
    this.out = out;
    this.index = index;
    this.form = form;
  }

  @Override
  public void row(Activity activity) throws IOException {
    Joining.requireRoom(finished, rows);
    Countability countability = Countability.of(activity);
    totals.add(activity, countability);
    form.put(bytes, activity, countability, rows == 0);
    rows++;
    if (bytes.length >= BUFFER) {
      flush();
    }
  }

  private void flush() throws IOException {
    bytes.writeTo(out);
    written += bytes.length;
    bytes.length = 0;
  }

  @Override
  public ShareSummary finish() throws IOException {
    flush();
    out.flush();
    finished = true;
    return new ShareSummary(index, rows, written,
        List.of(new ShareSummary.Section(ROWS, 0, written, written, 0, rows)), totals.build(), Map.of());
  }

  /// Copies the shares' rows in their order.
  ///
  /// @param separator stands between the rows of two shares
  static void join(OutputStream out, List<ShareSummary> shares, ShareSource source, String separator)
      throws IOException {
    byte[] between = Bytes.ascii(separator);
    boolean first = true;
    for (ShareSummary share : shares) {
      ShareSummary.Section rows = share.section(ROWS);
      if (rows.bytes() == 0) {
        continue;
      }
      if (!first) {
        out.write(between);
      }
      first = false;
      try (InputStream in = source.open(share.index(), rows.offset(), rows.bytes())) {
        Joining.copy(in, out, rows.bytes());
      }
    }
  }
}
