package no.rapport.reportfiles.xlsx;

import java.io.ByteArrayOutputStream;
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

/// A share of a workbook: rows of the sheet of activities, then rows of the sheet of attachments. Attachments' rows wait,
/// compressed, in memory until the activities are through.
final class XlsxShare implements ShareWriter {

  static final String ACTIVITIES = "activities";
  static final String ATTACHMENTS = "attachments";

  private static final XlsxRows.Kind[] ACTIVITY_KINDS = {XlsxRows.Kind.UNIQUE_TEXT, XlsxRows.Kind.TEXT,
      XlsxRows.Kind.DATE, XlsxRows.Kind.NUMBER, XlsxRows.Kind.NUMBER, XlsxRows.Kind.TEXT, XlsxRows.Kind.TEXT,
      XlsxRows.Kind.TEXT, XlsxRows.Kind.TEXT, XlsxRows.Kind.LONG_TEXT, XlsxRows.Kind.LONG_TEXT,
      XlsxRows.Kind.LONG_TEXT, XlsxRows.Kind.REMARK};
  private static final int[] ACTIVITY_WIDTHS = Stream.of(ActivityColumn.values()).mapToInt(ActivityColumn::width)
      .toArray();
  private static final XlsxRows.Kind[] ATTACHMENT_KINDS = {XlsxRows.Kind.TEXT, XlsxRows.Kind.DATE,
      XlsxRows.Kind.LONG_TEXT, XlsxRows.Kind.LONG_TEXT};
  /// Of the columns of attachments, in characters.
  static final int[] ATTACHMENT_WIDTHS = {18, 12, 60, 60};

  private final OutputStream out;
  private final ReportLocale locale;
  private final boolean withAttachments;
  private final int index;
  private final XlsxRows activities;
  private final List<Kept> attachments = new ArrayList<>();
  private final ActivityTotals.Builder totals = new ActivityTotals.Builder();
  private boolean finished;

  private record Kept(ByteArrayOutputStream bytes, XlsxRows rows) {}

  XlsxShare(OutputStream out, ReportDescription description, int index) {
    this.out = out;
    this.locale = description.locale();
    this.withAttachments = description.includeAnnexes();
    this.index = index;
    this.activities = new XlsxRows(out, locale, ACTIVITY_KINDS, ACTIVITY_WIDTHS);
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
        attachment(activity, name);
      }
    }
  }

  private void attachment(Activity activity, String name) throws IOException {
    if (attachments.isEmpty() || attachments.getLast().rows().rows() == ShareWriter.MAX_ROWS) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      attachments.add(new Kept(bytes, new XlsxRows(bytes, locale, ATTACHMENT_KINDS, ATTACHMENT_WIDTHS)));
    }
    XlsxRows rows = attachments.getLast().rows();
    rows.text(0, activity.activityId());
    rows.date(1, activity.date());
    rows.text(2, activity.title());
    rows.text(3, name);
    rows.end();
  }

  @Override
  public ShareSummary finish() throws IOException {
    finished = true;
    List<ShareSummary.Section> sections = new ArrayList<>();
    sections.add(activities.finish(ACTIVITIES, 0));
    long offset = sections.getFirst().bytes();
    for (Kept kept : attachments) {
      ShareSummary.Section section = kept.rows().finish(ATTACHMENTS, offset);
      kept.bytes().writeTo(out);
      sections.add(section);
      offset += section.bytes();
    }
    out.flush();
    return new ShareSummary(index, activities.rows(), offset, sections, totals.build(), Map.of());
  }
}
