package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import no.rapport.sourcedata.RegisterRule.Finding;

/// The progress of an import of register documents: totals that add up, and the lists of the report.
final class RegisterProgress {

  private final Consumer<? super ObjectNode> rejectedList;
  private final Consumer<? super ObjectNode> warningList;
  private final SortedMap<String, Long> findings;
  private long documents;
  private long taken;
  private long refused;
  private long elements;
  private long elementsRefused;
  private long elementsWithdrawn;
  private long elementsTaken;
  private long withdrawnAsMissing;
  private long warned;

  /// The totals that are part of a paused import's state.
  ///
  /// @param documents how many documents of the file are done
  /// @param taken how many of them were the newest of their case
  /// @param refused how many could not be read or belong to another organisation
  /// @param elements how many elements of cases the documents contained
  /// @param elementsRefused how many of those elements were invalid
  /// @param elementsWithdrawn how many of those elements were deletions
  /// @param elementsTaken how many of those elements changed the stored data
  /// @param withdrawnAsMissing how many records were withdrawn because a newer document lacks them
  record Totals(
      @JsonProperty("documents") long documents,
      @JsonProperty("taken") long taken,
      @JsonProperty("refused") long refused,
      @JsonProperty("elements") long elements,
      @JsonProperty("elements_refused") long elementsRefused,
      @JsonProperty("elements_withdrawn") long elementsWithdrawn,
      @JsonProperty("elements_taken") long elementsTaken,
      @JsonProperty("withdrawn_as_missing") long withdrawnAsMissing,
      @JsonProperty("warned") long warned,
      @JsonProperty("findings") SortedMap<String, Long> findings) {

    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, new TreeMap<>());

    /// Returns the totals of elements in the form of the counts of rows.
    ImportCounts counts() {
      return new ImportCounts(elementsTaken, elements - elementsTaken - elementsWithdrawn - elementsRefused,
          elementsWithdrawn);
    }
  }

  /// @param from the totals where an earlier run stopped
  RegisterProgress(Totals from, Consumer<? super ObjectNode> rejectedList, Consumer<? super ObjectNode> warningList) {
    this.documents = from.documents;
    this.taken = from.taken;
    this.refused = from.refused;
    this.elements = from.elements;
    this.elementsRefused = from.elementsRefused;
    this.elementsWithdrawn = from.elementsWithdrawn;
    this.elementsTaken = from.elementsTaken;
    this.withdrawnAsMissing = from.withdrawnAsMissing;
    this.warned = from.warned;
    this.findings = new TreeMap<>(from.findings());
    this.rejectedList = rejectedList;
    this.warningList = warningList;
  }

  /// Returns how many documents of the file are done.
  long documents() {
    return documents;
  }

  Totals totals() {
    return new Totals(documents, taken, refused, elements, elementsRefused, elementsWithdrawn, elementsTaken,
        withdrawnAsMissing, warned, new TreeMap<>(findings));
  }

  void reached(long document) {
    documents = document;
  }

  /// Records a document that was refused.
  ///
  /// @param line 0 if the fault is not on a line
  void refused(long document, long line, String reason) {
    ObjectNode entry = JsonRows.MAPPER.createObjectNode().put("document", document);
    if (line > 0) {
      entry.put("line", line);
    }
    rejectedList.accept(entry.put("reason", reason));
    refused++;
  }

  /// Records an element that was rejected.
  void rejected(long document, List<Cells.Rejection> rejections) {
    rejectedList.accept(entry(document, rejections));
  }

  /// Records the warnings about an element that was imported.
  void warned(long document, List<Cells.Rejection> warnings) {
    if (!warnings.isEmpty()) {
      warningList.accept(entry(document, warnings));
      warned++;
    }
  }

  /// Records a document that was read.
  ///
  /// @param isTaken whether it is the newest of its case
  /// @param itsElements how many elements of a case it has
  /// @param itsRefused how many of them were rejected
  void document(boolean isTaken, long itsElements, long itsRefused, SortedMap<String, Long> itsFindings) {
    taken += isTaken ? 1 : 0;
    elements += itsElements;
    elementsRefused += itsRefused;
    itsFindings.forEach((finding, count) -> findings.merge(finding, count, Long::sum));
  }

  /// Adds the outcomes of the elements of imported documents.
  void written(ImportCounts counts) {
    elementsTaken += counts.imported();
    elementsWithdrawn += counts.withdrawn();
  }

  /// Adds the outcomes of the records that newer documents lack.
  void withdrawnAsMissing(ImportCounts counts) {
    withdrawnAsMissing += counts.withdrawn();
  }

  /// Adds the totals and the findings to a report.
  void report(ObjectNode report) {
    ObjectNode all = report.putObject("control_totals");
    all.putObject("documents")
        .put("sent", documents)
        .put("taken", taken)
        .put("unchanged", documents - taken - refused)
        .put("refused", refused);
    all.putObject("elements")
        .put("sent", elements)
        .put("taken", elementsTaken)
        .put("unchanged", elements - elementsRefused - elementsWithdrawn - elementsTaken)
        .put("withdrawn", elementsWithdrawn)
        .put("refused", elementsRefused);
    all.put("withdrawn_as_missing", withdrawnAsMissing);
    var checks = report.putArray("checks");
    findings.entrySet().stream()
        .flatMap(entry -> Finding.of(entry.getKey()).stream().map(finding -> Map.entry(finding, entry.getValue())))
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> checks.addObject()
            .put("rule_id", entry.getKey().rule().id())
            .put("title", entry.getKey().rule().title())
            .put("severity", entry.getKey().severity().name())
            .put("count", entry.getValue()));
  }

  private static ObjectNode entry(long document, List<Cells.Rejection> causes) {
    Cells.Rejection first = causes.getFirst();
    ObjectNode entry = JsonRows.MAPPER.createObjectNode()
        .put("document", document)
        .put("line", first.line())
        .put("column", first.column())
        .put("reason", first.reason());
    if (causes.size() > 1) {
      var more = entry.putArray("more");
      causes.subList(1, Math.min(causes.size(), ImportReport.MAX_REASONS))
          .forEach(other -> more.addObject().put("column", other.column()).put("reason", other.reason()));
    }
    return entry;
  }
}
