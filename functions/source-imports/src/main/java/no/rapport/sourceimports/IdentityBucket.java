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

/// The identities that differ only in their last two digits, in one item: for each, which version was imported last,
/// and where it lies.
///
/// One item for up to 111 identities, because systems number their rows: an import of consecutive ids then writes one
/// item a row instead of two. Ids that do not end in digits have a bucket each. An identity stays when its row is
/// withdrawn, so that an older row cannot bring it back.
final class IdentityBucket {

  private static final int DIGITS = 2;
  private static final String VERSION = "v";
  private static final String ENTRIES = "e";

  private final String partition;
  private final String name;
  private final Map<String, Entry> entries = new TreeMap<>();
  private long version;

  /// @param place where the row lies; empty where it is withdrawn
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

  /// An empty bucket, which no import has written yet.
  IdentityBucket(String partition, String name) {
    this.partition = partition;
    this.name = name;
  }

  /// The name of the bucket of an identity: without its last digits.
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
    // A sort key must not be empty, and the name of an identity of two digits is.
    return SourceDataTable.key(partition, name + "#");
  }

  /// What an identity was when it was imported last; null where it never was.
  Entry get(String identity) {
    return entries.get(identity);
  }

  void put(String identity, Entry entry) {
    entries.put(identity, entry);
  }

  /// Takes over what the table holds.
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

  /// Writes the bucket, if it is still as it was loaded.
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

  /// To be called when what [#write] made is in the table.
  void written() {
    version++;
  }
}
