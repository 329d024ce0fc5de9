package no.rapport.sourceimports;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import no.rapport.sourcedata.Conditions;
import no.rapport.sourcedata.PackedText;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;

/// One item for all identities that differ only in their last two digits. For each identity it holds the version that
/// was imported last and the location of the row.
///
/// One item holds up to 111 identities, because systems number their rows: an import of consecutive ids then writes one
/// item for each row instead of two. An id that does not end in digits has a bucket of its own. The identity of a
/// withdrawn row stays, so that an older row cannot restore it.
final class IdentityBucket {

  private static final int DIGITS = 2;
  private static final String VERSION = "v";
  private static final String ENTRIES = "e";

  private final String partition;
  private final String name;
  private final Map<String, Entry> entries = new TreeMap<>();
  private long version;

  /// @param place the location of the row; empty if it is withdrawn
  record Entry(Version version, String place, String fingerprint, List<String> touches, String presence) {

    static Entry of(SourceRow row) {
      return row.content()
          .map(content -> new Entry(
              row.version(), content.place(), content.fingerprint(), content.touches(), content.presence()))
          .orElseGet(() -> new Entry(row.version(), "", "", List.of(), ""));
    }

    boolean isLive() {
      return !place.isEmpty();
    }
  }

  /// Creates an empty bucket that no import has written yet.
  IdentityBucket(String partition, String name) {
    this.partition = partition;
    this.name = name;
  }

  /// Returns the name of an identity's bucket: the identity without its last digits.
  static String nameOf(String identity) {
    int end = identity.length();
    while (end > 0 && identity.length() - end < DIGITS && isDigit(identity.charAt(end - 1))) {
      end--;
    }
    return identity.substring(0, end);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  Map<String, AttributeValue> key() {
    // A sort key must not be empty, but the name is empty for an identity of two digits.
    return SourceDataTable.key(partition, name + "#");
  }

  /// Returns the last imported entry of an identity, or null if there is none.
  Entry get(String identity) {
    return entries.get(identity);
  }

  void put(String identity, Entry entry) {
    entries.put(identity, entry);
  }

  /// Loads the bucket from the table's item.
  void load(Map<String, AttributeValue> item) {
    version = Long.parseLong(item.get(VERSION).n());
    var packed = new PackedText.Reader(item.get(ENTRIES).s());
    while (packed.hasNext()) {
      String identity = name + packed.text();
      var rowVersion = new Version(packed.number(), packed.number(), packed.number(), packed.number());
      String place = packed.text();
      String fingerprint = packed.text();
      String touches = packed.text();
      entries.put(identity, new Entry(
          rowVersion, place, fingerprint, touches.isEmpty() ? List.of() : List.of(touches.split(" ")), packed.text()));
    }
  }

  /// Returns a write of the bucket, on the condition that it has not changed since it was loaded.
  Put write(String table) {
    var packed = new PackedText.Writer();
    entries.forEach((identity, entry) -> packed
        .text(identity.substring(name.length()))
        .number(entry.version().updatedAt())
        .number(entry.version().importedAt())
        .number(entry.version().file())
        .number(entry.version().line())
        .text(entry.place())
        .text(entry.fingerprint())
        .text(String.join(" ", entry.touches()))
        .text(entry.presence()));
    var item = new HashMap<>(key());
    item.put(VERSION, AttributeValue.fromN(String.valueOf(version + 1)));
    item.put(ENTRIES, AttributeValue.fromS(packed.pack()));
    return Conditions.ifUnchanged(table, item, VERSION, version);
  }

  /// Must be called after the write of [#write] has been committed.
  void written() {
    version++;
  }
}
