package no.rapport.reportfiles;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;

/// Writes report files of one format in two steps: it renders shares of rows independently, and then joins them into
/// the file. The same description, figures, rows, share boundaries and expected row counts give the same bytes.
/// Stateless and thread safe.
public interface ReportWriter {

  /// Starts a share.
  ///
  /// @param out receives the share's bytes; this method buffers them and never closes the stream
  /// @param index from 0, as in [ShareSummary#index]
  /// @param rowsBefore expected number of rows before the share on the same sheet of a workbook ([#rowsBefore]). A
  ///     wrong number does not make the file wrong, but joining takes longer.
  ShareWriter share(OutputStream out, ReportDescription description, int index, long rowsBefore) throws IOException;

  /// Returns the expected number of rows before each share on its sheet of a workbook. If a sheet is full, the next
  /// share begins a new one.
  ///
  /// @param rows expected number of rows in each share
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
  /// @param out receives the file; flushed but not closed here
  /// @param figures its totals must be the sum of the shares' totals
  /// @param shares in order of their index, without gaps; an empty list gives a file with headings only
  void assemble(OutputStream out, ReportDescription description, KeyFigures figures, List<ShareSummary> shares,
      ShareSource source) throws IOException;
}
