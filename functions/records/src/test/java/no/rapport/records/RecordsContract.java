package no.rapport.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.rapport.emulator.MovableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The contract of every store of records, races included.
abstract class RecordsContract {

  static final String COLLECTION = "report-records";
  static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");

  final MovableClock clock = new MovableClock(NOON);
  Records records;

  /// Returns an empty store.
  abstract Records emptyRecords(Clock clock);

  /// Returns the number of rounds of a race: fewer if every write goes over the network.
  abstract int rounds();

  @BeforeEach
  void start() {
    records = emptyRecords(clock);
  }

  static Entry anEntry(String orgId, String id, int secondsAfterNoon, String status) {
    return Entry.first(COLLECTION, orgId, id, NOON.plusSeconds(secondsAfterNoon), status,
        Map.of("report_type", "annual_summary", "period_from", "2025-01-01"), "{\"id\":\"" + id + "\"}");
  }

  static Listing everything(String... orgs) {
    return new Listing(COLLECTION, Optional.of(Set.of(orgs)), Set.of(), Map.of(), Map.of(), Map.of(),
        Optional.empty(), Optional.empty(), new Listing.AtPage(1), 100);
  }

  static Listing withStatuses(Listing listing, String... statuses) {
    return new Listing(listing.collection(), listing.organizations(), Set.of(statuses), listing.anyOf(),
        listing.noneOf(), listing.atLeast(), listing.atMost(), listing.createdFrom(), listing.createdBefore(), listing.start(),
        listing.limit());
  }

  static Listing paged(Listing listing, int page, int limit) {
    return new Listing(listing.collection(), listing.organizations(), listing.statuses(), listing.anyOf(),
        listing.noneOf(), listing.atLeast(), listing.atMost(), listing.createdFrom(), listing.createdBefore(),
        new Listing.AtPage(page), limit);
  }

  static Listing created(Listing listing, Instant from, Instant before) {
    return new Listing(listing.collection(), listing.organizations(), listing.statuses(), listing.anyOf(),
        listing.noneOf(), listing.atLeast(), listing.atMost(), Optional.ofNullable(from), Optional.ofNullable(before), listing.start(),
        listing.limit());
  }

  static Listing ofEveryOrganisation(Listing listing) {
    return new Listing(listing.collection(), Optional.empty(), listing.statuses(), listing.anyOf(),
        listing.noneOf(), listing.atLeast(), listing.atMost(), listing.createdFrom(), listing.createdBefore(), listing.start(),
        listing.limit());
  }

  void store(Entry... entries) {
    for (Entry entry : entries) {
      assertThat(records.commit(new Change.Create(entry))).isTrue();
    }
  }

  List<String> ids(Listing listing) {
    return ids(records.list(listing));
  }

  static List<String> ids(Page page) {
    return page.entries().stream().map(Entry::id).toList();
  }

  /// Returns the ids of all pages, read by cursor.
  List<String> walk(Listing listing) {
    var found = new ArrayList<String>();
    var cursor = Optional.of("");
    while (cursor.isPresent()) {
      Page page = records.list(listing.after(cursor.get()));
      found.addAll(ids(page));
      cursor = page.nextCursor();
    }
    return found;
  }

  @Test
  void returnsStoredResource() {
    Entry entry = anEntry("org-a", "rpt_1", 0, "pending");
    store(entry);
    assertThat(records.find(COLLECTION, "rpt_1")).contains(entry);
    assertThat(records.find("bufdir-exports", "rpt_1")).isEmpty();
    assertThat(records.find(COLLECTION, "rpt_2")).isEmpty();
  }

  @Test
  void rejectsSecondResourceOfSameIdInAnyOrganisation() {
    store(anEntry("org-a", "rpt_1", 0, "pending"));
    assertThat(records.commit(new Change.Create(anEntry("org-a", "rpt_1", 5, "pending")))).isFalse();
    assertThat(records.commit(new Change.Create(anEntry("org-b", "rpt_1", 0, "pending")))).isFalse();
    assertThat(records.list(everything("org-a", "org-b")).total()).isEqualTo(1);
  }

