package no.rapport.reportfiles;

import java.io.IOException;
import no.rapport.reporting.Activity;

/// Writes one share of a report: a contiguous run of its rows. Not thread safe. Memory does not grow with the number of
/// rows, except for PDF (about 60 bytes a row).
public interface ShareWriter {

  /// The most rows that one share may hold: those of an Excel sheet below its heading.
  int MAX_ROWS = 1_048_575;

  /// Appends an activity. Rows come ordered by date, then activity id.
  ///
  /// @param activity its free texts must contain no national identity number ([no.rapport.reporting.NationalIdMask])
  /// @throws IllegalStateException after [#finish], or past [#MAX_ROWS]
  void row(Activity activity) throws IOException;

  /// Ends the share and flushes, but does not close, its stream.
  ShareSummary finish() throws IOException;
}
