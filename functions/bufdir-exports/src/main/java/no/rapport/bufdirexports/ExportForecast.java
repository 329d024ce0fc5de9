package no.rapport.bufdirexports;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.exportjobs.AttachmentKeys;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.reporting.Activity;
import no.rapport.reporting.NationalIdMask;
import no.rapport.sourcedata.Activities;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/// The content of an export if it were made now.
///
/// Computing it takes at most 101 requests: one page of rows for each of 61 months, 30 more pages, and 10 pages of keys of
/// attachments.
///
/// @param rows how many rows there would be
/// @param isComplete whether all rows were read; if not, there are more
/// @param otherTypes how many rows of the period are of types that were not ordered
/// @param attachmentsMissing how many attachments the file would lack; empty where there are too many to be compared
/// @param identityNumbersMasked in how many rows an identity number would be masked
record ExportForecast(
    long rows, boolean isComplete, long otherTypes, Optional<Long> attachmentsMissing, long identityNumbersMasked) {

  private static final int MAX_MORE_PAGES = 30;
  private static final int MAX_ATTACHMENT_PAGES = 10;
  /// The most attachments that an export takes.
  private static final int MAX_ATTACHMENTS = 5_000;

  /// Reads the rows that an order asks for.
  static ExportForecast of(BufdirExportOrder order, Activities activities, S3Client s3, String bucket) {
    return of(order, activities, s3, bucket, MAX_MORE_PAGES);
  }

  static ExportForecast of(
      BufdirExportOrder order, Activities activities, S3Client s3, String bucket, int maxMorePages) {
    var counts = new Counts(order.orgId(), order.order());
    boolean isComplete =
        activities.readFew(order.orgId(), order.order().period(), maxMorePages, counts::add);
    return new ExportForecast(counts.rows, isComplete, counts.otherTypes,
        isComplete ? counts.missing(s3, bucket) : Optional.empty(), counts.masked);
  }

  /// Returns the member `dry_run` of the answer.
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("rows", rows).put("rows_complete", isComplete);
    var notCounted = json.putArray("not_counted");
    if (otherTypes > 0) {
      notCounted.addObject().put("reason", "activity_type_not_ordered").put("count", otherTypes);
    }
    return json.put("attachments_missing", attachmentsMissing.orElse(null))
        .put("identity_numbers_masked", identityNumbersMasked);
  }

  private static final class Counts {

    private final String orgId;
    private final Set<String> types;
    private final boolean takesAttachments;
    private final Map<String, List<String>> attachments = new HashMap<>();
    private long rows;
    private long otherTypes;
    private long masked;

    Counts(String orgId, ExportOrder order) {
      this.orgId = orgId;
      types = Set.copyOf(order.activityTypes());
      takesAttachments = order.includeAttachments();
    }

    void add(Activity row) {
      if (!types.isEmpty() && !types.contains(row.activityType())) {
        otherTypes++;
        return;
      }
      rows++;
      masked += NationalIdMask.mask(row).equals(row) ? 0 : 1;
      if (takesAttachments && attachments.size() <= MAX_ATTACHMENTS) {
        row.attachments().forEach(file -> attachments.put(
            row.activityId() + "/" + file, AttachmentKeys.of(orgId, row.activityId(), file)));
      }
    }

    /// Returns how many of the named attachments are not in the bucket; empty where there are too many to tell.
    Optional<Long> missing(S3Client s3, String bucket) {
      if (attachments.size() > MAX_ATTACHMENTS) {
        return Optional.empty();
      }
      return attachments.isEmpty() ? Optional.of(0L) : stored(s3, bucket).map(stored ->
          attachments.values().stream().filter(keys -> keys.stream().noneMatch(stored::contains)).count());
    }

    private Optional<Set<String>> stored(S3Client s3, String bucket) {
      Set<String> stored = new HashSet<>();
      String after = null;
      for (int page = 0; page < MAX_ATTACHMENT_PAGES; page++) {
        String from = after;
        ListObjectsV2Response listed = s3.listObjectsV2(list -> list.bucket(bucket)
            .prefix(AttachmentKeys.folder(orgId)).continuationToken(from));
        listed.contents().forEach(object -> stored.add(object.key()));
        if (!Boolean.TRUE.equals(listed.isTruncated())) {
          return Optional.of(stored);
        }
        after = listed.nextContinuationToken();
      }
      return Optional.empty();
    }
  }
}
