package no.rapport.sourcedata;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.reporting.Activity;
import no.rapport.reporting.Period;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

/// Reads the imported activities of organisations with consistent reads and in report order: by date, then by
/// activity_id (UTF-8 order).
///
/// Rows are streamed: memory does not grow with their number. `types` are activity type codes, at most 100; an empty
/// set means all. Instances are thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
public final class Activities {

  private static final int MAX_TYPES = 100;

  private final DynamoDbClient dynamoDb;
  private final String table;

  /// @param table the name of the source-data table
  public Activities(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /// Returns a reader of the table that `SOURCE_DATA_TABLE` names.
  ///
  /// @throws IllegalStateException if the variable is not set
  public static Activities fromEnvironment() {
    return new Activities(SourceDataTable.client(), SourceDataTable.nameFromEnvironment());
  }

  /// Passes every activity of a period to the consumer, on the calling thread.
  public void read(String orgId, Period period, Set<String> types, Consumer<Activity> consumer) {
    readRange(orgId, whole(period), types, consumer);
  }

  /// Passes every activity of a range to the consumer, on the calling thread. Reads the current activities, so
  /// corrections, withdrawals and additions after the planning are included.
  public void readRange(String orgId, ActivityRange range, Set<String> types, Consumer<Activity> consumer) {
    List<QueryRequest> queries = months(range).map(month -> query(orgId, month, range, types)).toList();
    new QueryPages(dynamoDb).read(queries, item -> activity(orgId, item), consumer);
  }

  /// Hands over the activities of a period up to a number of pages of at most 1 MiB: one for each month, and
  /// `maxMorePages` beyond these.
  ///
  /// @return whether all activities were handed over
  public boolean readFew(String orgId, Period period, int maxMorePages, Consumer<Activity> consumer) {
    ActivityRange range = whole(period);
    int morePages = 0;
    for (YearMonth month : months(range).toList()) {
      QueryRequest query = query(orgId, month, range, Set.of());
      QueryRequest next = query;
      while (next != null) {
        QueryResponse page = dynamoDb.query(next);
        page.items().forEach(item -> consumer.accept(activity(orgId, item)));
        boolean hasMore = page.hasLastEvaluatedKey() && !page.lastEvaluatedKey().isEmpty();
        if (hasMore && ++morePages > maxMorePages) {
          return false;
        }
        next = hasMore ? query.toBuilder().exclusiveStartKey(page.lastEvaluatedKey()).build() : null;
      }
    }
    return true;
  }

  /// Returns the number of activities in each month of a period, without months that have none. DynamoDB reads every
  /// item, but returns only counts.
  public Map<YearMonth, Long> countByMonth(String orgId, Period period, Set<String> types) {
    ActivityRange range = whole(period);
    var counts = new TreeMap<YearMonth, Long>();
    months(range).forEach(month -> {
      long count = count(query(orgId, month, range, types));
      if (count > 0) {
        counts.put(month, count);
      }
    });
    return counts;
  }

  /// Returns the number of activities in a period. DynamoDB reads every item, but returns only counts.
  public long count(String orgId, Period period, Set<String> types) {
    return countByMonth(orgId, period, types).values().stream().mapToLong(Long::longValue).sum();
  }

  /// Divides a period into ranges of about `rowsPerRange` activities. Returns no range if the period has no activity of
  /// the types.
  ///
  /// The counts are exact at the time of reading. DynamoDB reads every item, at the same cost, but returns only counts.
  ///
  /// @param rowsPerRange desired number of activities in a range; a range holds at most twice as many
  public List<ActivityRange> plan(String orgId, Period period, Set<String> types, int rowsPerRange) {
    if (rowsPerRange < 1) {
      throw new IllegalArgumentException("rowsPerRange must be at least 1, not " + rowsPerRange);
    }
    ActivityRange whole = whole(period);
    var ranges = new ArrayList<ActivityRange>();
    String after = whole.after();
    long rows = 0;
    for (YearMonth month : months(whole).toList()) {
      QueryRequest query = query(orgId, month, whole, types).toBuilder()
          .projectionExpression(null)
          .select(Select.COUNT)
          .limit(rowsPerRange)
          .build();
      QueryRequest next = query;
      while (next != null) {
        QueryResponse page = dynamoDb.query(next);
        rows += page.count();
        boolean more = page.hasLastEvaluatedKey() && !page.lastEvaluatedKey().isEmpty();
        if (more && rows >= rowsPerRange) {
          String upTo = page.lastEvaluatedKey().get(SourceDataTable.SK).s();
          ranges.add(new ActivityRange(after, upTo, rows));
          after = upTo;
          rows = 0;
        }
        next = more ? query.toBuilder().exclusiveStartKey(page.lastEvaluatedKey()).build() : null;
      }
      if (rows >= rowsPerRange) {
        String upTo = afterLastOf(month.atEndOfMonth());
        ranges.add(new ActivityRange(after, upTo, rows));
        after = upTo;
        rows = 0;
      }
    }
    if (rows > 0) {
      ranges.add(new ActivityRange(after, whole.upTo(), rows));
    } else if (!ranges.isEmpty()) {
      ActivityRange last = ranges.removeLast();
      ranges.add(new ActivityRange(last.after(), whole.upTo(), last.rows()));
    }
    return List.copyOf(ranges);
  }

  private long count(QueryRequest rows) {
    QueryRequest query = rows.toBuilder().projectionExpression(null).select(Select.COUNT).build();
    long count = 0;
    QueryRequest next = query;
    while (next != null) {
      QueryResponse page = dynamoDb.query(next);
      count += page.count();
      next = page.hasLastEvaluatedKey() && !page.lastEvaluatedKey().isEmpty()
          ? query.toBuilder().exclusiveStartKey(page.lastEvaluatedKey()).build()
          : null;
    }
    return count;
  }

  private QueryRequest query(String orgId, YearMonth month, ActivityRange range, Set<String> types) {
    if (types.size() > MAX_TYPES) {
      throw new IllegalArgumentException("types must hold at most " + MAX_TYPES + " codes, not " + types.size());
    }
    var values = new HashMap<String, AttributeValue>();
    values.put(":pk", AttributeValue.fromS(SourceDataTable.activities(orgId, month)));
    // BETWEEN includes both ends, so the range starts at the smallest string after `after`.
    values.put(":from", AttributeValue.fromS(range.after() + "\0"));
    values.put(":to", AttributeValue.fromS(range.upTo()));
    var query = QueryRequest.builder()
        .tableName(table)
        .consistentRead(true)
        .keyConditionExpression("pk = :pk AND sk BETWEEN :from AND :to")
        .projectionExpression("sk, t, r");
    if (!types.isEmpty()) {
      int n = 0;
      for (String type : types) {
        values.put(":t" + n++, AttributeValue.fromS(type));
      }
      query.filterExpression(
          values.keySet().stream().filter(name -> name.startsWith(":t") && !name.equals(":to"))
              .sorted().collect(Collectors.joining(", ", "t IN (", ")")));
    }
    return query.expressionAttributeValues(values).build();
  }

  private static Activity activity(String orgId, Map<String, AttributeValue> item) {
    return ActivityItem.unpack(
        orgId,
        item.get(SourceDataTable.SK).s(),
        item.get(SourceDataTable.TYPE).s(),
        item.get(SourceDataTable.ROW).s());
  }

  private static ActivityRange whole(Period period) {
    return new ActivityRange(period.from().toString(), afterLastOf(period.to()), 0);
  }

  /// Returns a key that sorts after every key of the date, because `$` follows `#`, and before every key of the next
  /// date.
  private static String afterLastOf(LocalDate date) {
    return date + "$";
  }

  private static Stream<YearMonth> months(ActivityRange range) {
    YearMonth last = YearMonth.from(ActivityItem.date(range.upTo()));
    return Stream.iterate(
        YearMonth.from(ActivityItem.date(range.after())), month -> !month.isAfter(last), month -> month.plusMonths(1));
  }
}
