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

/// Collects rows that are written in one transaction, together with their identities and the counters that they change.
///
/// Rows are offered in the order of the file. Each row is compared with the result of the earlier ones, so the outcome
/// does not depend on how rows are divided into transactions.
final class RowTransaction {

  /// The limits of a DynamoDB transaction are 100 items and 4 MB.
  private static final int MAX_ITEMS = 100;
  private static final int MAX_BYTES = 3_000_000;
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

  /// @param buckets the buckets of the identities by name, as stored; offered rows change them
  /// @param group the change counters of the rows' group, as stored
  RowTransaction(
      RowKind kind, String orgId, String table, Map<String, IdentityBucket> buckets, CaseChangeGroup group) {
    this.kind = kind;
    this.orgId = orgId;
    this.table = table;
    this.buckets = buckets;
    this.group = group;
  }

  /// Adds a row, or returns false if the transaction has no room for it.
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
    if (!changedBuckets.isEmpty() && (items + moreItems > MAX_ITEMS || bytes + moreBytes > MAX_BYTES)) {
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
      // The row is equal but its version is newer. Storing the version prevents that an equal row of an older file
      // wins.
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

  /// Returns the writes, each on the condition that its item has not changed since it was read.
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

  /// Must be called after the writes have been committed.
  ///
  /// @return the group as it is then stored
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
