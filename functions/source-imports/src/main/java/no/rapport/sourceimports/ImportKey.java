package no.rapport.sourceimports;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the key of an object below `imports/` or `import-state/` stands for.
sealed interface ImportKey {

  String FILES = "imports/";
  String STATES = "import-state/";
  Pattern FILE = Pattern.compile("imports/([A-Za-z0-9_-]{1,64})/(activities|cases)/(.+)", Pattern.DOTALL);
  Pattern ORGANIZATION = Pattern.compile(
      "imports/([A-Za-z0-9_-]{1,64})/(?:(?i:organization\\.json)|organization/imp_[0-9A-HJKMNP-TV-Z]{26}\\.json)");
  Pattern FOLDER = Pattern.compile("imports/[A-Za-z0-9_-]{1,64}/.*", Pattern.DOTALL);
  /// An S3 key has at most 1,024 bytes. The key of a state is the longest that is derived from a file's key.
  int MAX_KEY_BYTES = 1_000;
  String REPORT = ".report.json";
  String START = "/start.json";
  Pattern STARTED = Pattern.compile("import-state/([A-Za-z0-9_-]{1,64})/start\\.json");
  String PAUSED = ".paused.json";

  /// A file of rows.
  ///
  /// @param key the key of the file itself
  record RowFile(String key, String orgId, RowForm form) implements ImportKey {

    /// Returns the key of the report for the organisation.
    String reportKey() {
      return key + REPORT;
    }

    /// Returns the key of the state of a paused import.
    String pausedKey() {
      return STATES + key.substring(FILES.length()) + PAUSED;
    }

  }

  /// A request to import the waiting files of an organisation.
  record Start(String orgId) implements ImportKey {

    static String key(String orgId) {
      return STATES + orgId + START;
    }
  }

  /// The name and the numbers of an organisation.
  record Organization(String key, String orgId) implements ImportKey {}

  /// An object in a place where no imports are expected.
  ///
  /// @param reason the reason that its report gives
  record Misplaced(String key, String reason) implements ImportKey {

    String reportKey() {
      return key + REPORT;
    }
  }

  /// Parses a key. Returns empty for keys that are not imported: reports, folder placeholders, and names that are too
  /// long for a report beside them.
  static Optional<ImportKey> of(String key) {
    if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      return Optional.empty();
    }
    if (key.startsWith(STATES)) {
      Matcher start = STARTED.matcher(key);
      return start.matches() ? Optional.of(new Start(start.group(1))) : Optional.empty();
    }
    if (!key.startsWith(FILES) || key.endsWith(REPORT) || key.endsWith("/")) {
      return Optional.empty();
    }
    Matcher organization = ORGANIZATION.matcher(key);
    if (organization.matches()) {
      return Optional.of(new Organization(key, organization.group(1)));
    }
    return Optional.of(rowFile(key).map(file -> (ImportKey) file).orElseGet(() -> new Misplaced(
        key, FOLDER.matcher(key).matches()
            ? "The file was not imported: put it below activities/, below cases/, or name it organization.json"
            : "The file was not imported: the first folder must be the id of an organisation")));
  }

  private static Optional<RowFile> rowFile(String key) {
    Matcher file = FILE.matcher(key);
    return file.matches()
        ? Optional.of(new RowFile(
            key, file.group(1), file.group(2).equals("cases") ? new CaseForm() : new ActivityForm()))
        : Optional.empty();
  }
}
