package no.rapport.imports;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import no.rapport.api.Ids;
import no.rapport.reporting.NationalIdMask;

/// An object that was put into the bucket to be imported.
///
/// @param etag the object's version
/// @param putAt when it was put, milliseconds count
public record UploadedFile(String orgId, ImportKind kind, String key, String etag, long sizeBytes, Instant putAt) {

  private static final int MAX_NAME = 255;
  private static final Pattern ANNOUNCED = Pattern.compile(
      "imports/([A-Za-z0-9_-]{1,64})/(activities|cases|organization)/(imp_[0-9A-HJKMNP-TV-Z]{26})(\\.[a-z]+){0,2}");

  /// The id that the key carries, where the API made the key.
  Optional<String> announcedId() {
    Matcher matcher = ANNOUNCED.matcher(key);
    return matcher.matches() && matcher.group(1).equals(orgId) && matcher.group(2).equals(kind.word())
        ? Optional.of(matcher.group(3)) : Optional.empty();
  }

  /// The id of an import that nobody announced. It follows from the object, so that a repeated event finds the import.
  String derivedId() {
    return "imp_" + Ids.derived(key + "\n" + version()).ulid(putAt);
  }

  /// Tells this put of the key from others.
  String version() {
    return etag.replace("\"", "") + " " + putAt.toEpochMilli();
  }

  /// The name in the organisation's folder, without identity numbers.
  String fileName() {
    String folder = "imports/" + orgId + "/";
    String name = key.substring(folder.length()).replaceFirst("^(activities|cases)/", "");
    String shown = NationalIdMask.mask(name).text().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "_");
    return shown.length() <= MAX_NAME ? shown
        : shown.substring(0, shown.offsetByCodePoints(0, Math.min(MAX_NAME, shown.codePointCount(0, shown.length()))));
  }
}
