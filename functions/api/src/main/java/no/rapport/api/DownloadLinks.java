package no.rapport.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import no.rapport.records.Acting;
import no.rapport.records.Records;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Makes presigned links to files that expire within 30 seconds (contract: export-files, "expiring less than 30 seconds
/// from when it is issued"). Every read makes a new link; links are never stored.
public final class DownloadLinks {

  /// Lifetime of a link.
  public static final Duration VALIDITY = Duration.ofSeconds(25);

  private static final int MAX_NAME_CHARACTERS = 150;

  private final S3Presigner presigner;
  private final String bucket;
  private final Records records;
  private final Clock clock;

  /// @param records stores the audit event of each link
  public DownloadLinks(S3Presigner presigner, String bucket, Records records, Clock clock) {
    this.presigner = presigner;
    this.bucket = bucket;
    this.records = records;
    this.clock = clock;
  }

  /// @param expires the moment from which the link no longer works, UTC, whole seconds
  public record Link(URI url, Instant expires) {}

  /// Returns a new link to one object, which is saved under a name that is safe in a header and on every file system.
  /// Stores the audit event before it makes the link.
  ///
  /// @param orgId the organisation that owns the object
  /// @param resource kind and id of the resource that the object belongs to
  public Link to(String orgId, String resource, String key, String fileName, String contentType) {
    Acting.storeLinkIssued(records, orgId, resource, clock.instant());
    var presigned = presigner.presignGetObject(request -> request.signatureDuration(VALIDITY)
        .getObjectRequest(get -> get.bucket(bucket).key(key).responseContentType(contentType)
            .responseContentDisposition(disposition(fileName))));
    try {
      return new Link(presigned.url().toURI(), presigned.expiration().truncatedTo(ChronoUnit.SECONDS));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The presigner made an unusable URL for " + key, e);
    }
  }

  /// Returns the header value by RFC 6266: an ASCII name for every client, and a UTF-8 name for clients that support
  /// it.
  static String disposition(String fileName) {
    String safe = safe(fileName);
    String ascii = safe.replaceAll("[^\\x20-\\x7e]", "_").replace("%", "_");
    String plain = "attachment; filename=\"" + ascii + "\"";
    return ascii.equals(safe) ? plain
        : plain + "; filename*=UTF-8''" + URLEncoder.encode(safe, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Replaces characters that a file system, a shell or a reader could misinterpret: control, format (such as the
  /// override of writing direction) and unassigned characters, path separators, dots and spaces at the ends.
  private static String safe(String fileName) {
    String name = fileName.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}\\\\/:*?\"<>|]", "_")
        .replaceAll("^[. ]+|[. ]+$|\\.{2,}", "_");
    int dot = name.lastIndexOf('.');
    String extension = dot > 0 && name.length() - dot <= 10 ? name.substring(dot) : "";
    int length = name.codePointCount(0, name.length());
    if (length > MAX_NAME_CHARACTERS) {
      name = name.substring(0, name.offsetByCodePoints(0, MAX_NAME_CHARACTERS - extension.length())) + extension;
    }
    return name.isEmpty() ? "file" : name;
  }
}
