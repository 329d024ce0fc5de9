package no.rapport.reportfiles.xlsx;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import no.rapport.reportfiles.Joining;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;

/// A share of a workbook: rows of the sheet of activities, then the list of attachments.
final class XlsxShare implements ShareWriter {

  static final String ACTIVITIES = "activities";
  private static final String ROWS_BEFORE = "rows_before";

  private static final XlsxRows.Kind[] ACTIVITY_KINDS = {XlsxRows.Kind.UNIQUE_TEXT, XlsxRows.Kind.TEXT,
      XlsxRows.Kind.DATE, XlsxRows.Kind.NUMBER, XlsxRows.Kind.NUMBER, XlsxRows.Kind.TEXT, XlsxRows.Kind.TEXT,
      XlsxRows.Kind.TEXT, XlsxRows.Kind.TEXT, XlsxRows.Kind.LONG_TEXT, XlsxRows.Kind.LONG_TEXT,
      XlsxRows.Kind.LONG_TEXT, XlsxRows.Kind.REMARK};
  private static final int[] ACTIVITY_WIDTHS = Stream.of(ActivityColumn.values()).mapToInt(ActivityColumn::width)
      .toArray();

  private final OutputStream out;
  private final ReportLocale locale;
  private final boolean withAttachments;
  private final int index;
  private final XlsxRows activities;
  private final AttachmentList attachments = new AttachmentList();
  private final long rowsBefore;
  private final ActivityTotals.Builder totals = new ActivityTotals.Builder();
  private boolean finished;

  XlsxShare(OutputStream out, ReportDescription description, int index, long rowsBefore) {
    this.out = out;
    this.locale = description.locale();
    this.withAttachments = description.includeAnnexes();
    this.index = index;
    this.rowsBefore = rowsBefore;
    this.activities = new XlsxRows(out, locale, ACTIVITY_KINDS, ACTIVITY_WIDTHS, rowsBefore);
  }

  @Override
  public void row(Activity activity) throws IOException {
    Joining.requireRoom(finished, activities.rows());
    Countability countability = Countability.of(activity);
    totals.add(activity, countability);
    activities.text(0, activity.activityId());
    activities.text(1, ActivityTypes.name(activity.activityType(), locale));
    activities.date(2, activity.date());
    activities.number(3, activity.participantCount());
    activities.number(4, activity.durationMinutes());
    activities.text(5, activity.location());
    activities.text(6, activity.municipality());
    activities.text(7, activity.county());
    activities.text(8, activity.targetGroup());
    activities.text(9, activity.title());
    activities.text(10, activity.notes());
    activities.text(11, Joining.attachments(activity));
    activities.text(12, countability.reason(locale));
    activities.end();
    if (withAttachments) {
      for (String name : activity.attachments()) {
        attachments.add(activity, name);
      }
    }
  }

  /// Whether the share's activities were written for that place on their sheet.
  static boolean isNumberedFor(ShareSummary share, long rowsBefore) {
    return Long.toString(rowsBefore).equals(share.traits().get(ROWS_BEFORE));
  }

  @Override
  public ShareSummary finish() throws IOException {
    finished = true;
    List<ShareSummary.Section> sections = new ArrayList<>();
    sections.add(activities.finish(ACTIVITIES, 0));
    sections.addAll(attachments.finish(out, sections.getFirst().bytes()));
    long bytes = sections.stream().mapToLong(ShareSummary.Section::bytes).sum();
    out.flush();
    return new ShareSummary(index, activities.rows(), bytes, sections, totals.build(),
        Map.of(ROWS_BEFORE, Long.toString(rowsBefore)));
  }
}
