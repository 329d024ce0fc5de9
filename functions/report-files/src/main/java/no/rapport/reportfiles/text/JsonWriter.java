package no.rapport.reportfiles.text;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.ReportWriter;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.ShownFigure;

/// One JSON document: `metadata`, `key_figures`, `columns` and `rows`, where a row is an array in the columns' order.
/// Values are for machines (ISO dates, numbers as numbers, attachments as an array); headings and type names are in the
/// reader's language.
public record JsonWriter() implements ReportWriter {

  private static final int BUFFER = 1 << 16;
  private static final byte[] HEX = Bytes.ascii("0123456789abcdef");
  private static final byte[] NULL = Bytes.ascii("null");

  @Override
  public ShareWriter share(OutputStream out, ReportDescription description, int index, long rowsBefore) {
    ReportLocale locale = description.locale();
    return new TextShare(out, index,
        (bytes, activity, countability, isFirst) -> putRow(bytes, activity, countability, locale, isFirst));
  }

  @Override
  public void assemble(OutputStream out, ReportDescription description, KeyFigures figures, List<ShareSummary> shares,
      ShareSource source) throws IOException {
    Bytes json = new Bytes(BUFFER);
    json.put("{\"metadata\":");
    putMetadata(json, description, figures.totals());
    if (description.includeAnnexes()) {
      json.put(",\n\"key_figures\":");
      putKeyFigures(json, description, figures);
    }
    json.put(",\n\"columns\":[");
    for (ActivityColumn column : ActivityColumn.values()) {
      json.put(column.ordinal() == 0 ? "" : ",");
      json.put("{\"key\":");
      putString(json, column.key());
      json.put(",\"label\":");
      putString(json, column.heading(description.locale()));
      json.put('}');
    }
    json.put("],\n\"rows\":[");
    json.writeTo(out);
    TextShare.join(out, shares, source, ",");
    out.write(Bytes.ascii("\n]}\n"));
    out.flush();
  }

  private static void putMetadata(Bytes json, ReportDescription description, ActivityTotals totals) {
    ReportLocale locale = description.locale();
    json.put("{\"title\":");
    putString(json, Wording.REPORT_TITLE.in(locale));
    json.put(",\"org_id\":");
    putString(json, description.orgId());
    json.put(",\"organization_name\":");
    putString(json, description.organizationName());
    json.put(",\"period_from\":\"");
    ReportDates.putIso(json, description.period().from());
    json.put("\",\"period_to\":\"");
    ReportDates.putIso(json, description.period().to());
    json.put("\",\"locale\":");
    putString(json, locale.tag());
    json.put(",\"activity_types\":[");
    for (int i = 0; i < description.activityTypes().size(); i++) {
      json.put(i == 0 ? "" : ",");
      putString(json, description.activityTypes().get(i));
    }
    json.put("],\"include_annexes\":" + description.includeAnnexes() + ",\"suppression\":");
    putString(json, description.suppression().word());
    json.put(",\"row_count\":");
    json.putNumber(totals.all().rows());
    json.put(",\"countable_row_count\":");
    json.putNumber(totals.all().countable());
    json.put('}');
  }

  private static void putKeyFigures(Bytes json, ReportDescription description, KeyFigures figures) {
    ReportLocale locale = description.locale();
    ActivityTotals totals = figures.totals();
    json.put("{\"activities\":{\"total\":");
    putCount(json, totals.all());
    json.put(",\"by_type\":[");
    String separator = "";
    for (String type : ActivityTypes.inOrder(totals.byType().keySet())) {
      json.put(separator + "{\"activity_type\":");
      putString(json, type);
      json.put(",\"label\":");
      putString(json, ActivityTypes.name(type, locale));
      json.put(",\"count\":");
      putCount(json, totals.byType().get(type));
      json.put('}');
      separator = ",";
    }
    json.put("],\"by_month\":[");
    separator = "";
    for (SortedMap.Entry<String, ActivityTotals.Count> month : totals.byMonth().entrySet()) {
      json.put(separator + "{\"month\":\"" + month.getKey() + "\",\"count\":");
      putCount(json, month.getValue());
      json.put('}');
      separator = ",";
    }
    json.put("]},\"snapshot\":");
    if (figures.snapshot().isEmpty()) {
      json.put(NULL);
    } else {
      putSnapshot(json, description, figures.snapshot().get());
    }
    json.put('}');
  }

