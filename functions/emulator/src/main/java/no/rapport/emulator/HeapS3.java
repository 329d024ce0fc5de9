package no.rapport.emulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/// The part of S3 that Rapport's functions use, in the heap: what an SDK client with this for its HTTP client and
/// path-style addresses asks is answered at once, without a connection. For tests that walk the same ways thousands of
/// times; [EmbeddedS3] is the store that checks signatures, and one contract test runs on both.
///
/// Supported: buckets, put, get with a range, head, copy, delete of one or many, lists and uploads in parts, none of
/// them in more than one page. Whatever else is asked fails by name. Safe for use by many threads.
public final class HeapS3 extends HeapHttpClient {

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>", Pattern.DOTALL);
  private static final Pattern PART = Pattern.compile("<PartNumber>(\\d+)</PartNumber>");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final int PAGE = 1_000;

  private final Map<String, Bucket> buckets = new HashMap<>();

  private record Stored(byte[] bytes, String etag, Instant modified, Map<String, String> headers) {}

  private record Parts(String key, Map<String, String> headers, TreeMap<Integer, byte[]> bytes) {}

  private record Bucket(TreeMap<String, Stored> objects, TreeMap<String, Parts> uploads) {}

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String code;

    Refusal(int status, String code) {
      super(code, null, false, false);
      this.status = status;
      this.code = code;
    }
  }

  @Override
  Reply reply(SdkHttpRequest request, byte[] body) {
    try {
      return answer(request, content(request, body));
    } catch (Refusal refusal) {
      return xml(refusal.status, "<Error><Code>" + refusal.code + "</Code><Message>" + refusal.code + "</Message></Error>");
    }
  }

  private synchronized Reply answer(SdkHttpRequest request, byte[] body) {
    String[] path = request.encodedPath().substring(1).split("/", 2);
    String name = path[0];
    String key = path.length == 1 ? "" : SdkHttpUtils.urlDecode(path[1]);
    if (key.isEmpty() && request.method().name().equals("PUT")) {
      buckets.putIfAbsent(name, new Bucket(new TreeMap<>(), new TreeMap<>()));
      return empty(200, Map.of());
    }
    Bucket bucket = buckets.get(name);
    if (bucket == null) {
      throw new Refusal(404, "NoSuchBucket");
    }
    Map<String, String> query = new HashMap<>();
    request.forEachRawQueryParameter((parameter, values) -> query.put(parameter, values.isEmpty() ? "" : values.getFirst()));
    String does = request.method().name() + (key.isEmpty() ? " bucket" : " object");
    return switch (does) {
      case "GET bucket" -> query.containsKey("uploads") ? uploads(bucket, query) : list(bucket, query);
      case "DELETE bucket" -> {
        if (!bucket.objects().isEmpty()) {
          throw new Refusal(409, "BucketNotEmpty");
        }
        buckets.remove(name);
        yield empty(204, Map.of());
      }
      case "POST bucket" -> deleteMany(bucket, new String(body, StandardCharsets.UTF_8));
      case "GET object" -> get(stored(bucket, key), request);
      case "HEAD object" -> {
        Stored stored = bucket.objects().get(key);
        yield stored == null ? empty(404, Map.of()) : get(stored, request);
      }
      case "PUT object" -> put(bucket, key, query, request, body);
      case "POST object" -> query.containsKey("uploads") ? beginUpload(bucket, key, request)
          : completeUpload(bucket, key, query.get("uploadId"), new String(body, StandardCharsets.UTF_8));
      case "DELETE object" -> {
        if (query.containsKey("uploadId")) {
          upload(bucket, query.get("uploadId"));
          bucket.uploads().remove(query.get("uploadId"));
        } else {
          bucket.objects().remove(key);
        }
        yield empty(204, Map.of());
      }
      default -> throw new UnsupportedOperationException("Not in the heap's S3: " + does);
    };
  }

  private static Stored stored(Bucket bucket, String key) {
    Stored stored = bucket.objects().get(key);
    if (stored == null) {
      throw new Refusal(404, "NoSuchKey");
    }
    return stored;
  }

  private static Parts upload(Bucket bucket, String id) {
    Parts upload = bucket.uploads().get(id);
    if (upload == null) {
      throw new Refusal(404, "NoSuchUpload");
    }
    return upload;
  }

  // --- one object ------------------------------------------------------------------------------------------------

  private static Reply get(Stored stored, SdkHttpRequest request) {
    var headers = new HashMap<>(stored.headers());
    headers.put("ETag", stored.etag());
    headers.put("Last-Modified", HTTP_DATE.format(stored.modified()));
    byte[] bytes = stored.bytes();
    int status = 200;
    Matcher range = RANGE.matcher(request.firstMatchingHeader("Range").orElse(""));
    if (range.matches()) {
      long from = Long.parseLong(range.group(1));
      if (from >= bytes.length) {
        throw new Refusal(416, "InvalidRange");
      }
      long to = range.group(2).isEmpty() ? bytes.length - 1 : Math.min(bytes.length - 1, Long.parseLong(range.group(2)));
      headers.put("Content-Range", "bytes " + from + "-" + to + "/" + bytes.length);
      bytes = Arrays.copyOfRange(bytes, Math.toIntExact(from), Math.toIntExact(to + 1));
      status = 206;
    }
    return new Reply(status, headers, bytes);
  }

  private static Reply put(Bucket bucket, String key, Map<String, String> query, SdkHttpRequest request, byte[] body) {
    if (query.containsKey("partNumber")) {
      upload(bucket, query.get("uploadId")).bytes().put(Integer.valueOf(query.get("partNumber")), body);
      return empty(200, Map.of("ETag", etag(body)));
    }
    String copied = request.firstMatchingHeader("x-amz-copy-source").map(SdkHttpUtils::urlDecode).orElse("");
    if (!copied.isEmpty()) {
      Stored from = stored(bucket, copied.replaceFirst("^/?[^/]+/", ""));
      Stored to = new Stored(from.bytes(), from.etag(), now(), from.headers());
      bucket.objects().put(key, to);
      return xml(200, "<CopyObjectResult><ETag>" + escaped(to.etag()) + "</ETag><LastModified>" + to.modified()
          + "</LastModified></CopyObjectResult>");
    }
    bucket.objects().put(key, new Stored(body, etag(body), now(), kept(request)));
    return empty(200, Map.of("ETag", etag(body)));
  }

  /// What a reader of the object gets back.
  private static Map<String, String> kept(SdkHttpRequest request) {
    var kept = new HashMap<String, String>();
    request.forEachHeader((name, values) -> {
      if (name.equalsIgnoreCase("Content-Type") || name.toLowerCase(Locale.ROOT).startsWith("x-amz-meta-")) {
        kept.put(name, values.getFirst());
      }
    });
    return kept;
  }

  // --- uploads in parts ------------------------------------------------------------------------------------------

  private static Reply beginUpload(Bucket bucket, String key, SdkHttpRequest request) {
    String id = UUID.randomUUID().toString();
    bucket.uploads().put(id, new Parts(key, kept(request), new TreeMap<>()));
    return xml(200, "<InitiateMultipartUploadResult><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>");
  }

  private static Reply completeUpload(Bucket bucket, String key, String id, String order) {
    Parts upload = upload(bucket, id);
    var whole = new ByteArrayOutputStream();
    Matcher part = PART.matcher(order);
    while (part.find()) {
      byte[] bytes = upload.bytes().get(Integer.valueOf(part.group(1)));
      if (bytes == null) {
        throw new Refusal(400, "InvalidPart");
      }
      whole.writeBytes(bytes);
    }
    bucket.uploads().remove(id);
    Stored stored = new Stored(whole.toByteArray(), etag(whole.toByteArray()), now(), upload.headers());
    bucket.objects().put(key, stored);
    return xml(200, "<CompleteMultipartUploadResult><ETag>" + escaped(stored.etag())
        + "</ETag></CompleteMultipartUploadResult>");
  }

  // --- many ------------------------------------------------------------------------------------------------------

  private static Reply list(Bucket bucket, Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    var found = new StringBuilder();
    int count = 0;
    for (var object : bucket.objects().tailMap(prefix).entrySet()) {
      if (!object.getKey().startsWith(prefix)) {
        break;
      }
      requirePage(++count);
      found.append("<Contents><Key>").append(escaped(object.getKey())).append("</Key><Size>")
          .append(object.getValue().bytes().length).append("</Size><ETag>").append(escaped(object.getValue().etag()))
          .append("</ETag><LastModified>").append(object.getValue().modified()).append("</LastModified></Contents>");
    }
    return xml(200, "<ListBucketResult><KeyCount>" + count + "</KeyCount><IsTruncated>false</IsTruncated>" + found
        + "</ListBucketResult>");
  }

  private static Reply uploads(Bucket bucket, Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    var found = new StringBuilder();
    bucket.uploads().forEach((id, upload) -> {
      if (upload.key().startsWith(prefix)) {
        found.append("<Upload><Key>").append(escaped(upload.key())).append("</Key><UploadId>").append(id)
            .append("</UploadId></Upload>");
      }
    });
    requirePage(bucket.uploads().size());
    return xml(200, "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>" + found
        + "</ListMultipartUploadsResult>");
  }

  private static void requirePage(int count) {
    if (count > PAGE) {
      throw new UnsupportedOperationException("Not in the heap's S3: a list of more than " + PAGE);
    }
  }

  private static Reply deleteMany(Bucket bucket, String order) {
    Matcher key = KEY.matcher(order);
    while (key.find()) {
      bucket.objects().remove(unescaped(key.group(1)));
    }
    return xml(200, "<DeleteResult></DeleteResult>");
  }

  // --- the wire --------------------------------------------------------------------------------------------------

  /// What the body carries; the SDK sends it in chunks of `size;chunk-signature=…`, with a checksum behind the last.
  private static byte[] content(SdkHttpRequest request, byte[] body) {
    if (!request.firstMatchingHeader("x-amz-content-sha256").orElse("").startsWith("STREAMING-")) {
      return body;
    }
    var content = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int lineEnd = at;
      while (body[lineEnd] != '\r') {
        lineEnd++;
      }
      String line = new String(body, at, lineEnd - at, StandardCharsets.US_ASCII);
      int size = Integer.parseInt(line.split(";")[0], 16);
      if (size == 0) {
        return content.toByteArray();
      }
      content.write(body, lineEnd + 2, size);
      at = lineEnd + 2 + size + 2;
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static String etag(byte[] bytes) {
    try {
      return "\"" + HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes)) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }

  private static String unescaped(String text) {
    return text.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&apos;", "'")
        .replace("&amp;", "&");
  }

  private static Reply xml(int status, String body) {
    return new Reply(status, Map.of("Content-Type", "application/xml"),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + body).getBytes(StandardCharsets.UTF_8));
  }

  private static Reply empty(int status, Map<String, String> headers) {
    return new Reply(status, headers, new byte[0]);
  }
}
