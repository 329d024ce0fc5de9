package no.rapport.records;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Stores the records in one DynamoDB table. Every key and expression of the table is in this class.
///
/// | item | `pk` | `sk` |
/// |---|---|---|
/// | resource | `{org}#{collection}` | `{created}#{id}` |
/// | pointer by id; without target for a while after deletion (tombstone) | `id#{collection}#{id}` | `id` |
/// | totals of an organisation, 8 shards | `{org}#{collection}#totals` | shard |
/// | totals of all organisations, 16 shards | `*#{collection}#totals` | shard |
/// | note | `note#{partition}` | `note#{sort}` |
///
/// The local index `ByStatus` (`pk`, `by_status`) lists one organisation's resources in one status, consistently;
/// the global indexes `ByCollection` (`collection`, `sk`) and `ByCollectionStatus` (`collection_status`, `sk`) list
/// across organisations and may lag.
public final class DynamoRecords implements Records {

  private static final int ORGANIZATION_SHARDS = 8;
  private static final int TOTAL_SHARDS = 16;
  private static final int MAX_ATTEMPTS = 12;
  /// DynamoDB's limit of items in one transaction.
  private static final int MAX_ITEMS_PER_TRANSACTION = 100;
  /// Largest number of resources that one query of a list reads.
  private static final int MAX_ITEMS_PER_QUERY = 1000;
  private static final String ALL = "*";

  private final DynamoDbClient client;
  private final String table;
  private final Clock clock;

  public DynamoRecords(DynamoDbClient client, String table) {
    this(client, table, Clock.systemUTC());
  }

  /// @param clock decides which notes and tombstones have expired when their keys are reused
  public DynamoRecords(DynamoDbClient client, String table, Clock clock) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  @Override
  public Optional<Entry> find(String collection, String id, Predicate<String> visible) {
    var pointer = get(pointerKey(collection, id));
    // An absent or invisible resource also takes two reads, the second in vain, so that response times do not reveal
    // resources of other organisations.
    boolean isVisible = pointer.containsKey("entry_pk") && visible.test(orgIdOf(pointer.get("entry_pk").s()));
    var key = isVisible ? Map.of("pk", pointer.get("entry_pk"), "sk", pointer.get("entry_sk"))
        : pointerKey(collection, id + "#");
    return Optional.of(get(key)).filter(item -> item.containsKey("document")).map(DynamoRecords::entry);
  }

  @Override
  public boolean wasRemoved(String collection, String id, Instant created) {
    var pointer = get(pointerKey(collection, id));
    return pointer.containsKey("removed")
        && pointer.get("removed").s().equals(created.truncatedTo(ChronoUnit.SECONDS).toString())
        && Long.parseLong(pointer.get("expires").n()) > clock.instant().getEpochSecond();
  }

  @Override
  public Page list(Listing listing) {
    List<Source> sources = sources(listing);
    long total = listing.isCounted() ? total(listing) : sources.stream().mapToLong(Source::count).sum();
    long skip = listing.start() instanceof Listing.AtPage(int page) ? (page - 1L) * listing.limit() : 0;
    if (skip > 0 && skip >= total) {
      return new Page(List.of(), total, Optional.empty());
    }
    if (sources.size() == 1 && !listing.isFiltered()) {
      sources.getFirst().skip(skip);
      skip = 0;
    }
    List<Entry> entries = merged(sources, skip, listing.limit() + 1);
    boolean hasMore = entries.size() > listing.limit();
    // Totals and resources are read separately while others write. A first page that holds the whole list is therefore
    // counted directly.
    if (!hasMore && isFirst(listing.start())) {
      total = entries.size();
    }
    List<Entry> shown = hasMore ? List.copyOf(entries.subList(0, listing.limit())) : List.copyOf(entries);
    return new Page(shown, total, hasMore ? Optional.of(Cursor.encode(shown.getLast())) : Optional.empty());
  }

