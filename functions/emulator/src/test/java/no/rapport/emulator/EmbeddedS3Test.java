package no.rapport.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class EmbeddedS3Test {

  private static final String BUCKET = "rapport-local";

  /// The clock of signature checks stands still, so that the duration of a test does not matter.
  private static final Instant NOW = Instant.now();

  private static EmbeddedS3 s3;
  private static S3Client client;
  private static HttpClient http;

  @BeforeAll
  static void start() throws IOException {
    Path folder = Files.createTempDirectory("rapport-s3-");
    s3 = EmbeddedS3.start(0, folder, folder, InstantSource.fixed(NOW));
    client = s3.client();
    client.createBucket(create -> create.bucket(BUCKET));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    client.close();
    s3.close();
  }

  @Test
  void servesFileThroughPresignedLinkWithNameAndType() {
    put("exports/a.xlsx", "innhold");
    try (var presigner = s3.presigner()) {
      var link = presigner.presignGetObject(presign -> presign.signatureDuration(Duration.ofMinutes(10))
          .getObjectRequest(get -> get.bucket(BUCKET).key("exports/a.xlsx")
              .responseContentDisposition("attachment; filename=\"Årsrapport.xlsx\"; filename*=UTF-8''%C3%85rs.xlsx")
              .responseContentType("application/vnd.ms-excel")));

      var answer = get(URI.create(link.url().toString()));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("innhold");
      assertThat(answer.headers().firstValue("Content-Disposition")).hasValueSatisfying(value ->
          assertThat(value).startsWith("attachment; filename=").contains("filename*=UTF-8''%C3%85rs.xlsx"));
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/vnd.ms-excel");
    }
  }

  @Test
  void rejectsExpiredLink() {
    put("exports/b", "b");

    assertThat(get(link("exports/b", Instant.now().minusSeconds(26), 25, Loopback.SECRET_KEY)).statusCode())
        .isEqualTo(403);
  }

  @Test
  void rejectsSignatureOlderThanThirtySecondsDespiteLaterExpiry() {
    put("exports/c", "c");

    assertThat(get(link("exports/c", NOW.minusSeconds(20), 3600, Loopback.SECRET_KEY)).statusCode())
        .isEqualTo(200);
    assertThat(get(link("exports/c", NOW.minusSeconds(32), 3600, Loopback.SECRET_KEY)).statusCode())
        .isEqualTo(403);
  }

  @Test
  void rejectsModifiedLink() {
    put("exports/d", "d");
    put("exports/e", "e");
    var link = link("exports/d", Instant.now(), 600, Loopback.SECRET_KEY).toString();

    assertThat(get(URI.create(link.replace("exports/d", "exports/e"))).statusCode()).isEqualTo(403);
    assertThat(get(URI.create(link.replace("X-Amz-Expires=600", "X-Amz-Expires=601"))).statusCode()).isEqualTo(403);
    assertThat(get(URI.create(link + "&response-content-type=text%2Fhtml")).statusCode()).isEqualTo(403);
    assertThat(get(URI.create(link)).statusCode()).isEqualTo(200);
  }

  @Test
  void rejectsUnsignedAndWronglySignedRequests() {
    put("exports/f", "f");

    assertThat(get(s3.endpoint().resolve("/" + BUCKET + "/exports/f")).statusCode()).isEqualTo(403);
    assertThat(get(link("exports/f", Instant.now(), 25, "another-secret")).statusCode()).isEqualTo(403);
  }

  @Test
  void acceptsOneOfManyConditionalWriters() {
    var winners = new ConcurrentLinkedQueue<Integer>();
    IntStream.range(0, 12).parallel().forEach(writer -> {
      try {
        client.putObject(put -> put.bucket(BUCKET).key("race").ifNoneMatch("*"),
            RequestBody.fromString("writer " + writer));
        winners.add(writer);
      } catch (S3Exception e) {
        assertThat(e.statusCode()).isIn(409, 412);
      } catch (SdkClientException e) {
        S3Store.refusedEarly(e);
      }
    });

    // None, if the winner's answer was lost and the SDK repeated its request.
    assertThat(winners).hasSizeLessThanOrEqualTo(1).allSatisfy(winner ->
        assertThat(text("race")).isEqualTo("writer " + winner));
    assertThat(text("race")).startsWith("writer ");
  }

  @Test
  void joinsPartsOfMultipartUpload() {
    var key = "multipart/big.bin";
    var upload = client.createMultipartUpload(create -> create.bucket(BUCKET).key(key)).uploadId();
    var size = 5 * 1024 * 1024;
    var parts = IntStream.rangeClosed(1, 3).mapToObj(number -> {
      var share = new byte[number == 3 ? 17 : size];
      java.util.Arrays.fill(share, (byte) ('0' + number));
      var etag = client.uploadPart(part -> part.bucket(BUCKET).key(key).uploadId(upload).partNumber(number),
          RequestBody.fromBytes(share)).eTag();
      return CompletedPart.builder().partNumber(number).eTag(etag).build();
    }).toList();
    client.completeMultipartUpload(complete -> complete.bucket(BUCKET).key(key).uploadId(upload)
        .multipartUpload(m -> m.parts(parts)));

    assertThat(client.headObject(head -> head.bucket(BUCKET).key(key)).contentLength()).isEqualTo(2L * size + 17);
    var seam = client.getObject(get -> get.bucket(BUCKET).key(key).range("bytes=" + (size - 2) + "-" + (size + 1)),
        ResponseTransformer.toBytes());
    assertThat(seam.asUtf8String()).isEqualTo("1122");
  }

  @Test
  void notifiesOfEveryCompleteObject() {
    var events = new ConcurrentLinkedQueue<BucketEvent>();
    s3.onObjectCreated(events::add);

    put("imports/org_1/activities/år 2025+.csv", "a;b");
    client.copyObject(copy -> copy.sourceBucket(BUCKET).sourceKey("imports/org_1/activities/år 2025+.csv")
        .destinationBucket(BUCKET).destinationKey("copied"));
    client.deleteObject(delete -> delete.bucket(BUCKET).key("copied"));

    // At least once, as S3 guarantees: the SDK repeats a request whose connection was closed.
    var own = events.stream().filter(e -> e.key().startsWith("imports") || e.key().equals("copied")).toList();
    assertThat(own.stream().map(BucketEvent::name).distinct()).containsExactly("ObjectCreated:Put", "ObjectCreated:Copy");
    assertThat(own.stream().map(BucketEvent::key).distinct())
        .containsExactly("imports/org_1/activities/år 2025+.csv", "copied");
    assertThat(own).allSatisfy(event -> {
      assertThat(event.size()).isEqualTo(3);
      assertThat(event.etag()).matches("[0-9a-f]{32}");
      assertThat(event.bucket()).isEqualTo(BUCKET);
    });
  }

  @Test
  void acceptsUploadThroughPresignedLink() throws Exception {
    try (var presigner = s3.presigner()) {
      var link = presigner.presignPutObject(presign -> presign.signatureDuration(Duration.ofMinutes(10))
          .putObjectRequest(put -> put.bucket(BUCKET).key("uploaded")));

      var answer = http.send(HttpRequest.newBuilder(URI.create(link.url().toString()))
          .PUT(HttpRequest.BodyPublishers.ofString("body")).build(), HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(text("uploaded")).isEqualTo("body");
    }
  }

  @Test
  void removesDeletedObjects() {
    put("gone/soon", "x");
    client.deleteObject(delete -> delete.bucket(BUCKET).key("gone/soon"));

    assertThatThrownBy(() -> text("gone/soon")).isInstanceOf(NoSuchKeyException.class);
  }

  @Test
  void listsFolderInKeyOrder() {
    List.of("list/b", "list/a", "list/c/d").forEach(key -> put(key, key));

    var listed = client.listObjectsV2(list -> list.bucket(BUCKET).prefix("list/"));

    assertThat(listed.contents()).extracting(object -> object.key()).containsExactly("list/a", "list/b", "list/c/d");
  }

  @Test
  void keepsObjectsInGivenFolder(@TempDir Path folder) {
    try (var first = EmbeddedS3.start(0, folder); var one = first.client()) {
      one.createBucket(create -> create.bucket(BUCKET));
      one.putObject(put -> put.bucket(BUCKET).key("kept/file").contentType("text/csv"), RequestBody.fromString("kept"));
    }
    try (var second = EmbeddedS3.start(0, folder); var two = second.client()) {
      var kept = two.getObject(get -> get.bucket(BUCKET).key("kept/file"), ResponseTransformer.toBytes());
      assertThat(kept.asUtf8String()).isEqualTo("kept");
      assertThat(kept.response().contentType()).isEqualTo("text/csv");
    }
  }

  @Test
  void removesTemporaryFolderOnClose() {
    var other = EmbeddedS3.start();
    Path folder = other.temporaryFolder().orElseThrow();
    assertThat(folder).isDirectory();

    other.close();

    assertThat(folder).doesNotExist();
  }

  private static void put(String key, String text) {
    client.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromString(text));
  }

  private static String text(String key) {
    return client.getObject(get -> get.bucket(BUCKET).key(key), ResponseTransformer.toBytes()).asUtf8String();
  }

  /// Returns a link signed at `signedAt`. Tests of expiry set the signing time instead of waiting.
  private static URI link(String key, Instant signedAt, int seconds, String secret) {
    var request = SdkHttpRequest.builder().method(SdkHttpMethod.GET)
        .uri(s3.endpoint().resolve("/" + BUCKET + "/" + key)).build();
    return AwsV4HttpSigner.create().sign(sign -> sign
        .identity(AwsBasicCredentials.create(Loopback.ACCESS_KEY, secret))
        .request(request)
        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
        .putProperty(AwsV4HttpSigner.REGION_NAME, Loopback.REGION.id())
        .putProperty(AwsV4FamilyHttpSigner.AUTH_LOCATION, AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
        .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, Duration.ofSeconds(seconds))
        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
        .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false)
        .putProperty(HttpSigner.SIGNING_CLOCK, java.time.Clock.fixed(signedAt, java.time.ZoneOffset.UTC)))
        .request().getUri();
  }

  private static HttpResponse<String> get(URI uri) {
    try {
      return http.send(HttpRequest.newBuilder(uri).build(),
          HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The bucket's CORS rules allow pages of allowed origins to follow links.
  @Test
  void allowsPagesOfAllowedOriginsToFollowLinks() throws Exception {
    try (var shared = EmbeddedS3.start(0, List.of("https://a.example.no", "https://b.example.no"));
        var client = shared.client(); var presigner = shared.presigner(); var http = HttpClient.newHttpClient()) {
      client.createBucket(create -> create.bucket("links"));
      client.putObject(put -> put.bucket("links").key("file"), RequestBody.fromString("content"));
      var link = presigner.presignGetObject(presign -> presign.signatureDuration(Duration.ofSeconds(20))
          .getObjectRequest(get -> get.bucket("links").key("file"))).url().toURI();
      for (var origin : List.of("https://a.example.no", "https://b.example.no", "https://evil.example", "null")) {
        var allowed = origin.endsWith(".example.no") ? Optional.of(origin) : Optional.<String>empty();
        var answer = http.send(HttpRequest.newBuilder(link).header("Origin", origin).build(),
            HttpResponse.BodyHandlers.ofString());
        var preflight = http.send(HttpRequest.newBuilder(link).method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", origin).header("Access-Control-Request-Method", "PUT").build(),
            HttpResponse.BodyHandlers.discarding());

        assertThat(answer.body()).isEqualTo("content");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).as(origin).isEqualTo(allowed);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).as(origin).isEqualTo(allowed);
      }
    }
  }
}
