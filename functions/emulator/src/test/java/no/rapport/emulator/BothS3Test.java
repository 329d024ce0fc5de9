package no.rapport.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Tests that the store behind connections and the one on the heap answer the functions' requests alike.
class BothS3Test {

  private static final int PART = 5 * 1024 * 1024;

  private final String bucket = "both-" + UUID.randomUUID();
  private S3Client client;

  private void open(S3Store store) {
    client = store.client();
    client.createBucket(create -> create.bucket(bucket));
  }

  @AfterEach
  void close() {
    keys("").forEach(key -> client.deleteObject(delete -> delete.bucket(bucket).key(key)));
    client.deleteBucket(delete -> delete.bucket(bucket));
  }

  @ParameterizedTest
  @EnumSource
  void returnsStoredObject(S3Store store) {
    open(store);
    client.putObject(put -> put.bucket(bucket).key("mappe/år 2025+&.csv").contentType("text/csv")
        .metadata(Map.of("import-of", "x")), RequestBody.fromString("æ;ø;å"));

    var got = get("mappe/år 2025+&.csv");

    assertThat(got.asString(StandardCharsets.UTF_8)).isEqualTo("æ;ø;å");
    assertThat(got.response().contentType()).isEqualTo("text/csv");
    var head = client.headObject(h -> h.bucket(bucket).key("mappe/år 2025+&.csv"));
    assertThat(head.contentLength()).isEqualTo(8);
    assertThat(head.metadata()).containsEntry("import-of", "x");
    assertThat(head.eTag()).isEqualTo(got.response().eTag());
    assertThat(head.lastModified()).isNotNull();
    assertThat(client.getObject(g -> g.bucket(bucket).key("mappe/år 2025+&.csv").range("bytes=3-4"),
        ResponseTransformer.toBytes()).asUtf8String()).isEqualTo("ø");
  }

  @ParameterizedTest
  @EnumSource
  void acceptsBodiesOfManyChunks(S3Store store) {
    open(store);
    byte[] bytes = new byte[700_001];
    IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) (i * 31));

    client.putObject(put -> put.bucket(bucket).key("large"), RequestBody.fromBytes(bytes));
    client.putObject(put -> put.bucket(bucket).key("empty"), RequestBody.empty());

    assertThat(get("large").asByteArray()).isEqualTo(bytes);
    assertThat(get("empty").asByteArray()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void reportsMissingObjectsAndBuckets(S3Store store) {
    open(store);

    assertThatThrownBy(() -> get("none")).isInstanceOf(NoSuchKeyException.class);
    assertThatThrownBy(() -> client.headObject(head -> head.bucket(bucket).key("none")))
        .isInstanceOf(NoSuchKeyException.class);
    assertThatThrownBy(() -> client.copyObject(copy -> copy.sourceBucket(bucket).sourceKey("none")
        .destinationBucket(bucket).destinationKey("copy"))).isInstanceOf(S3Exception.class)
        .extracting(e -> ((S3Exception) e).statusCode()).isEqualTo(404);
    if (store == S3Store.HEAP) { // like S3; S3Proxy accepts the part, which then stays unused
      assertThatThrownBy(() -> client.uploadPart(part -> part.bucket(bucket).key("none").uploadId("gone").partNumber(1),
          RequestBody.fromString("x"))).isInstanceOf(NoSuchUploadException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void copiesListsAndDeletes(S3Store store) {
    open(store);
    client.putObject(put -> put.bucket(bucket).key("a/1 & <2>").contentType("text/plain"), RequestBody.fromString("one"));
    client.copyObject(copy -> copy.sourceBucket(bucket).sourceKey("a/1 & <2>").destinationBucket(bucket)
        .destinationKey("a/ø"));
    client.copyObject(copy -> copy.sourceBucket(bucket).sourceKey("a/ø").destinationBucket(bucket)
        .destinationKey("b/2"));

    assertThat(keys("")).containsExactly("a/1 & <2>", "a/ø", "b/2");
    assertThat(keys("a/")).containsExactly("a/1 & <2>", "a/ø");
    assertThat(get("b/2").asUtf8String()).isEqualTo("one");
    assertThat(get("b/2").response().contentType()).isEqualTo("text/plain");
    var errors = client.deleteObjects(delete -> delete.bucket(bucket).delete(d -> d.quiet(true)
        .objects(List.of(ObjectIdentifier.builder().key("a/1 & <2>").build(),
            ObjectIdentifier.builder().key("never").build())))).errors();
    client.deleteObject(delete -> delete.bucket(bucket).key("never"));

    assertThat(errors).isEmpty();
    assertThat(keys("")).containsExactly("a/ø", "b/2");
  }

  @ParameterizedTest
  @EnumSource
  void joinsMultipartUploadsAndDiscardsAbortedOnes(S3Store store) {
    open(store);
    String id = client.createMultipartUpload(create -> create.bucket(bucket).key("big").contentType("text/csv")).uploadId();
    String other = client.createMultipartUpload(create -> create.bucket(bucket).key("given/up")).uploadId();
    var parts = IntStream.rangeClosed(1, 2).mapToObj(number -> {
      byte[] share = new byte[number == 2 ? 3 : PART];
      Arrays.fill(share, (byte) ('0' + number));
      return CompletedPart.builder().partNumber(number).eTag(client.uploadPart(part -> part.bucket(bucket).key("big")
          .uploadId(id).partNumber(number), RequestBody.fromBytes(share)).eTag()).build();
    }).toList();
    assertThat(keys("")).isEmpty();
    assertThat(client.listMultipartUploads(list -> list.bucket(bucket).prefix("given/")).uploads())
        .extracting(upload -> upload.uploadId()).containsExactly(other);

    client.completeMultipartUpload(complete -> complete.bucket(bucket).key("big").uploadId(id)
        .multipartUpload(m -> m.parts(parts)));
    client.abortMultipartUpload(abort -> abort.bucket(bucket).key("given/up").uploadId(other));

    assertThat(get("big").asByteArray()).hasSize(PART + 3).endsWith('1', '2', '2', '2');
    assertThat(get("big").response().contentType()).isEqualTo("text/csv");
    assertThat(client.listMultipartUploads(list -> list.bucket(bucket)).uploads()).isEmpty();
  }

  private ResponseBytes<GetObjectResponse> get(String key) {
    return client.getObject(get -> get.bucket(bucket).key(key), ResponseTransformer.toBytes());
  }

  private List<String> keys(String prefix) {
    return client.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
        .map(object -> object.key()).toList();
  }
}
