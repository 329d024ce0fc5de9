package no.rapport.reportfiles;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;

/// Writes report files of one format in two steps: shares of rows, each rendered by itself and without knowledge of
/// the others, and the file that joins them. The same description, figures, rows, share boundaries and expectations give
/// the same bytes. Stateless and thread safe.
public interface ReportWriter {

  /// Starts a share.
  ///
  /// @param out takes the share's bytes; buffered here, never closed here
  /// @param index from 0, as in [ShareSummary#index]
  /// @param rowsBefore how many rows are expected before the share on the same sheet of a workbook ([#rowsBefore]). The file
  ///     is right even if it is wrong, but takes longer to join.
  ShareWriter share(OutputStream out, ReportDescription description, int index, long rowsBefore) throws IOException;

  /// Returns how many rows are expected before each share on its sheet of a workbook: where a sheet is full, the next
  /// share begins another one.
  ///
  /// @param rows how many each share is expected to hold
  static List<Long> rowsBefore(List<Long> rows) {
    List<Long> before = new ArrayList<>();
    long onSheet = 0;
    for (long share : rows) {
      if (onSheet + share > ShareWriter.MAX_ROWS) {
        onSheet = 0;
      }
      before.add(onSheet);
      onSheet += share;
    }
    return before;
  }

  /// Joins shares into the file in one pass, with constant memory and no temporary file.
  ///
  /// @param out takes the file; flushed but not closed here
  /// @param figures whose totals are the sum of the shares' totals
  /// @param shares in order of their index, without gaps; none gives a file with headings only
  void assemble(OutputStream out, ReportDescription description, KeyFigures figures, List<ShareSummary> shares,
      ShareSource source) throws IOException;
}