  @Override
  public List<Entry> first(Listing listing) {
    return merged(sources(listing), 0, listing.limit());
  }

  /// Returns the newest entries of all sources, at most `limit` after those that are skipped.
  private static List<Entry> merged(List<Source> sources, long skip, int limit) {
    List<Entry> entries = new ArrayList<>();
    var merge = new PriorityQueue<Source>(Comparator.comparing((Source s) -> s.peek().position()).reversed());
    sources.stream().filter(Source::hasNext).forEach(merge::add);
    long left = skip;
    while (!merge.isEmpty() && entries.size() < limit) {
      Source source = merge.poll();
      Entry entry = source.next();
      if (left > 0) {
        left--;
      } else {
        entries.add(entry);
      }
      if (source.hasNext()) {
        merge.add(source);
      }
    }
    return entries;
  }

  private static boolean isFirst(Listing.Start start) {
    return switch (start) {
      case Listing.AtPage(int page) -> page == 1;
      case Listing.AfterCursor(String cursor) -> cursor.isEmpty();
    };
  }

  @Override
  public List<Entry> inStatus(String collection, String status, int limit) {
    List<Entry> found = new ArrayList<>();
    var request = QueryRequest.builder().tableName(table).indexName("ByCollectionStatus")
        .keyConditionExpression("collection_status = :status")
        .expressionAttributeValues(Map.of(":status", text(collection + "#" + status)))
        .scanIndexForward(true).limit(limit).build();
    for (QueryResponse page : client.queryPaginator(request)) {
      page.items().stream().map(DynamoRecords::entry).forEach(found::add);
      if (found.size() >= limit) {
        return List.copyOf(found.subList(0, limit));
      }
    }
    return found;
  }

  @Override
  public long countInStatus(String collection, String orgId, String status) {
    return total(collection, orgId, Set.of(status));
  }

  @Override
  public Optional<Note> note(String partition, String sort, Instant now) {
    return Optional.of(get(noteKey(partition, sort)))
        .filter(item -> !item.isEmpty())
        .map(DynamoRecords::note)
        .filter(note -> !note.isExpired(now));
  }

  @Override
  public List<Note> notes(String partition, String afterSort, int limit, Instant now) {
    List<Note> found = new ArrayList<>();
    var request = QueryRequest.builder().tableName(table).consistentRead(true)
        .keyConditionExpression("pk = :pk AND sk > :after")
        .expressionAttributeValues(Map.of(":pk", text("note#" + partition), ":after", text("note#" + afterSort)))
        .limit(Math.min(limit, 1000)).build();
    for (QueryResponse page : client.queryPaginator(request)) {
      for (var item : page.items()) {
        Note note = note(item);
        if (!note.isExpired(now) && found.size() < limit) {
          found.add(note);
        }
      }
      if (found.size() >= limit) {
        break;
      }
    }
    return found;
  }

  /// Commits with one conditional put if possible, otherwise with one transaction. Transaction conflicts and throttling
  /// are retried with full jitter; a failed condition is not.
  ///
  /// A lost response is not a refusal: the client sends the request again. The token of the transaction, or the mark of
  /// the put, identifies the repeated request.
  @Override
  public boolean commit(List<Change> changes) {
    return Acting.commitWithEvents(changes, clock.instant(), this::commitAll);
  }