  @Test
  void replacesOnlySeenVersion() {
    Entry first = anEntry("org-a", "rpt_1", 0, "pending");
    store(first);
    Entry second = first.next("completed", first.filters(), "{\"n\":2}");
    assertThat(records.commit(new Change.Replace(first, second))).isTrue();
    assertThat(records.commit(new Change.Replace(first, first.next("failed", Map.of(), "{}")))).isFalse();
    assertThat(records.commit(new Change.Replace(first, first.next("pending", Map.of(), "{}")))).isFalse();
    assertThat(records.commit(new Change.Delete(first))).isFalse();
    assertThat(records.find(COLLECTION, "rpt_1")).contains(second);
    assertThat(records.countInStatus(COLLECTION, "org-a", "pending")).isZero();
    assertThat(records.countInStatus(COLLECTION, "org-a", "completed")).isEqualTo(1);
  }

  @Test
  void keepsTotalsOnReplaceWithinStatus() {
    Entry first = anEntry("org-a", "rpt_1", 0, "pending");
    store(first);
    Entry second = first.next("pending", Map.of(), "{\"n\":2}");
    assertThat(records.commit(new Change.Replace(first, second))).isTrue();
    assertThat(records.find(COLLECTION, "rpt_1")).contains(second);
    assertThat(records.list(everything("org-a")).total()).isEqualTo(1);
  }

  @Test
  void keepsIdOfDeletedResourceTakenWhileRequestsMayBeRepeated() {
    Entry entry = anEntry("org-a", "rpt_1", 0, "pending");
    store(entry);
    assertThat(records.commit(new Change.Delete(entry))).isTrue();
    assertThat(records.find(COLLECTION, "rpt_1")).isEmpty();
    assertThat(records.list(everything("org-a")).total()).isZero();
    assertThat(ids(everything("org-a"))).isEmpty();
    assertThat(records.commit(new Change.Delete(entry))).isFalse();
    assertThat(records.commit(new Change.Replace(entry, entry.next("pending", Map.of(), "{}")))).isFalse();
    assertThat(records.commit(new Change.Create(entry))).as("a late repetition").isFalse();
    assertThat(records.wasRemoved(COLLECTION, "rpt_1", entry.created())).isTrue();
    assertThat(records.wasRemoved(COLLECTION, "rpt_2", entry.created())).isFalse();
    assertThat(records.wasRemoved(COLLECTION, "rpt_1", entry.created().plusSeconds(1))).as("of another").isFalse();
    assertThat(records.find(COLLECTION, "rpt_1")).isEmpty();
    assertThat(records.list(everything("org-a")).total()).isZero();

    clock.pass(Change.Delete.TOMBSTONE_LIFETIME.minusSeconds(1));
    Entry again = anEntry("org-b", "rpt_1", 9, "failed");
    assertThat(records.commit(new Change.Create(again))).isFalse();
    clock.pass(Duration.ofSeconds(1));
    assertThat(records.wasRemoved(COLLECTION, "rpt_1", entry.created())).isFalse();
    store(again);
    assertThat(records.find(COLLECTION, "rpt_1")).contains(again);
    assertThat(records.wasRemoved(COLLECTION, "rpt_1", entry.created())).isFalse();
  }

  @Test
  void commitsAllChangesOrNone() {
    Entry stale = anEntry("org-a", "rpt_1", 0, "pending");
    store(stale);
    Entry present = stale.next("completed", Map.of(), "{}");
    assertThat(records.commit(new Change.Replace(stale, present))).isTrue();
    Note note = Note.first("events", "1", "{}", null);

    assertThat(records.commit(new Change.Create(anEntry("org-a", "rpt_2", 1, "pending")), new Change.AddNote(note),
        new Change.Delete(stale))).isFalse();
    assertThat(records.find(COLLECTION, "rpt_2")).isEmpty();
    assertThat(records.note("events", "1", NOON)).isEmpty();
    assertThat(records.list(everything("org-a")).total()).isEqualTo(1);

    assertThat(records.commit(new Change.Create(anEntry("org-a", "rpt_2", 1, "pending")), new Change.AddNote(note),
        new Change.Delete(present))).isTrue();
    assertThat(records.find(COLLECTION, "rpt_1")).isEmpty();
    assertThat(records.find(COLLECTION, "rpt_2")).isPresent();
    assertThat(records.note("events", "1", NOON)).contains(note);
    assertThat(records.list(everything("org-a")).total()).isEqualTo(1);
  }

