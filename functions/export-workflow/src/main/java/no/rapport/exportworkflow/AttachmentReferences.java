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

/// Stores and reads the names of attachments in the rows of a rendered part, in the order of the rows: JSON Lines in an
/// object next to the share, because the workflow's state is too small for them.
final class AttachmentReferences {

  private static final ObjectReader READER = Documents.mapper().readerFor(OfActivity.class);

  private AttachmentReferences() {}

  /// @param files file names as in the activity, unchecked
  record OfActivity(String activityId, List<String> files) {}

  interface Visitor {
    void attachment(String activityId, String file) throws IOException;
  }

  /// Reads an object of [Notes].
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

  /// Writes the names of the attachments of rows.
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

    /// @return number of attachments
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
