package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import no.rapport.sourceimports.ImportKey.RowFile;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// What Rapport keeps about imports: where a paused one goes on, and the report of a finished one.
///
/// The objects lie below `import-state/{org_id}/`, where no organisation can write, under keys that are derived from
/// the
/// file's key. The report beside the file is a copy: nothing reads it back.
final class ImportStates {

  /// What a finished import was about: the file's ETag and when it was put.
  private static final String IMPORT_OF = "import-of";
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  private final S3Client s3;

  ImportStates(S3Client s3) {
    this.s3 = s3;
  }

  /// The state of a paused import; empty where there is none that can be read.
  Optional<ImportState> paused(String bucket, RowFile file) {
    try {
      byte[] json = s3.getObject(
          request -> request.bucket(bucket).key(file.pausedKey()).range("bytes=0-" + MAX_BYTES),
          ResponseTransformer.toBytes()).asByteArrayUnsafe();
      return json.length > MAX_BYTES
          ? Optional.empty()
          : Optional.ofNullable(JSON.readValue(json, ImportState.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("The state of an import cannot be read", e);
    } catch (S3Exception e) {
      // An empty object has no range.
      if (e.statusCode() == 404 || e.statusCode() == 416) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Keeps the state with which the import goes on.
  ///
  /// @throws UnreadableFile for a state that is too large to be read again: the import would begin anew for ever
  void pause(String bucket, RowFile file, ImportState state) throws IOException {
    byte[] json = JSON.writeValueAsBytes(state);
    if (json.length > MAX_BYTES) {
      throw new UnreadableFile("The import was given up: its report is larger than 64 MiB; split the file");
    }
    s3.putObject(
        request -> request.bucket(bucket).key(file.pausedKey()).contentType("application/json"),
        RequestBody.fromBytes(json));
  }

  /// Forgets a paused import.
  void forget(String bucket, RowFile file) {
    s3.deleteObject(request -> request.bucket(bucket).key(file.pausedKey()));
  }

  /// Puts a report beside the object that it is about.
  void report(String bucket, String reportKey, byte[] report) {
    s3.putObject(
        request -> request.bucket(bucket).key(reportKey).contentType("application/json"),
        RequestBody.fromBytes(report));
  }

  /// Keeps the report of a finished import and copies it beside the file.
  void complete(String bucket, RowFile file, ImportState state, byte[] report) {
    s3.putObject(
        request -> request
            .bucket(bucket)
            .key(file.doneKey())
            .contentType("application/json")
            .metadata(Map.of(IMPORT_OF, importOf(state.etag(), state.importedAt()))),
        RequestBody.fromBytes(report));
    report(bucket, file.reportKey(), report);
    forget(bucket, file);
  }

  /// Whether this very import is finished. If so its report is copied beside the file again: the run that finished it
  /// may have ended before it could.
  boolean isDone(String bucket, RowFile file, ImportState state) {
    boolean done = finished(bucket, file).equals(Optional.of(importOf(state.etag(), state.importedAt())));
    if (done) {
      s3.copyObject(request -> request
          .sourceBucket(bucket)
          .sourceKey(file.doneKey())
          .destinationBucket(bucket)
          .destinationKey(file.reportKey()));
    }
    return done;
  }

  /// Whether this version of the file was imported to its end, whenever it was put.
  boolean isDone(String bucket, RowFile file, String etag) {
    return finished(bucket, file).filter(importOf -> importOf.startsWith(importOf(etag, ""))).isPresent();
  }

  private Optional<String> finished(String bucket, RowFile file) {
    try {
      return Optional.ofNullable(
          s3.headObject(request -> request.bucket(bucket).key(file.doneKey())).metadata().get(IMPORT_OF));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String importOf(String etag, Object importedAt) {
    return etag.replace("\"", "") + " " + importedAt;
  }
}