  private boolean commitAll(List<Change> changes) {
    if (changes.size() == 1 && changes.getFirst() instanceof Change.Replace(Entry seen, Entry next)
        && seen.status().equals(next.status())) {
      return putSingle(seen, next);
    }
    var writes = writes(changes);
    List<Change.Delete> deletions = changes.stream().filter(Change.Delete.class::isInstance)
        .map(Change.Delete.class::cast).toList();
    deletions.forEach(deletion -> writes.addAll(
        deletionsOfNotesAbout(deletion.seen(), MAX_ITEMS_PER_TRANSACTION - writes.size())));
    String token = UUID.randomUUID().toString();
    for (int attempt = 1; ; attempt++) {
      try {
        client.transactWriteItems(request -> request.transactItems(writes).clientRequestToken(token));
        // Of many, what was added meanwhile is left to its expiry: nothing shows a note about what is gone.
        if (deletions.size() == 1) {
          eraseRemainingNotesAbout(deletions.getFirst().seen());
        }
        return true;
      } catch (TransactionCanceledException e) {
        if (has(e, "ConditionalCheckFailed")) {
          return false;
        }
        if (attempt == MAX_ATTEMPTS || !isTransient(e)) {
          throw e;
        }
      } catch (DynamoDbException e) {
        if (attempt == MAX_ATTEMPTS || !"TransactionInProgressException".equals(code(e))) {
          throw e;
        }
      }
      pause(attempt);
    }
  }

  private List<TransactWriteItem> deletionsOfNotesAbout(Entry entry, int limit) {
    return limit <= 0 ? List.of() : keysOfNotesAbout(entry, limit).stream()
        .map(key -> TransactWriteItem.builder().delete(d -> d.tableName(table).key(key)).build()).toList();
  }

  /// Erases the notes that did not fit into the transaction or were added during its commit.
  private void eraseRemainingNotesAbout(Entry entry) {
    for (var keys = keysOfNotesAbout(entry, MAX_ITEMS_PER_TRANSACTION); !keys.isEmpty();
        keys = keysOfNotesAbout(entry, MAX_ITEMS_PER_TRANSACTION)) {
      keys.forEach(key -> client.deleteItem(delete -> delete.tableName(table).key(key)));
    }
  }

  private List<Map<String, AttributeValue>> keysOfNotesAbout(Entry entry, int limit) {
    return client.query(request -> request.tableName(table).consistentRead(true).limit(limit)
            .keyConditionExpression("pk = :pk")
            .expressionAttributeValues(Map.of(":pk", text("note#" + Note.about(entry.collection(), entry.id())))))
        .items().stream().map(item -> Map.of("pk", item.get("pk"), "sk", item.get("sk"))).toList();
  }

