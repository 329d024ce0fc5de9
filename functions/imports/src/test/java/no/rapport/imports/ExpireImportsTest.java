package no.rapport.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.rapport.api.Ids;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.emulator.MovableClock;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

class ExpireImportsTest {

  private static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  private static final Duration KEPT = Duration.ofDays(90);

  private final S3Client s3 = EmbeddedS3.shared().client();
  private final String bucket = "sweep-imports-" + UUID.randomUUID();
  private final MovableClock clock = new MovableClock(NOON);
  private final InMemoryRecords records = new InMemoryRecords(clock);
  private final ImportRecords imports = new ImportRecords(records);
  private final ExpireImports sweeper = new ExpireImports(records, s3, bucket, KEPT, clock);

  ExpireImportsTest() {
    s3.createBucket(create -> create.bucket(bucket));
  }

  private ImportRecord announce(boolean dryRun) {
    var order = new NewImport("org-1", ImportKind.ACTIVITIES, "a.csv", 5, dryRun);
    return imports.announce(ImportRecord.announced(order, "imp_" + Ids.random().ulid(NOON), clock.instant())).orElseThrow()
        .record();
  }

  private Map<String, Object> sweepAfter(Duration time) {
    clock.pass(time);
    return sweeper.handleRequest(Map.of(), null);
  }

  private Optional<ImportStatus> status(ImportRecord record) {
    return imports.find(record.importId()).map(stored -> stored.record().status());
  }

  private long count(ImportStatus status) {
    return records.list(Listing.of("imports", "org-1", Set.of(status.word()), 1)).total();
  }

  @Test
  void expiresImportWithoutFileAfterOneDay() {
    ImportRecord record = announce(false);

    assertThat(sweepAfter(Duration.ofDays(1).minusSeconds(1))).containsEntry("ended", 0L);
    assertThat(record.statusAt(clock.instant())).isEqualTo(ImportStatus.AWAITING_UPLOAD);
    clock.pass(Duration.ofSeconds(1));
    assertThat(record.statusAt(clock.instant())).as("before a sweep").isEqualTo(ImportStatus.EXPIRED);
    assertThat(sweepAfter(Duration.ZERO)).containsEntry("ended", 1L);
    assertThat(status(record)).contains(ImportStatus.EXPIRED);
    assertThat(count(ImportStatus.EXPIRED)).isEqualTo(1);
  }

  @Test
  void failsImportWhoseUploadedFileWasNeverRead() {
    ImportRecord record = announce(false);
    s3.putObject(put -> put.bucket(bucket).key(record.key()), RequestBody.fromString("12345"));

    sweepAfter(Duration.ofDays(6));
    assertThat(status(record)).as("it waits for its turn").contains(ImportStatus.AWAITING_UPLOAD);
    sweepAfter(Duration.ofDays(1));

    assertThat(status(record)).contains(ImportStatus.FAILED);
    assertThat(imports.find(record.importId()).orElseThrow().record().result().orElseThrow().error()).isPresent();
    assertThat(s3.headObject(head -> head.bucket(bucket).key(record.key())).contentLength()).isEqualTo(5);
  }

  @Test
  void failsImportWithoutProgressForSevenDaysAndRemovesDryRunFile() {
    ImportRecord record = announce(true);
    s3.putObject(put -> put.bucket(bucket).key(record.key()), RequestBody.fromString("12345"));
    imports.begin(new UploadedFile("org-1", ImportKind.ACTIVITIES, record.key(), "e", 5, NOON), clock.instant());

    sweepAfter(Duration.ofDays(6));
    imports.reached(record.importId(), 2, clock.instant());
    sweepAfter(Duration.ofDays(6));
    assertThat(status(record)).contains(ImportStatus.PROCESSING);
    sweepAfter(Duration.ofDays(1));

    assertThat(status(record)).contains(ImportStatus.FAILED);
    assertThat(List.of(record.key())).allSatisfy(key -> org.assertj.core.api.Assertions.assertThatThrownBy(
        () -> s3.headObject(head -> head.bucket(bucket).key(key))).isInstanceOf(NoSuchKeyException.class));
  }

  @Test
  void removesRecordsWhenLifecycleRemovesTheirFiles() {
    ImportRecord record = announce(false);
    sweepAfter(Duration.ofDays(1));

    assertThat(sweepAfter(KEPT.minusDays(1).minusSeconds(1))).containsEntry("removed", 0L);
    assertThat(sweepAfter(Duration.ofSeconds(1))).containsEntry("removed", 1L);
    assertThat(status(record)).isEmpty();
    assertThat(count(ImportStatus.EXPIRED)).isZero();
  }
}
