package no.rapport.emulator;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// A bucket of the heap's S3: its objects and its multipart uploads in progress. Not safe for use by many threads.
final class HeapBucket {

  private static final int PART_BYTES_OF_ETAG = 16;

  private final TreeMap<String, Stored> objects = new TreeMap<>(Utf8Order.INSTANCE);
  private final TreeMap<UploadPlace, Upload> uploads = new TreeMap<>();

  /// An immutable object; a write replaces it.
  ///
  /// @param headers the headers of responses to readers
  record Stored(byte[] bytes, String etag, Instant modified, Map<String, String> headers) {

    static Stored of(byte[] bytes, Map<String, String> headers) {
      return new Stored(bytes, HeapBucket.etag(bytes), now(), headers);
    }

    Stored copied() {
      return new Stored(bytes, etag, now(), headers);
    }

    private static Instant now() {
      return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
  }

  /// The position of an upload in a list.
  record UploadPlace(String key, String id) implements Comparable<UploadPlace> {
    @Override
    public int compareTo(UploadPlace other) {
      return Comparator.comparing(UploadPlace::key, Utf8Order.INSTANCE).thenComparing(UploadPlace::id).compare(this, other);
    }
  }

  private record Upload(Map<String, String> headers, TreeMap<Integer, Part> parts) {}

  private record Part(byte[] bytes, String etag) {}

  /// A part in a request to complete an upload.
  record OrderedPart(int number, String etag) {}

  /// One page of a list.
  ///
  /// @param more whether more entries follow
  record Page<K, V>(List<Map.Entry<K, V>> entries, boolean more) {

    /// @param after the end of the previous page, or null
    static <K, V> Page<K, V> of(TreeMap<K, V> all, K after, java.util.function.Predicate<K> isWithin, int limit) {
      List<Map.Entry<K, V>> found = (after == null ? all : all.tailMap(after, false)).entrySet().stream()
          .filter(entry -> isWithin.test(entry.getKey())).limit(limit + 1L).toList();
      return new Page<>(found.subList(0, Math.min(limit, found.size())), found.size() > limit && limit > 0);
    }
  }

  boolean isEmpty() {
    return objects.isEmpty();
  }

  /// @return the object, or null if there is none
  Stored find(String key) {
    return objects.get(key);
  }

  /// @throws S3Refusal if there is no such object
  Stored get(String key) {
    Stored stored = objects.get(key);
    if (stored == null) {
      throw new S3Refusal(404, "NoSuchKey");
    }
    return stored;
  }

  void put(String key, Stored stored) {
    objects.put(key, stored);
  }

  void delete(String key) {
    objects.remove(key);
  }

  Page<String, Stored> list(String prefix, String after, int limit) {
    return Page.of(objects, after, key -> key.startsWith(prefix), limit);
  }

  // --- uploads in parts ------------------------------------------------------------------------------------------

  /// @return the upload's id
  String begin(String key, Map<String, String> headers) {
    String id = UUID.randomUUID().toString();
    uploads.put(new UploadPlace(key, id), new Upload(headers, new TreeMap<>()));
    return id;
  }

  /// @return the part's ETag
  String putPart(String key, String id, int number, byte[] bytes) {
    Part part = new Part(bytes, etag(bytes));
    upload(key, id).parts().put(number, part);
    return part.etag();
  }

  /// Joins the parts in the given order, or changes nothing.
  ///
  /// @throws S3Refusal if there is no part with this ETag, or the numbers do not increase
  Stored complete(String key, String id, List<OrderedPart> order) {
    Upload upload = upload(key, id);
    if (order.isEmpty()) {
      throw new S3Refusal(400, "MalformedXML");
    }
    var whole = new ByteArrayOutputStream();
    var etags = new ByteArrayOutputStream(order.size() * PART_BYTES_OF_ETAG);
    int last = 0;
    for (OrderedPart ordered : order) {
      Part part = upload.parts().get(ordered.number());
      if (part == null || !unquoted(part.etag()).equals(unquoted(ordered.etag()))) {
        throw new S3Refusal(400, "InvalidPart");
      }
      if (ordered.number() <= last) {
        throw new S3Refusal(400, "InvalidPartOrder");
      }
      last = ordered.number();
      whole.writeBytes(part.bytes());
      etags.writeBytes(HexFormat.of().parseHex(unquoted(part.etag())));
    }
    String etag = "\"" + unquoted(etag(etags.toByteArray())) + "-" + order.size() + "\"";
    Stored stored = new Stored(whole.toByteArray(), etag, Stored.now(), upload.headers());
    uploads.remove(new UploadPlace(key, id));
    objects.put(key, stored);
    return stored;
  }

  void abort(String key, String id) {
    upload(key, id);
    uploads.remove(new UploadPlace(key, id));
  }

  /// @param afterKey the key at the end of the previous page, or empty
  /// @param afterId the last listed upload of that key, or empty to skip all of its uploads
  Page<UploadPlace, ?> uploads(String prefix, String afterKey, String afterId, int limit) {
    // A key marker alone sorts after all uploads of that key.
    UploadPlace after = afterKey.isEmpty() ? null : new UploadPlace(afterKey, afterId.isEmpty() ? "~" : afterId);
    return Page.of(uploads, after, place -> place.key().startsWith(prefix), limit);
  }

  private Upload upload(String key, String id) {
    Upload upload = uploads.get(new UploadPlace(key, id));
    if (upload == null) {
      throw new S3Refusal(404, "NoSuchUpload");
    }
    return upload;
  }

  static String unquoted(String etag) {
    return etag.replace("\"", "");
  }

  private static String etag(byte[] bytes) {
    try {
      return "\"" + HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes)) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
