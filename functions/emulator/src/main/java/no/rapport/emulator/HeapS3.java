package no.rapport.emulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import no.rapport.emulator.HeapBucket.OrderedPart;
import no.rapport.emulator.HeapBucket.Stored;
import no.rapport.emulator.HeapBucket.UploadPlace;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/// Implements the part of S3 that Rapport uses on the heap. As the HTTP client of an SDK client with path-style
/// addresses it answers at once, without a connection. It is for tests that repeat the same steps thousands of times.
/// [EmbeddedS3] checks signatures; one contract test requires the same answers of both, also under concurrent writes.
///
/// Supported: buckets; put, get, head, copy and delete, with `If-Match`, `If-None-Match` and ranges; deletion of many
/// objects; paged lists; multipart uploads. Other query parameters and headers fail by name.
///
/// Relevant differences from the service: parts may be smaller than 5 MiB, and checksums from the SDK are not checked.
/// Safe for use by many threads.
public final class HeapS3 extends HeapHttpClient {

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>", Pattern.DOTALL);
  private static final Pattern PART = Pattern.compile("<Part>(.*?)</Part>", Pattern.DOTALL);
  private static final Pattern PART_NUMBER = Pattern.compile("<PartNumber>(\\d+)</PartNumber>");
  private static final Pattern ETAG = Pattern.compile("<ETag>(.*?)</ETag>");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");
  private static final int MAX_PAGE = 1_000;
  private static final Set<String> PARAMETERS = Set.of("list-type", "prefix", "encoding-type", "max-keys",
      "continuation-token", "start-after", "uploads", "max-uploads", "key-marker", "upload-id-marker", "partNumber",
      "uploadId", "delete", "x-id");
  private static final Set<String> HEADERS_REFUSED = Set.of("if-modified-since", "if-unmodified-since",
      "x-amz-copy-source-if-match", "x-amz-copy-source-if-none-match", "x-amz-copy-source-range", "x-amz-tagging",
      "x-amz-acl", "x-amz-metadata-directive", "x-amz-if-match-size", "x-amz-object-lock-mode");
  private static final Set<String> HEADERS_KEPT = Set.of("content-type", "content-disposition", "cache-control",
      "content-language");

  private final Map<String, HeapBucket> buckets = new HashMap<>();

  /// Returns a client of a new, empty S3.
  public static S3Client newClient() {
    return S3Client.builder().region(Loopback.REGION).credentialsProvider(Loopback.CREDENTIALS)
        .endpointOverride(Loopback.uri(1)).forcePathStyle(true).httpClient(new HeapS3()).build();
  }

  @Override
  Reply reply(SdkHttpRequest request, byte[] body) {
    try {
      return answer(request, content(request, body));
    } catch (S3Refusal refusal) {
      return xml(refusal.status(), "<Error><Code>" + refusal.code() + "</Code><Message>" + refusal.code()
          + "</Message></Error>");
    }
  }

  private synchronized Reply answer(SdkHttpRequest request, byte[] body) {
    Map<String, String> query = query(request);
    String[] path = request.encodedPath().substring(1).split("/", 2);
    String name = path[0];
    String key = path.length == 1 ? "" : SdkHttpUtils.urlDecode(path[1]);
    if (key.isEmpty() && request.method().name().equals("PUT")) {
      buckets.putIfAbsent(name, new HeapBucket());
      return empty(200, Map.of());
    }
    HeapBucket bucket = bucket(name);
    String does = request.method().name() + (key.isEmpty() ? " bucket" : " object");
    return switch (does) {
      case "HEAD bucket" -> empty(200, Map.of());
      case "GET bucket" -> query.containsKey("uploads") ? uploads(bucket, query) : list(bucket, query);
      case "DELETE bucket" -> {
        if (!bucket.isEmpty()) {
          throw new S3Refusal(409, "BucketNotEmpty");
        }
        buckets.remove(name);
        yield empty(204, Map.of());
      }
      case "POST bucket" -> deleteMany(bucket, new String(body, StandardCharsets.UTF_8));
      case "GET object" -> get(bucket.get(key), request);
      case "HEAD object" -> bucket.find(key) == null ? empty(404, Map.of()) : get(bucket.get(key), request);
      case "PUT object" -> query.containsKey("partNumber")
          ? empty(200, Map.of("ETag", bucket.putPart(key, query.get("uploadId"), Integer.parseInt(query.get("partNumber")), body)))
          : put(bucket, key, request, body);
      case "POST object" -> query.containsKey("uploads") ? begin(bucket, key, request)
          : complete(bucket, key, query.get("uploadId"), request, new String(body, StandardCharsets.UTF_8));
      case "DELETE object" -> {
        if (query.containsKey("uploadId")) {
          bucket.abort(key, query.get("uploadId"));
        } else {
          bucket.delete(key);
        }
        yield empty(204, Map.of());
      }
      default -> throw unsupported(does);
    };
  }

