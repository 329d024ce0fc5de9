package no.rapport.sourceimports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import no.rapport.sourcedata.CaseChangeGroup;
import no.rapport.sourceimports.IdentityBucket.Entry;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/// Rows that are written together: what they are now, where they lie, and what they changed, or nothing of it.
///
/// Rows are offered in the order of the file; each meets what the earlier ones left, so that the outcome is the same
/// however rows are cut into transactions.
final class RowTransaction {

  /// DynamoDB takes 100 items and 4 MB.
  private static final int MOST_ITEMS = 100;
  private static final int MOST_BYTES = 3_000_000;
  private static final int BUCKET_BYTES = 20_000;

  private final RowKind kind;
  private final String orgId;
  private final String table;
  private final Map<String, IdentityBucket> buckets;
  private final CaseChangeGroup group;

  private final Map<String, Entry> before = new LinkedHashMap<>();
  private final Map<String, SourceRow> puts = new HashMap<>();
  private final Set<String> changedBuckets = new LinkedHashSet<>();
  private int items = 1;
  private int bytes;
  private ImportCounts counts = ImportCounts.NONE;
  private CaseChangeGroup changedGroup;

  /// @param buckets the identities' buckets by name, as they are in the table; offered rows change them
  /// @param group the changes of the rows' group, as they are in the table
  RowTransaction(
      RowKind kind, String orgId, String table, Map<String, IdentityBucket> buckets, CaseChangeGroup group) {
    this.kind = kind;
    this.orgId = orgId;
    this.table = table;
    this.buckets = buckets;
    this.group = group;
  }

  /// Takes a row, or returns false where there is no room for it.
  boolean offer(SourceRow row) {
    String bucketName = IdentityBucket.nameOf(row.identity());
    IdentityBucket bucket = buckets.get(bucketName);
    Entry stored = bucket.get(row.identity());
    if (stored != null && row.version().compareTo(stored.version()) <= 0) {
      counts = counts.plus(new ImportCounts(0, 1, 0));
      return true;
    }
    boolean same = stored != null && isSame(row, stored);
    boolean newIdentity = !same && !before.containsKey(row.identity());
    boolean newBucket = !changedBuckets.contains(bucketName);
    int moreItems = (newIdentity ? stored != null && stored.isLive() ? 2 : 1 : 0) + (newBucket ? 1 : 0);
    int moreBytes = (same ? 0 : row.bytes()) + (newBucket ? BUCKET_BYTES : 0);
    if (!changedBuckets.isEmpty() && (items + moreItems > MOST_ITEMS || bytes + moreBytes > MOST_BYTES)) {
      return false;
    }
    items += moreItems;
    bytes += moreBytes;
    if (newIdentity) {
      before.put(row.identity(), stored);
    }
    changedBuckets.add(bucketName);
    bucket.put(row.identity(), Entry.of(row));
    if (same) {
      // Only its version is newer: an equal row of an older file must not win over it.
      counts = counts.plus(new ImportCounts(0, 1, 0));
      return true;
    }
    puts.put(row.identity(), row);
    counts = counts.plus(row.content().isPresent() ? new ImportCounts(1, 0, 0) : new ImportCounts(0, 0, 1));
    return true;
  }

  ImportCounts counts() {
    return counts;
  }

  boolean isEmpty() {
    return changedBuckets.isEmpty();
  }

  /// What to write, each item under the condition that nobody else has written since it was read.
  List<TransactWriteItem> writes() {
    var writes = new ArrayList<TransactWriteItem>();
    var touched = new HashSet<String>();
    var appeared = new HashMap<String, Integer>();
    for (String name : changedBuckets) {
      var put = buckets.get(name).write(table);
      writes.add(TransactWriteItem.builder().put(put).build());
    }
    before.forEach((identity, was) -> {
      Entry is = buckets.get(IdentityBucket.nameOf(identity)).get(identity);
      if (was != null && was.isLive() && !was.place().equals(is.place())) {
        var key = kind.key(orgId, identity, was.place());
        writes.add(TransactWriteItem.builder().delete(delete -> delete.tableName(table).key(key)).build());
      }
      puts.get(identity).content().ifPresent(content -> {
        var item = new HashMap<String, AttributeValue>(content.attributes());
        item.putAll(kind.key(orgId, identity, content.place()));
        writes.add(TransactWriteItem.builder().put(put -> put.tableName(table).item(item)).build());
      });
      note(was, is, touched, appeared);
    });
    if (!touched.isEmpty()) {
      changedGroup = group.changed(touched, appeared);
      writes.add(TransactWriteItem.builder().put(changedGroup.write(table, orgId)).build());
    }
    return writes;
  }

  /// To be called when the writes are in the table.
  ///
  /// @return the group as it is then
  CaseChangeGroup written() {
    changedBuckets.forEach(name -> buckets.get(name).written());
    return changedGroup == null ? group : changedGroup;
  }

  private static boolean isSame(SourceRow row, Entry stored) {
    return row.version().updatedAt() == stored.version().updatedAt()
        && row.content().map(SourceRow.Content::fingerprint).orElse("").equals(stored.fingerprint());
  }

  private static void note(Entry was, Entry is, Set<String> touched, Map<String, Integer> appeared) {
    if (was != null && was.fingerprint().equals(is.fingerprint())) {
      return;
    }
    if (was != null) {
      touched.addAll(was.touches());
      if (!was.presence().isEmpty()) {
        appeared.merge(was.presence(), -1, Integer::sum);
      }
    }
    touched.addAll(is.touches());
    if (!is.presence().isEmpty()) {
      appeared.merge(is.presence(), 1, Integer::sum);
    }
  }
}
