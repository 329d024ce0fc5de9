package no.rapport.reportrecords;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import no.rapport.reporting.NationalIdMask;
import no.rapport.reporting.ReportFormat;

/// Validates the keys that a client may name as a report file. A key must be below `reports/{org_id}/` and consist of
/// plain segments, so that it cannot refer to anything outside that folder. The last segment is the file name of the
/// download, so a key must not contain a national identity number.
public final class FileRef {

  public static final String EXPECTATION = "must be a key below reports/{org_id}/ of the report's own organisation, in "
      + "segments of letters, digits, spaces and . _ - ( ) + , @ =, without a national identity number";

  /// The longest key of an object in S3, in bytes of UTF-8.
  private static final int MAX_BYTES = 1024;
  private static final Pattern SEGMENT = Pattern.compile("[\\p{L}\\p{M}\\p{N} ._()+,@=-]+");
  private static final Pattern ONLY_DOTS_AND_SPACES = Pattern.compile("[. ]+");

  private FileRef() {}

  /// @return the key, or empty if a report of this organisation must not name it
  public static Optional<String> of(String orgId, String key) {
    String folder = "reports/" + orgId + "/";
    return Optional.of(key)
        .filter(k -> k.startsWith(folder) && k.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES)
        .filter(k -> Arrays.stream(k.substring(folder.length()).split("/", -1)).allMatch(segment ->
            SEGMENT.matcher(segment).matches() && !ONLY_DOTS_AND_SPACES.matcher(segment).matches()))
        .filter(k -> !NationalIdMask.isIn(k.substring(folder.length())));
  }

  /// Returns the content type of a file by the extension of its key.
  public static String contentType(String key) {
    String extension = key.substring(key.lastIndexOf('.') + 1);
    return ReportFormat.ofWord(extension).map(ReportFormat::contentType)
        .orElse(extension.equals("zip") ? "application/zip" : "application/octet-stream");
  }
}
