package no.rapport.sourceimports;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import no.rapport.reporting.Activity;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The rows below `imports/{org_id}/activities/`.
///
/// Free text (place, county, target group, title, notes, attachments) may be empty, but its column must be there,
/// `notes` and `attachments` excepted. A row with `deleted` withdraws the activity and needs only `activity_id`,
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
    if (!cells.id("org_id").equals(orgId)) {
      cells.reject("org_id", "is not the organisation of the folder");
    }
    Instant updatedAt = cells.instant("updated_at");
    Version version = source.version(updatedAt, cells.line());
    if (cells.optionalBool("deleted").orElse(false)) {
      return new SourceRow(id, version, Optional.empty(), ITEM_BYTES);
    }
    String municipality = cells.text("municipality");
    if (!municipality.isEmpty() && !MUNICIPALITY.matcher(municipality).matches()) {
      cells.reject("municipality", "must be the four digits of a municipality's number");
    }
    var activity = new Activity(
        id,
        orgId,
        cells.word("activity_type"),
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
}
