package no.rapport.imports;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import no.rapport.api.DownloadLinks;
import no.rapport.records.Acting;
import no.rapport.records.Records;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Creates presigned links with which a client puts one file. The signature covers the size, the content type and the
/// condition that the key is free (`If-None-Match: *`). A link is created for each answer and never stored.
final class UploadLinks {

  private static final String CONTENT_TYPE = "application/octet-stream";
  /// The headers that the client must send. `Content-Length`, which clients send by themselves, is `size_bytes`.
  static final SortedMap<String, String> HEADERS =
      Collections.unmodifiableSortedMap(new TreeMap<>(Map.of("Content-Type", CONTENT_TYPE, "If-None-Match", "*")));

  private final S3Presigner presigner;
  private final String bucket;
  private final Records records;
  private final Clock clock;

  UploadLinks(S3Presigner presigner, String bucket, Records records, Clock clock) {
    this.presigner = presigner;
    this.bucket = bucket;
    this.records = records;
    this.clock = clock;
  }

  /// @param expires when the link expires, UTC, in whole seconds
  record Link(URI url, Instant expires) {}

  /// Creates a link for the file of an import, after storing an audit event for it.
  Link to(ImportRecord record) {
    Acting.storeLinkIssued(records, record.orgId(), ImportRecords.COLLECTION + "/" + record.importId(), clock.instant());
    var presigned = presigner.presignPutObject(request -> request.signatureDuration(DownloadLinks.VALIDITY)
        .putObjectRequest(put -> put.bucket(bucket).key(record.key()).contentLength(record.sizeBytes())
            .contentType(CONTENT_TYPE).ifNoneMatch("*")));
    try {
      return new Link(presigned.url().toURI(), presigned.expiration().truncatedTo(ChronoUnit.SECONDS));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The presigner made an unusable URL", e);
    }
  }
}