  @Test
  void countsAllChangesOfOneCommit() {
    Entry old = anEntry("org-a", "rpt_0", 0, "pending");
    store(old);
    Change[] changes = IntStream.range(1, 30)
        .mapToObj(i -> (Change) new Change.Create(anEntry(i % 2 == 0 ? "org-a" : "org-b", "rpt_" + i, i, "pending")))
        .toArray(Change[]::new);
    changes = Arrays.copyOf(changes, changes.length + 1);
    changes[changes.length - 1] = new Change.Replace(old, old.next("failed", Map.of(), "{}"));
    assertThat(records.commit(changes)).isTrue();
    assertThat(records.countInStatus(COLLECTION, "org-a", "pending")).isEqualTo(14);
    assertThat(records.countInStatus(COLLECTION, "org-a", "failed")).isEqualTo(1);
    assertThat(records.countInStatus(COLLECTION, "org-b", "pending")).isEqualTo(15);
    assertThat(records.list(ofEveryOrganisation(everything("org-a"))).total()).isEqualTo(30);
  }

  @Test
  void replacesAndRemovesOnlySeenVersionOfNote() {
    Note first = Note.first("p", "s", "{\"n\":1}", null);
    assertThat(records.commit(new Change.AddNote(first))).isTrue();
    assertThat(records.commit(new Change.AddNote(first))).isFalse();
    Note second = first.next("{\"n\":2}");
    assertThat(records.commit(new Change.ReplaceNote(first, second))).isTrue();
    assertThat(records.commit(new Change.ReplaceNote(first, second))).isFalse();
    assertThat(records.commit(new Change.RemoveNote(first))).isFalse();
    assertThat(records.note("p", "s", NOON)).contains(second);
    assertThat(records.commit(new Change.RemoveNote(second))).isTrue();
    assertThat(records.note("p", "s", NOON)).isEmpty();
    assertThat(records.commit(new Change.RemoveNote(second))).isFalse();
  }

  @Test
  void returnsNotesOfPartitionInOrderAfterSortKey() {
    for (String sort : List.of("003", "001", "002", "005", "004")) {
      records.commit(new Change.AddNote(Note.first("events#a", sort, "{}", null)));
    }
    records.commit(new Change.AddNote(Note.first("events#b", "002", "{}", null)));
    assertThat(records.notes("events#a", "", 10, NOON)).extracting(Note::sort)
        .containsExactly("001", "002", "003", "004", "005");
    assertThat(records.notes("events#a", "002", 2, NOON)).extracting(Note::sort).containsExactly("003", "004");
    assertThat(records.notes("events#a", "005", 2, NOON)).isEmpty();
    assertThat(records.notes("events#c", "", 2, NOON)).isEmpty();
  }

  @Test
  void treatsExpiredNoteAsAbsent() {
    Note old = Note.first("p", "s", "{\"n\":1}", NOON.plusSeconds(60));
    records.commit(new Change.AddNote(old));
    records.commit(new Change.AddNote(Note.first("p", "t", "{}", null)));
    assertThat(records.note("p", "s", NOON.plusSeconds(59))).contains(old);
    assertThat(records.note("p", "s", NOON.plusSeconds(60))).isEmpty();
    assertThat(records.notes("p", "", 1, NOON.plusSeconds(60))).extracting(Note::sort).containsExactly("t");

    clock.pass(Duration.ofSeconds(59));
    assertThat(records.commit(new Change.AddNote(old.next("{}")))).isFalse();
    clock.pass(Duration.ofSeconds(1));
    Note again = Note.first("p", "s", "{\"n\":2}", NOON.plusSeconds(600));
    assertThat(records.commit(new Change.AddNote(again))).isTrue();
    assertThat(records.note("p", "s", clock.instant())).contains(again);

    clock.pass(Duration.ofHours(1));
    Note muchLater = Note.first("p", "s", "{\"n\":3}", null);
    assertThat(records.commit(new Change.AddNote(muchLater))).as("expired long ago").isTrue();
    assertThat(records.note("p", "s", clock.instant())).contains(muchLater);
  }

  @Test
  void returnsFullPageOfNotesDespiteExpiredOnes() {
    for (String sort : List.of("a", "f")) {
      records.commit(new Change.AddNote(Note.first("p", sort, "{}", NOON.plusSeconds(60))));
    }
    for (String sort : List.of("b", "c", "d", "e", "g")) {
      records.commit(new Change.AddNote(Note.first("p", sort, "{}", null)));
    }
    assertThat(records.notes("p", "", 2, NOON.plusSeconds(60))).extracting(Note::sort).containsExactly("b", "c");
    assertThat(records.notes("p", "d", 2, NOON.plusSeconds(60))).extracting(Note::sort).containsExactly("e", "g");
    assertThat(records.notes("p", "", 9, NOON.plusSeconds(60))).extracting(Note::sort)
        .containsExactly("b", "c", "d", "e", "g");
  }

