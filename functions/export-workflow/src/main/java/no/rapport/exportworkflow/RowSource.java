package no.rapport.exportworkflow;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import no.rapport.reporting.Activity;
import no.rapport.reporting.FigureSnapshot;

/// Where the rows of an export come from: today's source data, or the sealed rows of a report.
interface RowSource {

  /// Cuts the rows into parts that are rendered by themselves, in report order.
  List<Part> plan();

  /// Reads one part in report order.
  void read(Part part, Consumer<Activity> consumer);

  /// The organisation's name to print.
  String organizationName();

  /// The figures to print, where there are any.
  Optional<FigureSnapshot> figures();

  /// When the rows are read; empty for sealed ones.
  Optional<Instant> dataAsOf();

  /// One part of an export.
  ///
  /// @param index from 0
  /// @param after where it begins, as its source understands it
  /// @param upTo where it ends
  /// @param rows how many it holds, as far as planning could tell
  /// @param rowsBefore how many are expected before it on its sheet of a workbook
  record Part(int index, String after, String upTo, long rows, long rowsBefore) {

    Part(int index, String after, String upTo, long rows) {
      this(index, after, upTo, rows, 0);
    }
  }
}
