package no.rapport.sourcedata;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;

/// What is known of a case that came in the national register's own form: which document of it is the newest, which
/// records it left, and how often it breaks each of the register's rules. Holds nothing of the child.
///
/// @param counter goes up with each write; 0 where the table has none yet
/// @param version of the newest document; null where there is none yet
/// @param isWritten whether all records of that document are in the table, and what it lacks is withdrawn
/// @param identities what the case's records are, as [CaseRecordItem#identity] writes them; while a document is being
///     written, those of earlier documents too
/// @param counts of the newest document: how often it breaks a rule, by [RegisterRule.Finding], and its elements, by
///     the names below
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

  /// The key of a case's item. It shows a hash, never the case's id.
  public static Map<String, AttributeValue> key(String orgId, String caseId) {
    return SourceDataTable.key(
        SourceDataTable.registerCases(orgId, SourceDataTable.partOf(caseId)), SourceDataTable.shortHash(caseId));
  }

  /// @param item as it is in the table; empty where there is none
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

  /// Whether a document of that version has something to tell: it is newer, or it is the newest and not yet written.
  public boolean isOpenTo(Version document) {
    int order = version == null ? -1 : version.compareTo(document);
    return order < 0 || order == 0 && !isWritten;
  }

  /// The case while a document is being written. It remembers the records of earlier documents until they are
  /// withdrawn, so that an interrupted import can be repeated.
  public RegisterCase claimed(Version document, Set<String> itsIdentities) {
    var all = new TreeSet<>(identities);
    all.addAll(itsIdentities);
    return new RegisterCase(counter + 1, document, false, all, counts);
  }

  /// The case when the document is written.
  public RegisterCase written(Set<String> itsIdentities, SortedMap<String, Long> itsCounts) {
    return new RegisterCase(counter + 1, version, true, itsIdentities, itsCounts);
  }

  /// Writes the case, if the table still holds the one it came from.
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
