package no.rapport.sourcedata;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;

/// The state of a case that was delivered as a document of the national register: the newest document's version, the
/// identities of its records, and how often it breaks each rule of the register. Contains no data about the child.
///
/// @param counter incremented by each write; 0 if the table has no item
/// @param version version of the newest document; null if there is none
/// @param isWritten whether all records of that document are in the table and the records that it lacks are withdrawn
/// @param identities identities of the case's records, as [CaseRecordItem#identity] returns them; while a document is
///     being written, also those of earlier documents
/// @param counts counts of the newest document: broken rules by [RegisterRule.Finding], elements by the names below
public record RegisterCase(
    long counter, Version version, boolean isWritten, Set<String> identities, SortedMap<String, Long> counts) {

  /// Names of counts.
  public static final String CASES = "cases";
  public static final String ELEMENTS = "elements";
  public static final String ELEMENTS_REFUSED = "elements_refused";
  public static final String ELEMENTS_DELETED = "elements_deleted";

  private static final String COUNTER = "v";
  private static final String NEWEST = "d";
  private static final String WRITTEN = "w";
  private static final String IDENTITIES = "i";
  static final String COUNTS = "f";

  private static final RegisterCase UNKNOWN = new RegisterCase(0, null, true, Set.of(), new TreeMap<>());

  public RegisterCase {
    identities = Set.copyOf(identities);
  }

  /// Returns the key of a case's item. It contains a hash, never the case's id.
  public static Map<String, AttributeValue> key(String orgId, String caseId) {
    return SourceDataTable.key(
        SourceDataTable.registerCases(orgId, SourceDataTable.partOf(caseId)), SourceDataTable.shortHash(caseId));
  }

  /// @param item the stored item; null or empty if there is none
  public static RegisterCase of(Map<String, AttributeValue> item) {
    if (item == null || item.isEmpty()) {
      return UNKNOWN;
    }
    var version = new PackedText.Reader(item.get(NEWEST).s());
    var identities = new TreeSet<String>();
    var packed = new PackedText.Reader(item.get(IDENTITIES).s());
    while (packed.hasNext()) {
      identities.add(packed.text());
    }
    return new RegisterCase(
        Long.parseLong(item.get(COUNTER).n()),
        new Version(version.number(), version.number(), version.number(), version.number()),
        item.get(WRITTEN).bool(), identities, counts(item));
  }

  static SortedMap<String, Long> counts(Map<String, AttributeValue> item) {
    var counts = new TreeMap<String, Long>();
    item.get(COUNTS).m().forEach((name, count) -> counts.put(name, Long.valueOf(count.n())));
    return counts;
  }

  /// Returns whether a document of that version must be written: it is newer, or it is the newest and not yet written.
  public boolean isOpenTo(Version document) {
    int order = version == null ? -1 : version.compareTo(document);
    return order < 0 || order == 0 && !isWritten;
  }

  /// Returns the case while a document is being written. It keeps the identities of earlier documents until their
  /// records are withdrawn, so that an interrupted import can be repeated.
  public RegisterCase claimed(Version document, Set<String> itsIdentities) {
    var all = new TreeSet<>(identities);
    all.addAll(itsIdentities);
    return new RegisterCase(counter + 1, document, false, all, counts);
  }

  /// Returns the case after the document was written.
  public RegisterCase written(Set<String> itsIdentities, SortedMap<String, Long> itsCounts) {
    return new RegisterCase(counter + 1, version, true, itsIdentities, itsCounts);
  }

  /// Returns a put that succeeds only if the table still has the case that this one was derived from.
  public Put write(String table, String orgId, String caseId) {
    var item = new HashMap<>(key(orgId, caseId));
    item.put(COUNTER, AttributeValue.fromN(String.valueOf(counter)));
    item.put(NEWEST, AttributeValue.fromS(new PackedText.Writer().number(version.updatedAt())
        .number(version.importedAt()).number(version.file()).number(version.line()).pack()));
    item.put(WRITTEN, AttributeValue.fromBool(isWritten));
    var packed = new PackedText.Writer();
    identities.stream().sorted().forEach(packed::text);
    item.put(IDENTITIES, AttributeValue.fromS(packed.pack()));
    var numbers = new HashMap<String, AttributeValue>();
    counts.forEach((name, count) -> numbers.put(name, AttributeValue.fromN(String.valueOf(count))));
    item.put(COUNTS, AttributeValue.fromM(numbers));
    return Conditions.ifUnchanged(table, item, COUNTER, counter - 1);
  }
}
