package no.rapport.exportworkflow;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import no.rapport.reporting.Activity;
import no.rapport.reporting.FigureSnapshot;

/// A source of an export's rows: the current source data, or the sealed rows of a report.
interface RowSource {

  /// Divides the rows into parts, in report order. Each part is rendered separately.
  List<Part> plan();

  /// Reads the rows of one part in report order.
  void read(Part part, Consumer<Activity> consumer);

  /// Returns the organisation's name for the report.
  String organizationName();

  /// Returns the figures for the report, or empty if there are none.
  Optional<FigureSnapshot> figures();

  /// Returns when the rows are read, or empty for sealed rows.
  Optional<Instant> dataAsOf();

  /// One part of an export.
  ///
  /// @param index number of the part, from 0
  /// @param after start of the part, in a form that only the source interprets
  /// @param upTo end of the part, likewise
  /// @param rows number of rows at the time of planning
  /// @param rowsBefore expected number of rows before the part on its sheet of a workbook
  record Part(int index, String after, String upTo, long rows, long rowsBefore) {

    Part(int index, String after, String upTo, long rows) {
      this(index, after, upTo, rows, 0);
    }
  }
}
