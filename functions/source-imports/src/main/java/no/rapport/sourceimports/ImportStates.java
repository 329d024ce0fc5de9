package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import no.rapport.imports.ImportRecord;
import no.rapport.sourceimports.ImportKey.RowFile;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The objects of imports: the states of paused imports and the reports of finished ones.
///
/// They are stored below `import-state/{org_id}/`, where no organisation can write, under keys that are derived from
/// the file's key and the import's id. The report beside the file is a copy that the import never reads.
final class ImportStates {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  private final S3Client s3;

  ImportStates(S3Client s3) {
    this.s3 = s3;
  }

  /// Returns the state of a paused import; empty if there is none or it cannot be read.
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
      // S3 answers a range request for an empty object with an error.
      if (e.statusCode() == 404 || e.statusCode() == 416) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Stores the state from which the import continues.
  ///
  /// @throws UnreadableFile if the state is too large to be read again, because the import would restart without end
  void pause(String bucket, RowFile file, ImportState state) throws IOException {
    byte[] json = JSON.writeValueAsBytes(state);
    if (json.length > MAX_BYTES) {
      throw new UnreadableFile("The import was given up: its report is larger than 64 MiB; split the file");
    }
    s3.putObject(
        request -> request.bucket(bucket).key(file.pausedKey()).contentType("application/json"),
        RequestBody.fromBytes(json));
  }

  /// Returns whether there is a state, readable or not.
  boolean isPaused(String bucket, RowFile file) {
    try {
      s3.headObject(request -> request.bucket(bucket).key(file.pausedKey()));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return false;
      }
      throw e;
    }
  }

  /// Removes the state of a paused import.
  void forget(String bucket, RowFile file) {
    s3.deleteObject(request -> request.bucket(bucket).key(file.pausedKey()));
  }

  /// Puts a report beside the object that it describes.
  void report(String bucket, String reportKey, byte[] report) {
    s3.putObject(
        request -> request.bucket(bucket).key(reportKey).contentType("application/json"),
        RequestBody.fromBytes(report));
  }

  /// Stores the report of a finished import, and copies it beside the file unless the import was a dry run.
  void report(String bucket, ImportRecord imported, byte[] report) {
    report(bucket, imported.reportKey(), report);
    if (!imported.dryRun()) {
      report(bucket, imported.key() + ImportKey.REPORT, report);
    }
  }

  /// Removes the file of a dry run.
  void removeChecked(String bucket, ImportRecord imported) {
    if (imported.dryRun()) {
      s3.deleteObject(request -> request.bucket(bucket).key(imported.key()));
    }
  }
}