  @Test
  void listsNewestFirstByCreationThenId() {
    store(anEntry("org-a", "rpt_b", 5, "pending"), anEntry("org-a", "rpt_a", 5, "pending"),
        anEntry("org-a", "rpt_c", 1, "completed"), anEntry("org-a", "rpt_d", 9, "failed"),
        anEntry("org-b", "rpt_e", 7, "pending"));
    assertThat(ids(everything("org-a"))).containsExactly("rpt_d", "rpt_b", "rpt_a", "rpt_c");
    assertThat(ids(everything("org-a", "org-b"))).containsExactly("rpt_d", "rpt_e", "rpt_b", "rpt_a", "rpt_c");
    assertThat(ids(ofEveryOrganisation(everything("org-a")))).hasSize(5).startsWith("rpt_d", "rpt_e");
    assertThat(ids(everything("org-c"))).isEmpty();
  }

  @Test
  void filtersByStatusOrganisationFiltersAndCreation() {
    for (int i = 0; i < 40; i++) {
      Entry entry = anEntry(i % 2 == 0 ? "org-a" : "org-b", "rpt_%02d".formatted(i), i,
          List.of("pending", "processing", "completed", "failed").get(i % 4));
      store(Entry.first(entry.collection(), entry.orgId(), entry.id(), entry.created(), entry.status(),
          Map.of("report_type", i % 3 == 0 ? "annual_summary" : "project_final", "period_from",
              "2025-%02d-01".formatted(i % 12 + 1)), "{}"));
    }
    var statuses = withStatuses(everything("org-a", "org-b"), "completed", "failed");
    assertThat(ids(statuses)).hasSize(20).startsWith("rpt_39", "rpt_38", "rpt_35", "rpt_34");
    assertThat(records.list(paged(statuses, 2, 3))).satisfies(page -> {
      assertThat(ids(page)).containsExactly("rpt_34", "rpt_31", "rpt_30");
      assertThat(page.total()).isEqualTo(20);
    });
    var typed = everything("org-a", "org-b").where("report_type", "annual_summary");
    assertThat(records.list(paged(typed, 1, 2))).satisfies(page -> {
      assertThat(ids(page)).containsExactly("rpt_39", "rpt_36");
      assertThat(page.total()).isEqualTo(14);
    });
    assertThat(records.list(paged(withStatuses(typed, "failed"), 1, 2)).total()).isEqualTo(4);
    assertThat(ids(everything("org-a", "org-b").except("report_type", Set.of("annual_summary"))))
        .isEqualTo(ids(everything("org-a", "org-b")).stream().filter(id -> !ids(typed).contains(id)).toList());
    assertThat(records.list(paged(everything("org-a", "org-b").except("report_type", Set.of("annual_summary")), 1, 2))
        .total()).isEqualTo(26);
    assertThat(ids(everything("org-a", "org-b").except("absent", Set.of()))).as("without a value").isEmpty();
    Set<String> many = IntStream.range(0, 250).mapToObj(i -> "other_" + i).collect(Collectors.toSet());
    assertThat(ids(everything("org-a", "org-b").except("report_type", many))).hasSize(40);
    assertThat(ids(everything("org-a", "org-b").where("report_type", many))).isEmpty();
    assertThat(ids(new Listing(COLLECTION, Optional.of(Set.of("org-a")), Set.of(), Map.of(),
        Map.of("period_from", "2025-03-01"), Map.of("period_from", "2025-05-01"), Optional.empty(), Optional.empty(),
        new Listing.AtPage(1), 100)))
        .containsExactly("rpt_38", "rpt_28", "rpt_26", "rpt_16", "rpt_14", "rpt_04", "rpt_02");
    assertThat(ids(new Listing(COLLECTION, Optional.of(Set.of("org-a")), Set.of(), Map.of(),
        Map.of("absent", "a"), Map.of(), Optional.empty(), Optional.empty(), new Listing.AtPage(1), 100))).isEmpty();

    var range = created(everything("org-a"), NOON.plusSeconds(10), NOON.plusSeconds(14));
    assertThat(records.list(range)).satisfies(page -> {
      assertThat(ids(page)).containsExactly("rpt_12", "rpt_10");
      assertThat(page.total()).isEqualTo(2);
    });
    assertThat(ids(created(everything("org-a"), NOON.plusSeconds(38), null))).containsExactly("rpt_38");
    assertThat(ids(created(everything("org-a"), null, NOON.plusSeconds(1)))).containsExactly("rpt_00");
    assertThat(records.list(created(everything("org-a"), NOON.plusSeconds(9), NOON.plusSeconds(3))).total()).isZero();
    assertThat(ids(created(ofEveryOrganisation(withStatuses(everything("-"), "pending")), NOON.plusSeconds(20),
        NOON.plusSeconds(28)))).containsExactly("rpt_24", "rpt_20");
    assertThat(walk(created(paged(everything("org-b"), 1, 2), NOON.plusSeconds(30), NOON.plusSeconds(39))))
        .containsExactly("rpt_37", "rpt_35", "rpt_33", "rpt_31");
  }

