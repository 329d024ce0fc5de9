package no.rapport.exportworkflow;

import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import no.rapport.records.Documents;
import no.rapport.reporting.Activity;

/// Which attachments the rows of one rendered part name, in the order of the rows: JSON Lines in an object beside the
/// share, because they may be too many for the workflow's state.
final class AttachmentReferences {

  private static final ObjectReader READER = Documents.mapper().readerFor(OfActivity.class);

  private AttachmentReferences() {}

  /// @param files as the activity names them: nothing about them is checked yet
  record OfActivity(String activityId, List<String> files) {}

  interface Visitor {
    void attachment(String activityId, String file) throws IOException;
  }

  /// Reads what a [Notes] wrote.
  static void read(WorkflowFiles files, String key, Visitor visitor) throws IOException {
    try (var lines = new BufferedReader(new InputStreamReader(files.open(key), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        OfActivity activity = READER.readValue(line);
        for (String file : activity.files()) {
          visitor.attachment(activity.activityId(), file);
        }
      }
    }
  }

  /// Notes the attachments of rows as they pass.
  static final class Notes implements Closeable {

    private final WorkflowFiles.Upload upload;
    private final BufferedWriter lines;
    private long count;

    Notes(WorkflowFiles files, String key) {
      upload = files.upload(key, "application/jsonl");
      lines = new BufferedWriter(new OutputStreamWriter(upload, StandardCharsets.UTF_8), 1 << 16);
    }

    void row(Activity row) throws IOException {
      if (!row.attachments().isEmpty()) {
        lines.write(Documents.write(new OfActivity(row.activityId(), row.attachments())));
        lines.write('\n');
        count += row.attachments().size();
      }
    }

    /// @return how many attachments were named
    long finish() throws IOException {
      lines.flush();
      upload.complete();
      return count;
    }

    @Override
    public void close() throws IOException {
      upload.close();
    }
  }
}
