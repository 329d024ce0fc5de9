package no.rapport.sourceimports;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an object's key below `imports/` asks for.
sealed interface ImportKey {

  Pattern FILE = Pattern.compile(
      "imports/([A-Za-z0-9_-]{1,64})/(activities|cases)/(.+)\\.((?i:csv|jsonl))", Pattern.DOTALL);
  Pattern ORGANIZATION = Pattern.compile("imports/([A-Za-z0-9_-]{1,64})/organization\\.json");
  String REPORT = ".report.json";
  String CHECKPOINT = ".checkpoint.json";

  /// A file of rows.
  ///
  /// @param key the file's own key
  record RowFile(String key, String orgId, RowForm form, boolean csv) implements ImportKey {

    String reportKey() {
      return key + REPORT;
    }

    String checkpointKey() {
      return key + CHECKPOINT;
    }
  }

  /// Says how far the import of a file has come: it is to go on.
  record Continuation(RowFile file) implements ImportKey {}

  /// The organisation's entry in the register.
  record Organization(String key, String orgId) implements ImportKey {}

  /// Reads a key; empty for what is none of the import's business, its own reports among it.
  static Optional<ImportKey> of(String key) {
    if (key.endsWith(CHECKPOINT)) {
      return rowFile(key.substring(0, key.length() - CHECKPOINT.length())).map(Continuation::new);
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
