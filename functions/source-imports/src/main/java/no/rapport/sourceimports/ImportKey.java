package no.rapport.sourceimports;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the key of an object below `imports/` or `import-state/` asks for.
sealed interface ImportKey {

  String FILES = "imports/";
  String STATES = "import-state/";
  Pattern FILE = Pattern.compile(
      "imports/([A-Za-z0-9_-]{1,64})/(activities|cases)/(.+)\\.((?i:csv|jsonl))", Pattern.DOTALL);
  Pattern ORGANIZATION = Pattern.compile("imports/([A-Za-z0-9_-]{1,64})/organization\\.json");
  String REPORT = ".report.json";
  String PAUSED = ".paused.json";
  String DONE = ".done.json";

  /// A file of rows.
  ///
  /// @param key the file's own key
  record RowFile(String key, String orgId, RowForm form, boolean csv) implements ImportKey {

    /// The report for the organisation.
    String reportKey() {
      return key + REPORT;
    }

    /// Where a paused import goes on.
    String pausedKey() {
      return stateKey(PAUSED);
    }

    /// The report as Rapport keeps it.
    String doneKey() {
      return stateKey(DONE);
    }

    private String stateKey(String ending) {
      return STATES + key.substring(FILES.length()) + ending;
    }
  }

  /// A paused import is to go on.
  record Continuation(RowFile file) implements ImportKey {}

  /// The organisation's entry in the register.
  record Organization(String key, String orgId) implements ImportKey {}

  /// Reads a key; empty for what is none of the import's business: its own reports, and what stands for a folder.
  static Optional<ImportKey> of(String key) {
    if (key.startsWith(STATES)) {
      return key.endsWith(PAUSED)
          ? rowFile(FILES + key.substring(STATES.length(), key.length() - PAUSED.length())).map(Continuation::new)
          : Optional.empty();
    }
    if (key.endsWith(REPORT) || key.endsWith("/")) {
      return Optional.empty();
    }
    Matcher organization = ORGANIZATION.matcher(key);
    if (organization.matches()) {
      return Optional.of(new Organization(key, organization.group(1)));
    }
    return rowFile(key).map(file -> file);
  }

  private static Optional<RowFile> rowFile(String key) {
    Matcher file = FILE.matcher(key);
    if (!file.matches()) {
      return Optional.empty();
    }
    RowForm form = file.group(2).equals("cases") ? new CaseForm() : new ActivityForm();
    return Optional.of(new RowFile(key, file.group(1), form, file.group(4).toLowerCase(Locale.ROOT).equals("csv")));
  }
}
