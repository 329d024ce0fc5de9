package no.rapport.imports;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/// The stored record of one import.
///
/// @param fileName the client's name of the file. Only the owner sees it: it is in no key, log or header
/// @param key the key of the file
/// @param version which put of the key is imported; empty until the file arrives
/// @param dryRun whether the file is only checked
/// @param updatedAt when a step last began, paused or ended
/// @param bytesRead how many bytes of the file have been read
public record ImportRecord(String importId, String orgId, ImportKind kind, ImportStatus status, String fileName,
    String key, Optional<String> version, long sizeBytes, boolean dryRun, Instant createdAt, Instant updatedAt,
    Optional<Instant> completedAt, long bytesRead, Optional<ImportResult> result) {

  /// How long an import waits for its file.
  public static final Duration UPLOAD_WINDOW = Duration.ofDays(1);

  /// Creates the record of an import whose file has not arrived yet.
  static ImportRecord announced(NewImport order, String importId, Instant now) {
    return new ImportRecord(importId, order.orgId(), order.kind(), ImportStatus.AWAITING_UPLOAD, order.fileName(),
        order.key(importId), Optional.empty(), order.sizeBytes(), order.dryRun(), now, now, Optional.empty(), 0,
        Optional.empty());
  }

  /// Creates the record of an import whose file was put into the bucket without the API.
  ///
  /// @param dryRun whether the object's key was announced for a dry run
  static ImportRecord found(UploadedFile file, boolean dryRun, Instant now) {
    return new ImportRecord(file.derivedId(), file.orgId(), file.kind(), ImportStatus.PROCESSING, file.fileName(),
        file.key(), Optional.of(file.version()), file.sizeBytes(), dryRun, file.putAt().truncatedTo(ChronoUnit.SECONDS),
        seconds(now), Optional.empty(), 0, Optional.empty());
  }

  ImportRecord started(UploadedFile file, Instant now) {
    return new ImportRecord(importId, orgId, kind, ImportStatus.PROCESSING, fileName, key,
        Optional.of(file.version()), file.sizeBytes(), dryRun, createdAt, seconds(now), Optional.empty(), 0, Optional.empty());
  }

  ImportRecord reached(long bytes, Instant now) {
    return new ImportRecord(importId, orgId, kind, status, fileName, key, version, sizeBytes, dryRun, createdAt,
        seconds(now), completedAt, Math.min(sizeBytes, Math.max(bytesRead, bytes)), result);
  }

  ImportRecord ended(ImportResult end, Instant now) {
    return new ImportRecord(importId, orgId, kind, end.status(), fileName, key, version, sizeBytes, dryRun, createdAt,
        seconds(now), Optional.of(seconds(now)), end.error().isPresent() ? bytesRead : sizeBytes, Optional.of(end));
  }

  ImportRecord expired(Instant now) {
    return new ImportRecord(importId, orgId, kind, ImportStatus.EXPIRED, fileName, key, version, sizeBytes, dryRun,
        createdAt, seconds(now), completedAt, bytesRead, result);
  }

  /// Returns the status at a time. An import counts as expired even if the sweeper has not stored that yet.
  ImportStatus statusAt(Instant now) {
    return isOverdue(now) ? ImportStatus.EXPIRED : status;
  }

  /// Returns whether the import still waits for its file after the deadline.
  boolean isOverdue(Instant now) {
    return status == ImportStatus.AWAITING_UPLOAD && !now.isBefore(createdAt.plus(UPLOAD_WINDOW));
  }

  /// Returns the key of the report that the API serves. Only the import can write there.
  public String reportKey() {
    return "import-state/" + orgId + "/reports/" + importId + ".json";
  }

  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  Map<String, String> filters() {
    return Map.of("kind", kind.word());
  }
}