  /// @throws UnsupportedOperationException if the request uses an unsupported feature
  private static Map<String, String> query(SdkHttpRequest request) {
    var query = new HashMap<String, String>();
    request.forEachRawQueryParameter((parameter, values) -> {
      if (!PARAMETERS.contains(parameter)) {
        throw unsupported("the parameter " + parameter);
      }
      query.put(parameter, values.isEmpty() || values.getFirst() == null ? "" : values.getFirst());
    });
    request.forEachHeader((header, _) -> {
      if (HEADERS_REFUSED.contains(header.toLowerCase(Locale.ROOT))) {
        throw unsupported("the header " + header);
      }
    });
    return query;
  }

  private HeapBucket bucket(String name) {
    HeapBucket bucket = buckets.get(name);
    if (bucket == null) {
      throw new S3Refusal(404, "NoSuchBucket");
    }
    return bucket;
  }

  // --- one object ------------------------------------------------------------------------------------------------

  private static Reply get(Stored stored, SdkHttpRequest request) {
    if (request.firstMatchingHeader("If-Match").filter(etag -> !matches(stored, etag)).isPresent()) {
      throw new S3Refusal(412, "PreconditionFailed");
    }
    if (request.firstMatchingHeader("If-None-Match").filter(etag -> matches(stored, etag)).isPresent()) {
      return empty(304, Map.of("ETag", stored.etag()));
    }
    var headers = new HashMap<>(stored.headers());
    headers.put("ETag", stored.etag());
    headers.put("Last-Modified", HTTP_DATE.format(stored.modified()));
    headers.put("Accept-Ranges", "bytes");
    Matcher range = RANGE.matcher(request.firstMatchingHeader("Range").orElse(""));
    if (!range.matches()) {
      return new Reply(200, headers, stored.bytes());
    }
    int size = stored.bytes().length;
    boolean suffix = range.group(1).isEmpty();
    long from = suffix ? Math.max(0, size - Long.parseLong(range.group(2))) : Long.parseLong(range.group(1));
    long to = suffix || range.group(2).isEmpty() ? size - 1L : Math.min(size - 1L, Long.parseLong(range.group(2)));
    if (from >= size) {
      throw new S3Refusal(416, "InvalidRange");
    }
    headers.put("Content-Range", "bytes " + from + "-" + to + "/" + size);
    return new Reply(206, headers, Arrays.copyOfRange(stored.bytes(), Math.toIntExact(from), Math.toIntExact(to + 1)));
  }

  private static boolean matches(Stored stored, String etag) {
    return etag.equals("*") || HeapBucket.unquoted(etag).equals(HeapBucket.unquoted(stored.etag()));
  }

  private static void requireWritable(HeapBucket bucket, String key, SdkHttpRequest request) {
    Stored before = bucket.find(key);
    String wanted = request.firstMatchingHeader("If-Match").orElse("");
    String unwanted = request.firstMatchingHeader("If-None-Match").orElse("");
    if (!unwanted.isEmpty() && !unwanted.equals("*")) {
      throw unsupported("If-None-Match of a write other than *");
    }
    if (!wanted.isEmpty() && before == null) {
      throw new S3Refusal(404, "NoSuchKey");
    }
    if (!unwanted.isEmpty() && before != null || !wanted.isEmpty() && !matches(before, wanted)) {
      throw new S3Refusal(412, "PreconditionFailed");
    }
  }

  private Reply put(HeapBucket bucket, String key, SdkHttpRequest request, byte[] body) {
    requireWritable(bucket, key, request);
    String source = request.firstMatchingHeader("x-amz-copy-source").map(SdkHttpUtils::urlDecode).orElse("");
    if (source.isEmpty()) {
      Stored stored = Stored.of(body, kept(request));
      bucket.put(key, stored);
      return empty(200, Map.of("ETag", stored.etag()));
    }
    String[] path = source.replaceFirst("^/", "").split("/", 2);
    HeapBucket from = bucket(path[0]);
    if (from == bucket && path[1].equals(key)) {
      throw new S3Refusal(400, "InvalidRequest");
    }
    Stored copy = from.get(path[1]).copied();
    bucket.put(key, copy);
    return xml(200, "<CopyObjectResult><ETag>" + escaped(copy.etag()) + "</ETag><LastModified>" + copy.modified()
        + "</LastModified></CopyObjectResult>");
  }

