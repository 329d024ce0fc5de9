package no.rapport.sourceimports;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.ReportLocale;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The rows of files below `imports/{org_id}/activities/`.
///
/// Free text (place, county, target group, title, notes, attachments) may be empty, but its column must be present,
/// except for `notes` and `attachments`. A row with `deleted` withdraws the activity and needs only `activity_id`,
/// `org_id` and `updated_at`.
final class ActivityForm implements RowForm {

  private static final Set<String> WITHDRAWAL = Set.of("activity_id", "org_id", "updated_at");
  private static final Set<String> REQUIRED = Set.of(
      "activity_id", "org_id", "activity_type", "date", "participant_count", "duration_minutes", "location",
      "municipality", "county", "target_group", "title", "updated_at");
  private static final Set<String> COLUMNS = Set.of(
      "activity_id", "org_id", "activity_type", "date", "participant_count", "duration_minutes", "location",
      "municipality", "county", "target_group", "title", "updated_at", "notes", "attachments", "deleted");
  private static final Pattern MUNICIPALITY = Pattern.compile("[0-9]{4}");
  private static final Pattern MUNICIPALITY_WITHOUT_ZERO = Pattern.compile("[1-9][0-9]{2}");
  private static final Pattern MUNICIPALITY_IN_SPREADSHEET = Pattern.compile("[0-9]{3,4}|");
  private static final Map<String, String> TYPES_BY_LABEL = typesByLabel();
  private static final int ITEM_BYTES = 400;

  @Override
  public RowKind kind() {
    return RowKind.ACTIVITIES;
  }

  @Override
  public Set<String> columns() {
    return COLUMNS;
  }

  @Override
  public Set<String> requiredColumns(boolean mayWithdraw) {
    return mayWithdraw ? WITHDRAWAL : REQUIRED;
  }

  @Override
  public SourceRow parse(Cells cells, String orgId, ImportSource source) {
    String id = cells.id("activity_id");
    cells.requireOrganization(orgId);
    Instant updatedAt = source.updatedAt(cells);
    Version version = source.version(updatedAt, cells.line());
    if (cells.optionalBool("deleted").orElse(false)) {
      return new SourceRow(id, version, Optional.empty(), ITEM_BYTES);
    }
    String municipality = municipality(cells, source);
    var activity = new Activity(
        id,
        orgId,
        type(cells.word("activity_type")),
        cells.date("date"),
        cells.integer("participant_count", 0, Integer.MAX_VALUE),
        cells.integer("duration_minutes", 0, Integer.MAX_VALUE),
        cells.text("location"),
        municipality,
        cells.text("county"),
        cells.text("target_group"),
        cells.text("title"),
        cells.optionalText("notes"),
        cells.texts("attachments"),
        updatedAt);
    String packed = ActivityItem.pack(activity);
    var content = new SourceRow.Content(
        activity.date().toString(),
        Map.of(
            SourceDataTable.TYPE, AttributeValue.fromS(activity.activityType()),
            SourceDataTable.ROW, AttributeValue.fromS(packed)),
        ActivityItem.fingerprint(activity),
        List.of(),
        "");
    return new SourceRow(id, version, Optional.of(content), ITEM_BYTES + 3 * packed.length());
  }

  /// Returns whether a cell may be a municipality number from a spreadsheet, which drops leading zeros.
  static boolean isMunicipalityOfSpreadsheet(String cell) {
    return MUNICIPALITY_IN_SPREADSHEET.matcher(Spelling.plain(cell)).matches();
  }

  private static String municipality(Cells cells, ImportSource source) {
    String municipality = Spelling.plain(cells.text("municipality"));
    if (municipality.isEmpty() || MUNICIPALITY.matcher(municipality).matches()) {
      return municipality;
    }
    if (MUNICIPALITY_WITHOUT_ZERO.matcher(municipality).matches() && source.leadingZerosLost().getAsBoolean()) {
      cells.warn("municipality", "has lost its leading zero and was read with it");
      return "0" + municipality;
    }
    cells.reject("municipality", "must be the four digits of a municipality's number");
    return municipality;
  }

  /// Returns the code of an activity type that is given by its code or by one of its names; returns any other text
  /// unchanged.
  private static String type(String given) {
    String known = TYPES_BY_LABEL.get(given);
    return known != null ? known : TYPES_BY_LABEL.getOrDefault(label(given), given);
  }

  private static Map<String, String> typesByLabel() {
    var types = new HashMap<String, String>();
    for (String code : ActivityTypes.codes()) {
      types.put(label(code), code);
      for (ReportLocale locale : ReportLocale.values()) {
        types.put(label(ActivityTypes.name(code, locale)), code);
      }
    }
    return Map.copyOf(types);
  }

  private static String label(String text) {
    return Spelling.composed(Spelling.plain(text)).replace('\u2019', '\'').toLowerCase(Locale.ROOT);
  }
}
