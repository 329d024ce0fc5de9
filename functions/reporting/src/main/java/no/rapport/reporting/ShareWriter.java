package no.rapport.reporting;

import java.io.IOException;

/// Writes one share of a report: a contiguous run of its rows. Not thread safe; memory does not grow with rows
/// (PDF: with about 60 bytes a row).
public interface ShareWriter {

  /// Appends an activity. Rows come ordered by date, then activity id.
  ///
  /// @throws IllegalStateException after [#finish], or past [ReportWriter#MAX_SHARE_ROWS]
  void row(Activity activity) throws IOException;

  /// Ends the share and flushes, but does not close, its stream.
  ShareSummary finish() throws IOException;
}