  private static void pause(int attempt) {
    long ceiling = Math.min(2_000, 10L << attempt);
    LockSupport.parkNanos(Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling)).toNanos());
  }

  private static String code(DynamoDbException e) {
    return e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
  }

  private static boolean isTransient(TransactionCanceledException e) {
    return has(e, "TransactionConflict") || has(e, "ThrottlingError") || has(e, "ProvisionedThroughputExceeded");
  }

  private static boolean has(TransactionCanceledException e, String code) {
    return e.cancellationReasons().stream().map(CancellationReason::code).anyMatch(code::equals);
  }

  private boolean putSingle(Entry seen, Entry next) {
    var item = item(next);
    item.put("mark", text(UUID.randomUUID().toString()));
    var put = PutItemRequest.builder().tableName(table).item(item)
        .conditionExpression(AS_SEEN).expressionAttributeValues(seenVersion(seen.version()))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD).build();
    for (int attempt = 1; ; attempt++) {
      try {
        client.putItem(put);
        return true;
      } catch (ConditionalCheckFailedException e) {
        return e.hasItem() && item.get("mark").equals(e.item().get("mark"));
      } catch (DynamoDbException e) {
        if (attempt == MAX_ATTEMPTS || !"TransactionConflictException".equals(code(e))) {
          throw e;
        }
      }
      pause(attempt);
    }
  }

  private static final String AS_SEEN = "version = :seen";
  private static final String ABSENT = "attribute_not_exists(pk)";
  private static final String ABSENT_OR_EXPIRED = ABSENT + " OR expires <= :now";

  private List<TransactWriteItem> writes(List<Change> changes) {
    List<TransactWriteItem> writes = new ArrayList<>();
    var totals = new TreeMap<TotalKey, Map<String, Integer>>();
    for (Change change : changes) {
      switch (change) {
        case Change.Create(Entry entry) -> {
          writes.add(put(pointer(entry), ABSENT_OR_EXPIRED, now()));
          writes.add(put(item(entry), ABSENT, Map.of()));
          count(totals, entry, 1);
        }
        case Change.Replace(Entry seen, Entry next) -> {
          writes.add(put(item(next), AS_SEEN, seenVersion(seen.version())));
          if (!seen.status().equals(next.status())) {
            count(totals, seen, -1);
            count(totals, next, 1);
          }
        }
        case Change.Delete(Entry seen) -> {
          writes.add(delete(entryKey(seen), seen.version()));
          writes.add(TransactWriteItem.builder().put(p -> p.tableName(table).item(tombstone(seen))).build());
          count(totals, seen, -1);
        }
        // DynamoDB may not have removed an expired note yet; it counts as absent.
        case Change.AddNote(Note note) -> writes.add(put(item(note), ABSENT_OR_EXPIRED, now()));
        case Change.ReplaceNote(Note seen, Note next) ->
            writes.add(put(item(next), AS_SEEN, seenVersion(seen.version())));
        case Change.RemoveNote(Note seen) ->
            writes.add(delete(noteKey(seen.partition(), seen.sort()), seen.version()));
      }
    }
    totals.forEach((key, deltas) -> {
      deltas.values().removeIf(delta -> delta == 0);
      if (!deltas.isEmpty()) {
        writes.add(add(key, deltas));
      }
    });
    return writes;
  }

  private Map<String, AttributeValue> now() {
    return Map.of(":now", number(clock.instant().getEpochSecond()));
  }

  private Map<String, AttributeValue> tombstone(Entry entry) {
    var item = new HashMap<>(pointerKey(entry.collection(), entry.id()));
    item.put("removed", text(entry.created().toString()));
    item.put("expires", number(clock.instant().plus(Change.Delete.TOMBSTONE_LIFETIME).getEpochSecond()));
    return item;
  }

  private record TotalKey(String pk, String sk) implements Comparable<TotalKey> {
    @Override
    public int compareTo(TotalKey other) {
      return Comparator.comparing(TotalKey::pk).thenComparing(TotalKey::sk).compare(this, other);
    }
  }

  /// Shards totals by id, so that the writes of an organisation do not contend for one item.
  private static void count(Map<TotalKey, Map<String, Integer>> totals, Entry entry, int delta) {
    int hash = entry.id().hashCode();
    var own = new TotalKey(totalsPk(entry.orgId(), entry.collection()), shard(hash, ORGANIZATION_SHARDS));
    var all = new TotalKey(totalsPk(ALL, entry.collection()), shard(hash, TOTAL_SHARDS));
    for (TotalKey key : List.of(own, all)) {
      totals.computeIfAbsent(key, _ -> new HashMap<>()).merge("n_" + entry.status(), delta, Integer::sum);
    }
  }

  private static String shard(int hash, int shards) {
    return "%02d".formatted(Math.floorMod(hash * 0x9E3779B9 >>> 8, shards));
  }

  private TransactWriteItem add(TotalKey key, Map<String, Integer> deltas) {
    var names = new HashMap<String, String>();
    var values = new HashMap<String, AttributeValue>();
    var terms = new ArrayList<String>();
    deltas.forEach((name, delta) -> {
      int i = names.size();
      names.put("#n" + i, name);
      values.put(":d" + i, number(delta));
      terms.add("#n" + i + " :d" + i);
    });
    return TransactWriteItem.builder().update(u -> u.tableName(table)
        .key(Map.of("pk", text(key.pk()), "sk", text(key.sk())))
        .updateExpression("ADD " + String.join(", ", terms))
        .expressionAttributeNames(names).expressionAttributeValues(values)).build();
  }

  private TransactWriteItem put(Map<String, AttributeValue> item, String condition,
      Map<String, AttributeValue> values) {
    return TransactWriteItem.builder().put(p -> p.tableName(table).item(item).conditionExpression(condition)
        .expressionAttributeValues(values.isEmpty() ? null : values)).build();
  }

  private TransactWriteItem delete(Map<String, AttributeValue> key, long seenVersion) {
    return TransactWriteItem.builder().delete(d -> d.tableName(table).key(key).conditionExpression(AS_SEEN)
        .expressionAttributeValues(seenVersion(seenVersion))).build();
  }

  private long total(Listing listing) {
    return listing.organizations()
        .map(orgs -> orgs.stream().mapToLong(org -> total(listing.collection(), org, listing.statuses())).sum())
        .orElseGet(() -> total(listing.collection(), ALL, listing.statuses()));
  }

  private long total(String collection, String orgOrAll, Set<String> statuses) {
    long total = 0;
    var shards = client.query(request -> request.tableName(table).consistentRead(true)
        .keyConditionExpression("pk = :pk")
        .expressionAttributeValues(Map.of(":pk", text(totalsPk(orgOrAll, collection)))));
    for (var shard : shards.items()) {
      for (var attribute : shard.entrySet()) {
        if (attribute.getKey().startsWith("n_")
            && (statuses.isEmpty() || statuses.contains(attribute.getKey().substring(2)))) {
          total += Long.parseLong(attribute.getValue().n());
        }
      }
    }
    return total;
  }

  private List<Source> sources(Listing listing) {
    List<Source> sources = new ArrayList<>();
    Set<String> statuses = listing.statuses().isEmpty() ? Set.of("") : new TreeSet<>(listing.statuses());
    Set<String> orgs = listing.organizations().<Set<String>>map(TreeSet::new).orElse(Set.of(ALL));
    for (String org : orgs) {
      for (String status : statuses) {
        sources.add(new Source(listing, org, status));
      }
    }
    return sources;
  }

  /// Reads the resources of one organisation (or all) in one status (or any), newest first, page by page.
  private final class Source {

    private final Listing listing;
    private final String org;
    private final String status;
    private final QueryRequest query;
    private Map<String, AttributeValue> resumeAt = Map.of();
    private boolean ended;
    private List<Entry> read = List.of();
    private int next;
    /// The number of items that the next query reads.
    private int readSize;

    Source(Listing listing, String org, String status) {
      this.listing = listing;
      this.org = org;
      this.status = status;
      readSize = listing.isFiltered() ? 500 : listing.limit() + 1;
      boolean all = org.equals(ALL);
      boolean byStatusIndex = !all && !status.isEmpty();
      var values = new HashMap<String, AttributeValue>();
      var names = new HashMap<String, String>();
      var builder = QueryRequest.builder().tableName(table).scanIndexForward(false);
      String hash;
      String range;
      String prefix = "";
      if (all) {
        hash = status.isEmpty() ? "collection" : "collection_status";
        range = "sk";
        builder.indexName(status.isEmpty() ? "ByCollection" : "ByCollectionStatus");
        values.put(":hash", text(status.isEmpty() ? listing.collection() : listing.collection() + "#" + status));
      } else {
        hash = "pk";
        range = byStatusIndex ? "by_status" : "sk";
        prefix = byStatusIndex ? status + "#" : "";
        builder.consistentRead(true).indexName(byStatusIndex ? "ByStatus" : null);
        values.put(":hash", text(entryPk(org, listing.collection())));
      }
      // Only BETWEEN bounds a key on both sides. '#' sorts before every position, '~' after.
      String low = listing.createdFrom().map(Instant::toString).orElse("#");
      String high = listing.createdBefore().map(before -> before.toString() + " ").orElse("~");
      if (listing.start() instanceof Listing.AfterCursor(String cursor) && !cursor.isEmpty()) {
        // BETWEEN includes the cursor's own position; isWithin() excludes it.
        String position = Cursor.decode(cursor);
        high = position.compareTo(high) < 0 ? position : high;
      }
      values.put(":low", text(prefix + low));
      values.put(":high", text(prefix + high));
      ended = low.compareTo(high) > 0;
      builder.keyConditionExpression("#hash = :hash AND #range BETWEEN :low AND :high");
      names.put("#hash", hash);
      names.put("#range", range);
      filter(listing, names, values).ifPresent(builder::filterExpression);
      query = builder.expressionAttributeNames(names).expressionAttributeValues(values).build();
    }

    private static final int MAX_IN = 100;

    private static Optional<String> filter(Listing listing, Map<String, String> names,
        Map<String, AttributeValue> values) {
      List<String> terms = new ArrayList<>();
      listing.anyOf().forEach((name, accepted) -> {
        terms.add(in(name(names, name), accepted, values));
      });
      listing.noneOf().forEach((name, refused) -> {
        String attribute = name(names, name);
        terms.add("attribute_exists(" + attribute + ")");
        if (!refused.isEmpty()) {
          terms.add("NOT " + in(attribute, refused, values));
        }
      });
      listing.atLeast().forEach((name, least) -> terms.add(name(names, name) + " >= " + place(values, least)));
      listing.atMost().forEach((name, most) -> terms.add(name(names, name) + " <= " + place(values, most)));
      return terms.isEmpty() ? Optional.empty() : Optional.of(String.join(" AND ", terms));
    }

    /// Whether the attribute has one of the values; DynamoDB takes a hundred of them in one comparison.
    private static String in(String attribute, Set<String> accepted, Map<String, AttributeValue> values) {
      List<String> places = accepted.stream().sorted().map(value -> place(values, value)).toList();
      List<String> comparisons = new ArrayList<>();
      for (int from = 0; from < places.size(); from += MAX_IN) {
        comparisons.add(attribute + " IN ("
            + String.join(", ", places.subList(from, Math.min(places.size(), from + MAX_IN))) + ")");
      }
      return "(" + String.join(" OR ", comparisons) + ")";
    }

    private static String name(Map<String, String> names, String filter) {
      String name = "#f" + names.size();
      names.put(name, "f_" + filter);
      return name;
    }

    private static String place(Map<String, AttributeValue> values, String value) {
      String place = ":f" + values.size();
      values.put(place, text(value));
      return place;
    }

    /// Returns whether there is another resource. Each query reads twice as many as the last, so that a deep page of
    /// several sources needs few queries.
    boolean hasNext() {
      while (next == read.size() && !ended) {
        QueryResponse page = client.query(query.toBuilder().limit(readSize)
            .exclusiveStartKey(resumeAt.isEmpty() ? null : resumeAt).build());
        read = page.items().stream().map(DynamoRecords::entry).filter(this::isWithin).toList();
        next = 0;
        resumeAt = page.lastEvaluatedKey();
        ended = resumeAt.isEmpty();
        readSize = Math.min(2 * readSize, MAX_ITEMS_PER_QUERY);
      }
      return next < read.size();
    }

    /// Returns whether a resource is within the exclusive bounds. BETWEEN includes both ends: the cursor's own
    /// resource, and creation at the upper bound.
    private boolean isWithin(Entry entry) {
      return listing.createdBefore().map(before -> entry.created().isBefore(before)).orElse(true)
          && (!(listing.start() instanceof Listing.AfterCursor(String cursor)) || cursor.isEmpty()
              || entry.position().compareTo(Cursor.decode(cursor)) < 0);
    }

    Entry peek() {
      return read.get(next);
    }

    Entry next() {
      return read.get(next++);
    }

    /// Skips resources without transferring them.
    void skip(long count) {
      long left = count;
      while (left > 0 && !ended) {
        int limit = (int) Math.min(left, 10_000);
        QueryResponse page = client.query(query.toBuilder().limit(limit).select(Select.COUNT)
            .exclusiveStartKey(resumeAt.isEmpty() ? null : resumeAt).build());
        left -= page.count();
        resumeAt = page.lastEvaluatedKey();
        ended = resumeAt.isEmpty();
      }
    }

    /// Returns how many resources match, regardless of where the page begins.
    long count() {
      if (listing.start() instanceof Listing.AfterCursor(String cursor) && !cursor.isEmpty()) {
        return new Source(listing.after(""), org, status).count();
      }
      if (ended) {
        return 0;
      }
      long count = 0;
      for (QueryResponse page : client.queryPaginator(query.toBuilder().select(Select.COUNT).build())) {
        count += page.count();
      }
      return count;
    }
  }

  private Map<String, AttributeValue> get(Map<String, AttributeValue> key) {
    return client.getItem(request -> request.tableName(table).key(key).consistentRead(true)).item();
  }

  private static String entryPk(String org, String collection) {
    return org + "#" + collection;
  }

  private static String orgIdOf(String entryPk) {
    return entryPk.substring(0, entryPk.indexOf('#'));
  }

  private static String totalsPk(String org, String collection) {
    return org + "#" + collection + "#totals";
  }

  private static Map<String, AttributeValue> entryKey(Entry entry) {
    return Map.of("pk", text(entryPk(entry.orgId(), entry.collection())), "sk", text(entry.position()));
  }

  private static Map<String, AttributeValue> pointerKey(String collection, String id) {
    return Map.of("pk", text("id#" + collection + "#" + id), "sk", text("id"));
  }

  private static Map<String, AttributeValue> noteKey(String partition, String sort) {
    return Map.of("pk", text("note#" + partition), "sk", text("note#" + sort));
  }

  private static Map<String, AttributeValue> pointer(Entry entry) {
    var item = new HashMap<>(pointerKey(entry.collection(), entry.id()));
    item.put("entry_pk", text(entryPk(entry.orgId(), entry.collection())));
    item.put("entry_sk", text(entry.position()));
    return item;
  }

  private static Map<String, AttributeValue> item(Entry entry) {
    var item = new HashMap<>(entryKey(entry));
    item.put("by_status", text(entry.status() + "#" + entry.position()));
    item.put("collection", text(entry.collection()));
    item.put("collection_status", text(entry.collection() + "#" + entry.status()));
    item.put("org", text(entry.orgId()));
    item.put("id", text(entry.id()));
    item.put("created", text(entry.created().toString()));
    item.put("status", text(entry.status()));
    item.put("version", number(entry.version()));
    item.put("document", text(entry.document()));
    entry.filters().forEach((name, value) -> item.put("f_" + name, text(value)));
    return item;
  }

  private static Entry entry(Map<String, AttributeValue> item) {
    var filters = new TreeMap<String, String>();
    item.forEach((name, value) -> {
      if (name.startsWith("f_")) {
        filters.put(name.substring(2), value.s());
      }
    });
    return new Entry(item.get("collection").s(), item.get("org").s(), item.get("id").s(),
        Instant.parse(item.get("created").s()), item.get("status").s(), Long.parseLong(item.get("version").n()),
        filters, item.get("document").s());
  }

  private static Map<String, AttributeValue> item(Note note) {
    var item = new HashMap<>(noteKey(note.partition(), note.sort()));
    item.put("version", number(note.version()));
    item.put("document", text(note.document()));
    note.expires().ifPresent(expires -> item.put("expires", number(expires.getEpochSecond())));
    return item;
  }

  private static Note note(Map<String, AttributeValue> item) {
    return new Note(item.get("pk").s().substring("note#".length()), item.get("sk").s().substring("note#".length()),
        Long.parseLong(item.get("version").n()), item.get("document").s(),
        Optional.ofNullable(item.get("expires")).map(n -> Instant.ofEpochSecond(Long.parseLong(n.n()))));
  }

  private static Map<String, AttributeValue> seenVersion(long version) {
    return Map.of(":seen", number(version));
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
