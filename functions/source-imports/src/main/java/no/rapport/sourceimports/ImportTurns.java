package no.rapport.sourceimports;

import com.amazonaws.services.lambda.runtime.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import no.rapport.api.Log;
import no.rapport.api.Metrics;
import no.rapport.sourceimports.ImportFile.Outcome;
import no.rapport.sourceimports.ImportKey.RowFile;
import no.rapport.sourceimports.ImportQueue.Turn;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/// Imports an organisation's files one after the other while places are free.
final class ImportTurns {

  /// A file is given up after this many attempts without progress, half an hour after the first attempt.
  static final int MAX_ATTEMPTS = 6;
  /// Enough time to finish the current writes and to store the state, including the longest backoff.
  private static final int MAX_MARGIN_MILLIS = 60_000;
  /// How long one file may be imported while others wait; then it goes to the end of the queue.
  private static final int MAX_STEP_MILLIS = 120_000;
  /// After this time no further file is begun, and another invocation continues.
  private static final int MAX_MILLIS_BEFORE_ANOTHER = 60_000;
  /// The longest time that a lease outlives its process.
  private static final Duration LEASE_RESERVE = Duration.ofSeconds(5);

  private final S3Client s3;
  private final ImportQueue queue;
  private final ImportFile importFile;
  private final InstantSource clock;

  ImportTurns(S3Client s3, ImportQueue queue, ImportFile importFile, InstantSource clock) {
    this.s3 = s3;
    this.queue = queue;
    this.importFile = importFile;
    this.clock = clock;
  }

  /// Imports the organisation's due files. Before its time runs out, starts another invocation that continues.
  void of(String orgId, String bucket, Context context) {
    int total = context.getRemainingTimeInMillis();
    int spent = 0;
    while (spent < Math.min(MAX_MILLIS_BEFORE_ANOTHER, total / 2)) {
      Instant end = clock.instant().plusMillis(context.getRemainingTimeInMillis());
      Optional<Turn> turn = queue.take(orgId, end.plus(LEASE_RESERVE));
      if (turn.isEmpty()) {
        return;
      }
      take(turn.get(), bucket, context);
      spent = total - context.getRemainingTimeInMillis();
    }
    start(s3, orgId, bucket);
  }

  /// Starts an invocation for an organisation by putting an object whose arrival triggers the import function.
  static void start(S3Client s3, String orgId, String bucket) {
    s3.putObject(put -> put.bucket(bucket).key(ImportKey.Start.key(orgId)).contentType("application/json"),
        RequestBody.fromString("{}"));
  }

  private void take(Turn turn, String bucket, Context context) {
    if (turn.attempt() > MAX_ATTEMPTS) {
      giveUp(turn, bucket, context);
      return;
    }
    Outcome outcome;
    try {
      BooleanSupplier stop = stop(context);
      outcome = turn.isPaused()
          ? importFile.resume(bucket, turn.file(), stop)
          : importFile.begin(bucket, turn.file(), Optional.of(turn.putAt()), stop);
    } catch (RuntimeException e) {
      Log.error("import_failed", about(context, turn.file()), e);
      queue.putOff(turn, Duration.ofMinutes(1L << turn.attempt() - 1));
      return;
    }
    Log.info("import_" + outcome.name().toLowerCase(Locale.ROOT), about(context, turn.file()));
    if (outcome == Outcome.PAUSED) {
      queue.pause(turn);
    } else {
      queue.end(turn);
    }
  }

  private void giveUp(Turn turn, String bucket, Context context) {
    importFile.giveUp(bucket, turn.file(), turn.putAt());
    queue.end(turn);
    Log.warn("import_given_up", about(context, turn.file()));
    Metrics.put("imports", Map.of("Failed", 1L));
  }

  private static BooleanSupplier stop(Context context) {
    int remaining = context.getRemainingTimeInMillis();
    int margin = Math.max(Math.min(MAX_MARGIN_MILLIS, remaining / 4), remaining - MAX_STEP_MILLIS);
    return () -> context.getRemainingTimeInMillis() < margin;
  }

  private static Map<String, String> about(Context context, RowFile file) {
    return Map.of("request_id", context.getAwsRequestId(),
        "organization", file.orgId(), "kind", file.form().kind().name().toLowerCase(Locale.ROOT));
  }
}
