package no.rapport.sourceimports;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourcedata.RegisterCase;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Imports documents of the national register.
///
/// A document holds a complete case: records that a newer document lacks are withdrawn, and an older document changes
/// nothing. A document is imported in four steps. The case is claimed for the document ([RegisterCases]). The
/// document's records are written with its version. Records that it lacks are withdrawn. The case is marked as written.
/// Each step may be repeated, and other imports may run in between: the newest version of each record remains, whatever
/// the order. If a claim was not marked as written, the next import of that document completes it.
///
/// Documents are processed in batches, so that their requests overlap. Memory holds one batch.
final class RegisterImport {

  private static final int MAX_BATCH_DOCUMENTS = 100;
  private static final int MAX_BATCH_ROWS = 4_000;
  /// The number of records that fit into a case's item, with room for those of an earlier document.
  private static final int MAX_ROWS = 4_000;
  private static final Duration MAX_AHEAD = Duration.ofMinutes(10);
  private static final int WITHDRAWAL_BYTES = 600;
  private static final String REGISTER = "put {\"name\": …, \"organization_number\": \"…\"} (and \"district_number\" "
      + "for a district) into organization.json of the organisation's folder";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final RowWriter.Pause pause;
  private final boolean dryRun;
  private final CaseForm form = new CaseForm();

  /// @param dryRun whether documents are only compared with the stored data
  RegisterImport(DynamoDbClient dynamoDb, String table, RowWriter.Pause pause, boolean dryRun) {
    this.dryRun = dryRun;
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.pause = pause;
  }

  /// A document that has passed all checks.
  ///
  /// @param rows the rows of its elements, ready to be written, with deletions among them
  /// @param present the identities of the records in the document
  /// @param refused the identities of its invalid elements, whose last valid version stays
  /// @param refusedElements how many of its elements are invalid
  /// @param findings how often the document breaks each rule
  private record Prepared(
      String caseId, Version version, List<SourceRow> rows, Set<String> present, Set<String> refused,
      long refusedElements, SortedMap<String, Long> findings) {

    long elements() {
      return rows.size() + refusedElements;
    }

    /// Returns the identities that are stored for the case but absent from the document.
    Set<String> missing(RegisterCase known) {
      var missing = new HashSet<>(known.identities());
      missing.removeAll(present);
      missing.removeAll(refused);
      return missing;
    }

    RegisterCase written(RegisterCase known) {
      var left = new HashSet<>(known.identities());
      left.retainAll(refused);
      left.addAll(present);
      var counts = new TreeMap<>(findings);
      counts.put(RegisterCase.CASES, 1L);
      counts.put(RegisterCase.ELEMENTS, elements());
      counts.put(RegisterCase.ELEMENTS_REFUSED, refusedElements);
      counts.put(RegisterCase.ELEMENTS_DELETED, rows.stream().filter(row -> row.content().isEmpty()).count());
      return known.written(left, counts);
    }
  }

  /// Imports the documents of a file from where an earlier run stopped.
  ///
  /// @param content the file from its first byte
  /// @param progress collects the outcome of each document
  /// @param stop asked before each document whether to pause
  /// @return whether the end was reached
  /// @throws UnreadableDocument if the rest of the file cannot be read; the documents before were imported
  boolean run(InputStream content, boolean isArchive, String orgId, ImportSource source, RegisterProgress progress,
      BooleanSupplier stop) throws IOException, UnreadableDocument {
    Optional<OrganizationRegister.Numbers> registered = new OrganizationRegister(dynamoDb, table).numbersOf(orgId);
    var cases = new RegisterCases(dynamoDb, table, orgId, pause, dryRun);
    try (var documents = new RegisterDocuments(content, isArchive);
        var writer = new RowWriter(dynamoDb, table, RowKind.CASES, orgId, pause, dryRun)) {
      var batch = new LinkedHashMap<String, Prepared>();
      try {
        for (byte[] bytes = documents.next(); bytes != null; bytes = documents.next()) {
          if (documents.number() <= progress.documents()) {
            continue;
          }
          Optional<Prepared> prepared = prepare(bytes, documents.number(), orgId, source, registered, progress);
          if (prepared.isPresent()) {
            if (batch.containsKey(prepared.get().caseId())) {
              write(batch, cases, writer, progress);
            }
            batch.put(prepared.get().caseId(), prepared.get());
          }
          progress.reached(documents.number());
          boolean pauses = stop.getAsBoolean();
          if (pauses || isFull(batch)) {
            write(batch, cases, writer, progress);
          }
          if (pauses) {
            return false;
          }
        }
      } catch (UnreadableDocument e) {
        // The documents before the damage are still imported.
        write(batch, cases, writer, progress);
        throw e;
      }
      write(batch, cases, writer, progress);
    }
    return true;
  }