  @Test
  void returnsSameResourcesByPageNumberAndByCursor() {
    var random = new Random(7);
    for (int i = 0; i < 57; i++) {
      store(anEntry("org-" + random.nextInt(3), "rpt_%02d".formatted(i), random.nextInt(20),
          random.nextBoolean() ? "pending" : "completed"));
    }
    for (Listing listing : List.of(everything("org-0"), everything("org-0", "org-1", "org-2"),
        withStatuses(everything("org-0", "org-2"), "pending", "completed"),
        withStatuses(everything("org-1"), "completed"), everything("org-0", "org-1").where("report_type",
            "annual_summary"), ofEveryOrganisation(everything("-")),
        ofEveryOrganisation(withStatuses(everything("-"), "pending")))) {
      List<String> all = ids(listing);
      assertThat(all).isNotEmpty().doesNotHaveDuplicates();
      for (int limit : new int[] {3, 100}) {
        assertThat(walk(paged(listing, 1, limit))).isEqualTo(all);
        var byNumber = new ArrayList<String>();
        for (int page = 1; ; page++) {
          Page found = records.list(paged(listing, page, limit));
          assertThat(found.total()).isEqualTo(all.size());
          if (found.entries().isEmpty()) {
            break;
          }
          byNumber.addAll(ids(found));
        }
        assertThat(byNumber).isEqualTo(all);
      }
      assertThat(records.list(paged(listing, 1_000_000, 100))).isEqualTo(new Page(List.of(), all.size(),
          Optional.empty()));
    }
  }

  @Test
  void returnsTotalOfWholeListOnEveryCursorPage() {
    for (int i = 0; i < 9; i++) {
      store(anEntry("org-a", "rpt_" + i, i, "pending"));
    }
    for (Listing listing : List.of(paged(everything("org-a"), 1, 4),
        paged(everything("org-a").where("report_type", "annual_summary"), 1, 4),
        created(paged(everything("org-a"), 1, 4), NOON, NOON.plusSeconds(9)))) {
      var cursor = Optional.of("");
      while (cursor.isPresent()) {
        Page page = records.list(listing.after(cursor.get()));
        assertThat(page.total()).isEqualTo(9);
        cursor = page.nextCursor();
      }
    }
  }