  private static void putCount(Bytes json, ActivityTotals.Count count) {
    json.put("{\"rows\":" + count.rows() + ",\"countable\":" + count.countable() + ",\"participants\":"
        + count.participants() + ",\"minutes\":" + count.minutes() + "}");
  }

  private static void putSnapshot(Bytes json, ReportDescription description, FigureSnapshot snapshot) {
    ReportLocale locale = description.locale();
    json.put("{\"period_id\":");
    putString(json, snapshot.periodId());
    json.put(",\"sections\":[");
    String section = "";
    String end = "";
    for (ShownFigure figure : ShownFigure.of(snapshot, description.suppression())) {
      if (!figure.section().id().equals(section)) {
        section = figure.section().id();
        json.put(end + "{\"section\":");
        putString(json, section);
        json.put(",\"label\":");
        putString(json, figure.section().title(locale));
        json.put(",\"figures\":[");
        end = "";
      }
      json.put(end + "{\"field_key\":");
      putString(json, figure.figure().key());
      json.put(",\"label\":");
      putString(json, figure.figure().label(locale));
      json.put(",\"value\":");
      putValue(json, figure.value());
      json.put(",\"prior_value\":");
      putValue(json, figure.priorValue());
      json.put(",\"change\":");
      putValue(json, figure.change());
      json.put(",\"comparability\":");
      putString(json, figure.comparability().word());
      json.put(",\"unit\":");
      putString(json, figure.figure().unit().word());
      json.put(",\"data_source\":");
      putString(json, figure.dataSource());
      json.put('}');
      end = ",";
      if (figure.lastOfSection()) {
        json.put("]}");
      }
    }
    json.put("]}");
  }

  private static void putValue(Bytes json, ShownFigure.Value value) {
    switch (value) {
      case ShownFigure.Hidden() -> putString(json, ShownFigure.HIDDEN_MARK);
      case ShownFigure.Shown(Optional<BigDecimal> number) ->
          json.put(number.map(BigDecimal::toPlainString).orElse("null"));
    }
  }

  static void putString(Bytes json, String text) {
    int chars = text.length();
    json.ensure(chars * 6 + 2);
    byte[] array = json.array;
    int at = json.length;
    array[at++] = '"';
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        json.length = at;
        i = json.putWide(text, i, c);
        at = json.length;
      } else if (c == '"' || c == '\\') {
        array[at++] = '\\';
        array[at++] = (byte) c;
      } else if (c < 0x20) {
        array[at++] = '\\';
        if (c == '\n' || c == '\r' || c == '\t') {
          array[at++] = (byte) (c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        } else {
          array[at++] = 'u';
          array[at++] = '0';
          array[at++] = '0';
          array[at++] = HEX[c >> 4];
          array[at++] = HEX[c & 15];
        }
      } else {
        array[at++] = (byte) c;
      }
    }
    array[at++] = '"';
    json.length = at;
  }

  private static void putRow(Bytes bytes, Activity activity, Countability countability, ReportLocale locale,
      boolean isFirst) {
    if (!isFirst) {
      bytes.put(',');
    }
    bytes.put('\n');
    bytes.put('[');
    text(bytes, activity.activityId());
    text(bytes, ActivityTypes.name(activity.activityType(), locale));
    bytes.put('"');
    ReportDates.putIso(bytes, activity.date());
    bytes.put('"');
    bytes.put(',');
    bytes.putNumber(activity.participantCount());
    bytes.put(',');
    bytes.putNumber(activity.durationMinutes());
    bytes.put(',');
    text(bytes, activity.location());
    text(bytes, activity.municipality());
    text(bytes, activity.county());
    text(bytes, activity.targetGroup());
    text(bytes, activity.title());
    text(bytes, activity.notes());
    bytes.put('[');
    List<String> attachments = activity.attachments();
    for (int i = 0; i < attachments.size(); i++) {
      if (i > 0) {
        bytes.put(',');
      }
      putString(bytes, attachments.get(i));
    }
    bytes.put(']');
    bytes.put(',');
    if (countability.counts()) {
      bytes.put(NULL);
    } else {
      putString(bytes, countability.reason(locale));
    }
    bytes.put(']');
  }

  private static void text(Bytes bytes, String text) {
    putString(bytes, text);
    bytes.put(',');
  }
}
