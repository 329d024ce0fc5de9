package no.rapport.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import no.rapport.emulator.BucketEvent;

/// Creates S3 event notifications (format 2.1) as functions receive them.
final class BucketNotification {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicLong SEQUENCE = new AtomicLong(System.currentTimeMillis() << 16);

  private BucketNotification() {}

  static byte[] of(BucketEvent event, Instant when) {
    var root = JSON.createObjectNode();
    var notification = root.putArray("Records").addObject();
    notification.put("eventVersion", "2.1");
    notification.put("eventSource", "aws:s3");
    notification.put("awsRegion", Names.REGION);
    notification.put("eventTime", when.truncatedTo(ChronoUnit.MILLIS).toString());
    notification.put("eventName", event.name());
    notification.putObject("userIdentity").put("principalId", "local");
    notification.putObject("requestParameters").put("sourceIPAddress", "127.0.0.1");
    notification.putObject("responseElements").put("x-amz-request-id", "local").put("x-amz-id-2", "local");
    var s3 = notification.putObject("s3");
    s3.put("s3SchemaVersion", "1.0");
    s3.put("configurationId", "local");
    var bucket = s3.putObject("bucket");
    bucket.put("name", event.bucket());
    bucket.putObject("ownerIdentity").put("principalId", "local");
    bucket.put("arn", "arn:aws:s3:::" + event.bucket());
    var object = s3.putObject("object");
    // S3 form-encodes keys in notifications: a space becomes a plus.
    object.put("key", URLEncoder.encode(event.key(), StandardCharsets.UTF_8).replace("%2F", "/"));
    object.put("size", event.size());
    object.put("eTag", event.etag());
    object.put("sequencer", "%016X".formatted(SEQUENCE.incrementAndGet()));
    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