  @Test
  void rejectsForeignCursor() {
    for (String cursor : List.of("x", "!", "eA", "MjAyNg", "a".repeat(500))) {
      assertThatThrownBy(() -> records.list(everything("org-a").after(cursor)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void pagesWithoutDriftDuringWritesAndDeletes() throws Exception {
    var stable = new ArrayList<String>();
    var passing = new ArrayList<Entry>();
    for (int i = 0; i < 60; i++) {
      Entry entry = anEntry("org-a", "rpt_%02d".formatted(i), i, "completed");
      store(entry);
      if (i % 3 == 0) {
        passing.add(entry);
      } else {
        stable.addFirst(entry.id());
      }
    }
    try (var others = Executors.newSingleThreadExecutor()) {
      var done = others.submit(() -> {
        for (int i = 0; i < passing.size(); i++) {
          records.commit(new Change.Delete(passing.get(i)));
          records.commit(new Change.Create(anEntry("org-a", "new_" + i, 100 + i, "completed")));
        }
      });
      do {
        List<String> found = walk(paged(everything("org-a"), 1, 7));
        assertThat(found).doesNotHaveDuplicates().containsSubsequence(stable);
      } while (!done.isDone());
      done.get(60, TimeUnit.SECONDS);
    }
    assertThat(walk(paged(everything("org-a"), 1, 7))).hasSize(60);
    assertThat(records.list(everything("org-a")).total()).isEqualTo(60);
  }

  @Test
  void commitsExactlyOneOfManyConcurrentWriters() throws Exception {
    for (int round = 0; round < rounds(); round++) {
      Entry seen = anEntry("org-a", "rpt_" + round, round, "pending");
      store(seen);
      List<Change> rivals = List.of(
          new Change.Replace(seen, seen.next("completed", Map.of(), "{}")),
          new Change.Replace(seen, seen.next("failed", Map.of(), "{}")),
          new Change.Replace(seen, seen.next("pending", Map.of(), "{\"n\":2}")),
          new Change.Delete(seen));
      assertThat(race(rivals)).as("winners").isEqualTo(1);
    }
    assertTotalsAreExact("org-a");
  }

  @Test
  void keepsTotalsExactUnderRacesAndDeletes() throws Exception {
    var ids = IntStream.range(0, 12).mapToObj(i -> "rpt_" + i).toList();
    var statuses = List.of("pending", "processing", "completed", "failed");
    try (var clients = Executors.newFixedThreadPool(6)) {
      var work = new ArrayList<java.util.concurrent.Future<?>>();
      for (int c = 0; c < 6; c++) {
        var random = new Random(c);
        work.add(clients.submit(() -> {
          for (int i = 0; i < rounds(); i++) {
            String id = ids.get(random.nextInt(ids.size()));
            String status = statuses.get(random.nextInt(4));
            Optional<Entry> seen = records.find(COLLECTION, id);
            int act = random.nextInt(4);
            if (seen.isEmpty()) {
              records.commit(new Change.Create(anEntry("org-" + random.nextInt(2), id, random.nextInt(50), status)));
            } else if (act == 0) {
              records.commit(new Change.Delete(seen.get()));
            } else if (act == 1) {
              records.commit(new Change.Replace(seen.get(), seen.get().next(status, Map.of(), "{}")),
                  new Change.AddNote(Note.first("audit", id, "{}", null)));
            } else {
              records.commit(new Change.Replace(seen.get(), seen.get().next(status, Map.of(), "{}")));
            }
          }
        }));
      }
      for (var future : work) {
        future.get(120, TimeUnit.SECONDS);
      }
    }
    assertTotalsAreExact("org-0");
    assertTotalsAreExact("org-1");
    assertThat(records.list(ofEveryOrganisation(everything("-"))).total())
        .isEqualTo(records.list(everything("org-0", "org-1")).total());
  }

  @Test
  void listsStatusOldestFirst() {
    store(anEntry("org-a", "rpt_3", 3, "pending"), anEntry("org-b", "rpt_1", 1, "pending"),
        anEntry("org-a", "rpt_2", 2, "failed"), anEntry("org-a", "rpt_4", 4, "pending"));
    assertThat(records.inStatus(COLLECTION, "pending", 10)).extracting(Entry::id)
        .containsExactly("rpt_1", "rpt_3", "rpt_4");
    assertThat(records.inStatus(COLLECTION, "pending", 2)).extracting(Entry::id).containsExactly("rpt_1", "rpt_3");
    assertThat(records.inStatus(COLLECTION, "cancelled", 2)).isEmpty();
  }

  private int race(List<Change> rivals) throws Exception {
    var barrier = new CyclicBarrier(rivals.size());
    var wins = new AtomicInteger();
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var threads = rivals.stream().map(change -> Thread.ofVirtual().start(() -> {
      try {
        barrier.await();
        if (records.commit(change)) {
          wins.incrementAndGet();
        }
      } catch (Exception e) {
        failures.add(e);
      }
    })).toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    return wins.get();
  }

  private void assertTotalsAreExact(String orgId) {
    List<String> found = walk(paged(everything(orgId), 1, 5));
    assertThat(new HashSet<>(found)).hasSize(found.size());
    assertThat(records.list(everything(orgId)).total()).isEqualTo(found.size());
    long sum = 0;
    for (String status : List.of("pending", "processing", "completed", "failed")) {
      long counted = records.countInStatus(COLLECTION, orgId, status);
      assertThat(walk(withStatuses(everything(orgId), status))).hasSize((int) counted);
      sum += counted;
    }
    assertThat(sum).isEqualTo(found.size());
  }

  @Test
  void erasesOnlyNotesAboutDeletedResource() {
    Entry entry = anEntry("org-a", "r1", 0, "pending");
    records.commit(new Change.Create(entry));
    for (int i = 0; i < 130; i++) {
      records.commit(new Change.AddNote(Note.first(Note.about(COLLECTION, "r1"), "answer-" + i, "{}", null)));
    }
    var others = Note.first(Note.about(COLLECTION, "r10"), "answer-1", "{}", null);
    records.commit(new Change.AddNote(others));

    assertThat(records.commit(new Change.Delete(entry.next("failed", Map.of(), "{}")))).isFalse();
    assertThat(records.notes(Note.about(COLLECTION, "r1"), "", 1000, NOON)).hasSize(130);
    assertThat(records.commit(new Change.Delete(entry))).isTrue();

    assertThat(records.notes(Note.about(COLLECTION, "r1"), "", 1000, NOON)).isEmpty();
    assertThat(records.notes(Note.about(COLLECTION, "r10"), "", 1000, NOON)).containsExactly(others);
  }

  private final List<AuditEvent> stored = new ArrayList<>();
  private final AtomicInteger eventIds = new AtomicInteger();

  private Acting acting() {
    return new Acting("key_a", Optional.of("kari"),
        _ -> "evt_%026d".formatted(eventIds.incrementAndGet()), stored::add);
  }

  private List<AuditEvent> events(String orgId) {
    return new AuditTrail(records).after(orgId, "", 100, clock.instant()).events();
  }

  @Test
  void storesAuditEventsOfCallerInSameCommit() {
    Entry created = anEntry("org-a", "r1", 0, "pending");
    Entry cancelled = created.next("cancelled", Map.of(), "{\"reason\":1}");
    Entry rewritten = cancelled.next("cancelled", Map.of(), "{\"reason\":1}");
    Note note = Note.first("notes", "n", "{}", null);
    acting().call(() -> records.commit(new Change.Create(created), new Change.AddNote(note)));
    acting().call(() -> records.commit(new Change.Create(created)));
    acting().call(() -> records.commit(new Change.Replace(created, cancelled)));
    acting().call(() -> records.commit(new Change.Replace(cancelled, rewritten)));
    acting().call(() -> records.commit(new Change.ReplaceNote(note, note.next("{}"))));
    acting().call(() -> records.commit(new Change.Delete(rewritten)));
    records.commit(new Change.Create(anEntry("org-a", "r2", 0, "pending")));

    assertThat(events("org-a")).extracting(AuditEvent::action, AuditEvent::resource).containsExactly(
        tuple("created", COLLECTION + "/r1"),
        tuple("cancelled", COLLECTION + "/r1"),
        tuple("deleted", COLLECTION + "/r1"));
    assertThat(events("org-a")).allSatisfy(event -> {
      assertThat(event.caller()).isEqualTo("key_a");
      assertThat(event.actingUser()).contains("kari");
    });
    assertThat(events("org-a").get(1).details()).isEqualTo(Map.of("from", "pending", "to", "cancelled"));
    assertThat(stored).isEqualTo(events("org-a"));
    assertThat(events("org-b")).isEmpty();
  }

  @Test
  void keepsEventsFor400DaysAndDeletionsForever() {
    Entry entry = anEntry("org-a", "r1", 0, "pending");
    acting().call(() -> records.commit(new Change.Create(entry)));
    acting().call(() -> records.commit(new Change.Delete(entry)));
    clock.pass(Duration.ofDays(400).minusSeconds(1));
    assertThat(events("org-a")).hasSize(2);
    clock.pass(Duration.ofSeconds(1));
    assertThat(events("org-a")).extracting(AuditEvent::action).containsExactly("deleted");
  }

  /// An event gets its position before it is committed. An event that becomes visible late must still be returned, and
  /// no event twice.
  @Test
  void returnsEachEventOnceEvenIfVisibleLate() {
    var random = new Random(7);
    List<AuditEvent> unseen = new ArrayList<>();
    List<String> written = new ArrayList<>();
    List<String> read = new ArrayList<>();
    String cursor = "";
    for (int step = 0; step < 300; step++) {
      clock.pass(Duration.ofMillis(random.nextInt(4_000)));
      for (int i = random.nextInt(3); i > 0; i--) {
        unseen.add(AuditEvent.of("evt_%018d%08d".formatted(0, eventIds.incrementAndGet()), clock.instant(), "created",
            "things/t", "key_a", Optional.empty(), "org-a", Map.of()));
      }
      Instant latest = clock.instant().minusSeconds(60);
      for (AuditEvent event : List.copyOf(unseen)) {
        if (event.at().isBefore(latest) || random.nextInt(4) == 0) {
          records.commit(event.written());
          written.add(event.eventId());
          unseen.remove(event);
        }
      }
      var page = new AuditTrail(records).after("org-a", cursor, 1 + random.nextInt(5), clock.instant());
      page.events().forEach(event -> read.add(event.eventId()));
      cursor = page.nextCursor();
    }
    for (int i = 0; i < 1_000 && read.size() < written.size(); i++) {
      var page = new AuditTrail(records).after("org-a", cursor, 100, clock.instant());
      page.events().forEach(event -> read.add(event.eventId()));
      cursor = page.nextCursor();
    }
    assertThat(read).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(written);
  }

  @Test
  void returnsEachEventOfFloodOnce() {
    for (int i = 0; i < 350; i++) {
      records.commit(AuditEvent.of("evt_%018d%08d".formatted(0, i), clock.instant(), "created", "things/t", "key_a",
          Optional.empty(), "org-a", Map.of()).written());
    }
    List<String> read = new ArrayList<>();
    String cursor = "";
    for (int i = 0; i < 8; i++) {
      var page = new AuditTrail(records).after("org-a", cursor, 100, clock.instant());
      page.events().forEach(event -> read.add(event.eventId()));
      cursor = page.nextCursor();
      assertThat(cursor.length()).isLessThan(3_000);
      if (i == 3) {
        assertThat(read).hasSize(200);
        clock.pass(AuditTrail.SETTLED_AFTER.plusSeconds(1));
      }
    }
    assertThat(read).doesNotHaveDuplicates().hasSize(350);
  }

  @Test
  void readsMonthlyPartitionsAsOneList() {
    List<String> written = new ArrayList<>();
    List<String> read = new ArrayList<>();
    String cursor = "";
    // Two months have no events; the last event of January and the first of February are a millisecond apart.
    for (String at : List.of("2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00Z", "2026-02-28T12:00:00Z",
        "2026-05-01T00:00:00Z", "2027-01-01T00:00:00Z")) {
      clock.pass(Duration.between(clock.instant(), Instant.parse(at)));
      AuditEvent event = AuditEvent.of("evt_%018d%08d".formatted(0, written.size()), clock.instant(),
          AuditEvent.DELETED, "things/t", "key_a", Optional.empty(), "org-a", Map.of());
      records.commit(event.written());
      written.add(event.eventId());
      assertThat(records.notes("audit-events#org-a#" + at.substring(0, 7), "", 10, clock.instant()))
          .as(at).isNotEmpty().allMatch(note -> note.document().contains(at.substring(0, 7)));
      if (written.size() != 3) { // the third is returned together with the fourth
        var page = new AuditTrail(records).after("org-a", cursor, 100, clock.instant());
        page.events().forEach(stored -> read.add(stored.eventId()));
        cursor = page.nextCursor();
      }
    }
    assertThat(read).containsExactlyElementsOf(written);
    clock.pass(Duration.ofDays(1_000));
    assertThat(new AuditTrail(records).after("org-a", cursor, 100, clock.instant()).events()).isEmpty();
    List<String> again = new ArrayList<>();
    cursor = "";
    for (int i = 0; i < 3; i++) {
      var page = new AuditTrail(records).after("org-a", cursor, 2, clock.instant());
      page.events().forEach(stored -> again.add(stored.eventId()));
      cursor = page.nextCursor();
    }
    assertThat(again).containsExactlyElementsOf(written);
  }

  /// Callers send the cursor, so a forged time long before or after all events must not cost more than a real one.
  @Test
  void readsNoMonthBeforeFirstOrAfterCurrent() {
    for (String time : List.of("0000000000000", "9999999999999")) {
      String cursor = Base64.getUrlEncoder().withoutPadding()
          .encodeToString((time + "#evt_" + "0".repeat(26) + "|").getBytes(StandardCharsets.US_ASCII));
      var looked = new AtomicInteger();
      var counted = (Records) Proxy.newProxyInstance(Records.class.getClassLoader(), new Class<?>[] {Records.class},
          (_, method, arguments) -> {
            looked.incrementAndGet();
            return method.invoke(records, arguments);
          });
      assertThat(new AuditTrail(counted).after("org-a", cursor, 20, NOON).events()).isEmpty();
      assertThat(looked.get()).as(time).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void rejectsCursorThatIsNotFromTrail() {
    for (String cursor : List.of("x", "!", "AAAA", "fHw", Cursor.encode(anEntry("org-a", "r1", 0, "pending")))) {
      assertThatThrownBy(() -> new AuditTrail(records).after("org-a", cursor, 1, NOON))
          .as(cursor).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