  /// Returns the headers of responses to readers of the object.
  private static Map<String, String> kept(SdkHttpRequest request) {
    var kept = new HashMap<String, String>();
    request.forEachHeader((name, values) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (HEADERS_KEPT.contains(lower) || lower.startsWith("x-amz-meta-")) {
        kept.put(name, values.getFirst());
      }
    });
    return kept;
  }

  // --- uploads in parts ------------------------------------------------------------------------------------------

  private static Reply begin(HeapBucket bucket, String key, SdkHttpRequest request) {
    return xml(200, "<InitiateMultipartUploadResult><UploadId>" + bucket.begin(key, kept(request))
        + "</UploadId></InitiateMultipartUploadResult>");
  }

  private static Reply complete(HeapBucket bucket, String key, String id, SdkHttpRequest request, String order) {
    var parts = new ArrayList<OrderedPart>();
    Matcher part = PART.matcher(order);
    while (part.find()) {
      parts.add(new OrderedPart(Integer.parseInt(first(PART_NUMBER, part.group(1))), unescaped(first(ETAG, part.group(1)))));
    }
    requireWritable(bucket, key, request);
    return xml(200, "<CompleteMultipartUploadResult><ETag>" + escaped(bucket.complete(key, id, parts).etag())
        + "</ETag></CompleteMultipartUploadResult>");
  }

  private static String first(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    if (!found.find()) {
      throw new S3Refusal(400, "MalformedXML");
    }
    return found.group(1);
  }

  // --- many ------------------------------------------------------------------------------------------------------

  /// Returns a page of keys. Its token is the last key, so that the next page begins after it regardless of writes in
  /// between.
  private static Reply list(HeapBucket bucket, Map<String, String> query) {
    if (!query.getOrDefault("list-type", "").equals("2")) {
      throw unsupported("a list of version 1");
    }
    String token = query.getOrDefault("continuation-token", "");
    String after = token.isEmpty() ? query.get("start-after")
        : new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    var page = bucket.list(query.getOrDefault("prefix", ""), after, limit(query, "max-keys"));
    var found = new StringBuilder();
    page.entries().forEach(object -> found.append("<Contents><Key>").append(escaped(object.getKey())).append("</Key><Size>")
        .append(object.getValue().bytes().length).append("</Size><ETag>").append(escaped(object.getValue().etag()))
        .append("</ETag><LastModified>").append(object.getValue().modified()).append("</LastModified></Contents>"));
    String next = page.more() ? "<NextContinuationToken>" + Base64.getUrlEncoder().encodeToString(
        page.entries().getLast().getKey().getBytes(StandardCharsets.UTF_8)) + "</NextContinuationToken>" : "";
    return xml(200, "<ListBucketResult><KeyCount>" + page.entries().size() + "</KeyCount><IsTruncated>" + page.more()
        + "</IsTruncated>" + next + found + "</ListBucketResult>");
  }

  private static Reply uploads(HeapBucket bucket, Map<String, String> query) {
    var page = bucket.uploads(query.getOrDefault("prefix", ""), query.getOrDefault("key-marker", ""),
        query.getOrDefault("upload-id-marker", ""), limit(query, "max-uploads"));
    var found = new StringBuilder();
    for (var entry : page.entries()) {
      found.append("<Upload><Key>").append(escaped(entry.getKey().key())).append("</Key><UploadId>")
          .append(entry.getKey().id()).append("</UploadId></Upload>");
    }
    UploadPlace last = page.more() ? page.entries().getLast().getKey() : null;
    String next = last == null ? "" : "<NextKeyMarker>" + escaped(last.key()) + "</NextKeyMarker><NextUploadIdMarker>" + last.id()
        + "</NextUploadIdMarker>";
    return xml(200, "<ListMultipartUploadsResult><IsTruncated>" + page.more() + "</IsTruncated>" + next + found
        + "</ListMultipartUploadsResult>");
  }

  private static int limit(Map<String, String> query, String parameter) {
    return Math.min(MAX_PAGE, Integer.parseInt(query.getOrDefault(parameter, String.valueOf(MAX_PAGE))));
  }

  private static Reply deleteMany(HeapBucket bucket, String order) {
    var keys = new ArrayList<String>();
    Matcher key = KEY.matcher(order);
    while (key.find()) {
      keys.add(unescaped(key.group(1)));
    }
    if (keys.isEmpty() || keys.size() > MAX_PAGE) {
      throw new S3Refusal(400, "MalformedXML");
    }
    keys.forEach(bucket::delete);
    List<String> shown = order.contains("<Quiet>true</Quiet>") ? List.of() : keys;
    var deleted = new StringBuilder();
    shown.forEach(one -> deleted.append("<Deleted><Key>").append(escaped(one)).append("</Key></Deleted>"));
    return xml(200, "<DeleteResult>" + deleted + "</DeleteResult>");
  }

  // --- the wire --------------------------------------------------------------------------------------------------

  /// Returns the content of the body. The SDK sends it in chunks of `size;chunk-signature=…`, with a checksum after the
  /// last.
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

  private static UnsupportedOperationException unsupported(String what) {
    return new UnsupportedOperationException("Not supported by the heap's S3: " + what);
  }
}
