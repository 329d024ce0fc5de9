package no.rapport.imports;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import no.rapport.api.Ids;
import no.rapport.reporting.NationalIdMask;

/// An object that was put into the bucket to be imported.
///
/// @param etag the object's ETag
/// @param putAt when the object was put, to the millisecond
public record UploadedFile(String orgId, ImportKind kind, String key, String etag, long sizeBytes, Instant putAt) {

  private static final int MAX_NAME = 255;
  private static final Pattern ANNOUNCED = Pattern.compile(
      "imports/([A-Za-z0-9_-]{1,64})/(activities|cases|organization)/(imp_[0-9A-HJKMNP-TV-Z]{26})(\\.[a-z]+){0,2}");

  /// Returns the import id in the key, or empty if the API did not make the key.
  Optional<String> announcedId() {
    Matcher matcher = ANNOUNCED.matcher(key);
    return matcher.matches() && matcher.group(1).equals(orgId) && matcher.group(2).equals(kind.word())
        ? Optional.of(matcher.group(3)) : Optional.empty();
  }

  /// Returns the id of an import that was not announced. It is derived from the object, so that a repeated event finds
  /// the same import.
  String derivedId() {
    return "imp_" + Ids.derived(key + "\n" + version()).ulid(putAt);
  }

  /// Returns a text that distinguishes this put of the key from others.
  String version() {
    return etag.replace("\"", "") + " " + putAt.toEpochMilli();
  }

  /// Returns the name within the organisation's folder, with identity numbers masked.
  String fileName() {
    String folder = "imports/" + orgId + "/";
    String name = key.substring(folder.length()).replaceFirst("^(activities|cases)/", "");
    String shown = NationalIdMask.mask(name).text().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "_");
    return shown.length() <= MAX_NAME ? shown
        : shown.substring(0, shown.offsetByCodePoints(0, Math.min(MAX_NAME, shown.codePointCount(0, shown.length()))));
  }
}
