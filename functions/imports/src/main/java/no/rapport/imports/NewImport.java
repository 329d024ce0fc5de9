package no.rapport.imports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import no.rapport.api.Body;

/// The body of `POST /api/v1/imports`.
record NewImport(String orgId, ImportKind kind, String fileName, long sizeBytes, boolean dryRun) {

  private static final Pattern FILE_NAME = Pattern.compile("[^\\p{C}\\p{Zl}\\p{Zp}/\\\\]{1,255}");
  /// Known file extensions. Some tell apart text formats whose content looks alike.
  private static final Set<String> ENDINGS = Set.of("csv", "txt", "json", "jsonl", "ndjson", "xlsx", "xml", "zip");

  static NewImport parse(Body body, boolean dryRun) {
    String orgId = body.required("org_id", body.id("org_id"), "");
    ImportKind kind = body.required("kind",
        body.word("kind", ImportKind::ofWord, "must be activities, cases or organization"), ImportKind.ACTIVITIES);
    String fileName = body.required("file_name", body.matching("file_name", FILE_NAME,
        "must have 1 to 255 characters, without slashes, line breaks and control characters"), "");
    long sizeBytes = body.required("size_bytes", body.integer("size_bytes", 1, kind.maxBytes()), 1L);
    return new NewImport(orgId, kind, fileName, sizeBytes, dryRun);
  }

  /// Returns the key for the file. Only a known extension is taken from the client's file name.
  String key(String importId) {
    return "imports/" + orgId + "/" + kind.word() + "/" + importId + ending();
  }

  private String ending() {
    if (kind == ImportKind.ORGANIZATION) {
      return ".json";
    }
    String[] parts = fileName.toLowerCase(Locale.ROOT).split("\\.");
    boolean isCompressed = parts.length > 1 && parts[parts.length - 1].equals("gz");
    int last = parts.length - (isCompressed ? 2 : 1);
    Optional<String> form = last > 0 ? Arrays.stream(parts, last, last + 1).filter(ENDINGS::contains).findFirst()
        : Optional.empty();
    return form.map(ending -> "." + ending).orElse("") + (isCompressed ? ".gz" : "");
  }
}
