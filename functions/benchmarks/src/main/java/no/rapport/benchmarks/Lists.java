package no.rapport.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.records.Change;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Page;

/// Measures the time of a page of 20 among many records of one organisation, as a ratio to the same page among 100 of
/// another. Both run on one table in one run. Argument: the number of many records (default 100000).
public final class Lists {

  private static final String COLLECTION = "report-records";
  private static final List<String> STATUSES = List.of("pending", "processing", "completed", "failed");
  private static final Instant BEGINNING = Instant.parse("2020-01-01T00:00:00Z");
  private static final int FEW = 100;
  private static final int ROUNDS = 400;
  /// A transaction holds 100 items: two for each record, and 24 counters.
  private static final int RECORDS_PER_TRANSACTION = 38;

  private Lists() {}

  public static void main(String[] arguments) {
    int many = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
    try (var dynamoDb = EmbeddedDynamoDb.start(); var client = dynamoDb.client()) {
      var records = new DynamoRecords(client, dynamoDb.newTable("RecordsTable"));
      long began = System.nanoTime();
      seed(records, "org-few", FEW);
      seed(records, "org-many", many);
      System.out.printf("%,d and %,d records stored in %d s%n", FEW, many, (System.nanoTime() - began) / 1_000_000_000);
      System.out.printf("%-46s %10s %10s %8s%n", "page of 20", "few, ms", "many, ms", "ratio");
      measure("first page, one organisation", records, many, (org, _) -> listing(org, Set.of(), ""));
      measure("cursor step from the middle", records, many, (org, middle) -> listing(org, Set.of(), middle));
      measure("first page, one status", records, many, (org, _) -> listing(org, Set.of("completed"), ""));
      measure("cursor step from the middle, one status", records, many,
          (org, middle) -> listing(org, Set.of("completed"), middle));
      measure("first page, two statuses merged", records, many, (org, _) -> listing(org, Set.of("completed", "failed"), ""));
    }
    System.exit(0); // DynamoDB Local leaves threads running
  }

  private interface Question {
    Listing about(String org, String middle);
  }

  private static void measure(String name, DynamoRecords records, int many, Question question) {
    String middleOfFew = middle(records, "org-few", FEW);
    String middleOfMany = middle(records, "org-many", many);
    Supplier<Page> few = () -> records.list(question.about("org-few", middleOfFew));
    Supplier<Page> large = () -> records.list(question.about("org-many", middleOfMany));
    long[] fewTimes = new long[ROUNDS];
    long[] largeTimes = new long[ROUNDS];
    for (int round = -100; round < ROUNDS; round++) {
      long first = time(few, FEW);
      long second = time(large, many);
      if (round >= 0) {
        fewTimes[round] = first;
        largeTimes[round] = second;
      }
    }
    double a = median(fewTimes);
    double b = median(largeTimes);
    System.out.printf("%-46s %10.2f %10.2f %8.2f%n", name, a, b, b / a);
  }

  private static long time(Supplier<Page> page, int most) {
    long began = System.nanoTime();
    Page found = page.get();
    long took = System.nanoTime() - began;
    if (found.entries().size() != 20 || found.total() > most || found.total() < most / STATUSES.size()) {
      throw new IllegalStateException("A page of " + found.entries().size() + " of " + found.total());
    }
    return took;
  }

  private static double median(long[] times) {
    Arrays.sort(times);
    return times[times.length / 2] / 1e6;
  }

  private static String middle(DynamoRecords records, String org, int count) {
    int page = count / 2 / 20;
    var listing = new Listing(COLLECTION, Optional.of(Set.of(org)), Set.of(), Map.of(), Map.of(), Map.of(),
        Optional.empty(), Optional.empty(), new Listing.AtPage(Math.min(page, count / 20 - 4)), 20);
    return records.list(listing).nextCursor().orElseThrow();
  }

  private static Listing listing(String org, Set<String> statuses, String cursor) {
    return new Listing(COLLECTION, Optional.of(Set.of(org)), statuses, Map.of(), Map.of(), Map.of(), Optional.empty(),
        Optional.empty(), new Listing.AfterCursor(cursor), 20);
  }

  private static void seed(DynamoRecords records, String org, int count) {
    List<Change> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = "rpt_" + org + "_%07d".formatted(i);
      batch.add(new Change.Create(Entry.first(COLLECTION, org, id, BEGINNING.plusSeconds(60L * i),
          STATUSES.get(i % STATUSES.size()), Map.of("report_type", "annual_summary"),
          "{\"report_id\":\"" + id + "\",\"notes\":\"" + "n".repeat(400) + "\"}")));
      if (batch.size() == RECORDS_PER_TRANSACTION || i == count - 1) {
        if (!records.commit(batch)) {
          throw new IllegalStateException("Not stored");
        }
        batch.clear();
      }
    }
  }
}
