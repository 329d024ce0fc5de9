package no.rapport.synthetic;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Documents;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// The source files of the synthetic organisation. Every run imports the same rows, so that rows do not accumulate.
record SyntheticFiles(S3Client s3, String bucket) {

  static final String ORGANIZATION = "synthetic";
  /// Imports accept dates of this year until 2051.
  static final String PERIOD = "2025";
  static final int ACTIVITIES = 3;
  /// The value of the first figure, which follows from the case records.
  static final String FIGURE = "antall_meldinger_mottatt";
  static final int FIGURE_VALUE = 2;

  static final String ACTIVITY_FILE = "imports/" + ORGANIZATION + "/activities/synthetic.csv";
  static final String CASE_FILE = "imports/" + ORGANIZATION + "/cases/synthetic.jsonl";
  private static final String REPORT = ".report.json";

  /// Puts both files. Their rows are newer than those of any earlier run.
  void put(Instant updatedAt) {
    var activities = new StringBuilder("activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;"
        + "municipality;county;target_group;title;notes;attachments;updated_at\n");
    for (int row = 1; row <= ACTIVITIES; row++) {
      activities.append("synthetic-%d;%s;course;%s-03-0%d;%d;60;Oslo;0301;Oslo;families;Synthetic course %d;;;%s\n"
          .formatted(row, ORGANIZATION, PERIOD, row, row, row, updatedAt));
    }
    var cases = new StringBuilder();
    for (int record = 1; record <= FIGURE_VALUE; record++) {
      cases.append(("{\"type\":\"melding\",\"record_id\":\"synthetic-%d\",\"org_id\":\"%s\",\"source_system\":\"synthetic\","
          + "\"updated_at\":\"%s\",\"barn_id\":\"synthetic-child-%d\",\"mottatt_dato\":\"%s-03-0%d\"}\n")
          .formatted(record, ORGANIZATION, updatedAt, record, PERIOD, record));
    }
    s3.putObject(put -> put.bucket(bucket).key(ACTIVITY_FILE), RequestBody.fromString(activities.toString()));
    s3.putObject(put -> put.bucket(bucket).key(CASE_FILE), RequestBody.fromString(cases.toString()));
  }

  /// Returns the report of a file's import, or empty if it has not been written yet.
  Optional<JsonNode> report(String file) {
    try {
      ResponseBytes<GetObjectResponse> report = s3.getObject(get -> get.bucket(bucket).key(file + REPORT),
          ResponseTransformer.toBytes());
      return Optional.of(Documents.mapper().readTree(report.asByteArray()));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new SyntheticRunFailed("An import report is not JSON");
    }
  }

  void remove() {
    for (String file : List.of(ACTIVITY_FILE, CASE_FILE)) {
      for (String key : List.of(file, file + REPORT)) {
        s3.deleteObject(delete -> delete.bucket(bucket).key(key));
      }
    }
  }
}