  private static boolean isFull(Map<String, Prepared> batch) {
    return batch.size() >= MAX_BATCH_DOCUMENTS
        || batch.values().stream().mapToLong(Prepared::elements).sum() >= MAX_BATCH_ROWS;
  }

  private Optional<Prepared> prepare(byte[] bytes, long number, String orgId, ImportSource source,
      Optional<OrganizationRegister.Numbers> registered, RegisterProgress progress) {
    try {
      RegisterDocument document = RegisterDocument.of(RegisterXml.read(bytes));
      requireOwn(document, registered);
      if (document.extractedAt().isAfter(source.now().plus(MAX_AHEAD))) {
        throw new UnreadableDocument(1, "has a DatoUttrekk in the future");
      }
      List<RegisterRows.Row> rows = RegisterRows.of(document, orgId, number);
      if (rows.size() > MAX_ROWS) {
        throw new UnreadableDocument(document.sak().line(), "has more than " + MAX_ROWS + " elements of a case");
      }
      return Optional.of(prepared(document, rows, number, orgId, source, progress));
    } catch (UnreadableDocument e) {
      progress.refused(number, e.line(), e.getMessage());
      return Optional.empty();
    }
  }

  private static void requireOwn(RegisterDocument document, Optional<OrganizationRegister.Numbers> registered)
      throws UnreadableDocument {
    if (registered.isEmpty()) {
      throw new UnreadableDocument(0, "cannot be taken: the organisation has not registered its number; " + REGISTER);
    }
    if (!registered.get().organization().equals(document.organizationNumber())) {
      throw new UnreadableDocument(0, "is of another organisation than the one that is registered; if that is wrong, "
          + REGISTER);
    }
    if (!registered.get().district().equals(document.districtNumber())) {
      throw new UnreadableDocument(0, "is of another district than the one that is registered; if that is wrong, "
          + REGISTER);
    }
  }

  private Prepared prepared(RegisterDocument document, List<RegisterRows.Row> rows, long number, String orgId,
      ImportSource source, RegisterProgress progress) {
    Version version = source.version(document.extractedAt(), number);
    var valid = new ArrayList<SourceRow>();
    var present = new HashSet<String>();
    var refused = new HashSet<String>();
    long refusedElements = 0;
    for (RegisterRows.Row row : rows) {
      if (row.cells().isEmpty()) {
        valid.add(withdrawal(row.identity().orElseThrow(), version));
        continue;
      }
      Cells cells = row.cells().get();
      SourceRow parsed = cells.isRejected() ? null : form.parse(cells, orgId, source);
      if (cells.isRejected()) {
        refusedElements++;
        row.identity().ifPresent(refused::add);
        progress.rejected(number, cells.rejections());
      } else {
        present.add(parsed.identity());
        progress.warned(number, cells.warnings());
        valid.add(parsed);
      }
    }
    return new Prepared(
        document.caseId(), version, valid, present, refused, refusedElements, RegisterChecks.of(document));
  }

  private static SourceRow withdrawal(String identity, Version version) {
    return new SourceRow(identity, version, Optional.empty(), WITHDRAWAL_BYTES);
  }

  private void write(
      Map<String, Prepared> batch, RegisterCases cases, RowWriter writer, RegisterProgress progress) {
    if (batch.isEmpty()) {
      return;
    }
    var claims = new LinkedHashMap<String, RegisterCases.Claim>();
    batch.forEach((caseId, document) -> claims.put(
        caseId, new RegisterCases.Claim(document.version(), document.present())));
    Map<String, RegisterCase> claimed = cases.claim(claims);
    batch.forEach((caseId, document) -> {
      boolean isTaken = claimed.containsKey(caseId);
      progress.document(isTaken, document.elements(), document.refusedElements(), document.findings());
      if (isTaken) {
        document.rows().forEach(writer::add);
      }
    });
    progress.written(writer.flush());
    claimed.forEach((caseId, known) -> batch.get(caseId).missing(known)
        .forEach(identity -> writer.add(withdrawal(identity, batch.get(caseId).version()))));
    progress.withdrawnAsMissing(writer.flush());
    claimed.replaceAll((caseId, known) -> batch.get(caseId).written(known));
    cases.write(claimed);
    batch.clear();
  }
}
