package no.rapport.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Tests the behaviour of S3 that the functions rely on under concurrent writes. [S3AnswersTest] compares the answers
/// to single requests.
@ParameterizedClass
@EnumSource(S3Store.class)
class S3ContractTest {

  private static final int WRITERS = 4;
  private static final int ROUNDS = 8;

  @Parameter
  S3Store store;

  private final String bucket = "contract-" + UUID.randomUUID();
  private S3Client client;

  @BeforeEach
  void makeBucket() {
    client = store.client();
    client.createBucket(create -> create.bucket(bucket));
  }

  private void put(String key, String text) {
    client.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString(text));
  }

  private void delete(String key) {
    client.deleteObject(delete -> delete.bucket(bucket).key(key));
  }

  private String text(String key) {
    return client.getObject(get -> get.bucket(bucket).key(key), ResponseTransformer.toBytes()).asUtf8String();
  }

  private static List<String> keys(ListObjectsV2Response page) {
    return page.contents().stream().map(S3Object::key).toList();
  }

  private List<String> walk(String prefix) {
    var found = new ArrayList<String>();
    client.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix).maxKeys(3))
        .forEach(page -> found.addAll(keys(page)));
    return found;
  }

  private static String key(int number) {
    return "list/%03d".formatted(number);
  }

  @Test
  void continuesListAfterDeletedKey() {
    IntStream.rangeClosed(1, 7).forEach(number -> put(key(number), "x"));
    put("other", "x");
    ListObjectsV2Response first = client.listObjectsV2(list -> list.bucket(bucket).prefix("list/").maxKeys(3));
    assertThat(keys(first)).containsExactly(key(1), key(2), key(3));
    assertThat(first.isTruncated()).isTrue();

    delete(key(3));
    delete(key(4));
    ListObjectsV2Response second = client.listObjectsV2(list -> list.bucket(bucket).prefix("list/").maxKeys(3)
        .continuationToken(first.nextContinuationToken()));

    assertThat(keys(second)).containsExactly(key(5), key(6), key(7));
    assertThat(second.isTruncated()).isFalse();
  }

  @Test
  void listsReturnEachKeyOnceDuringWritesAndDeletes() throws Exception {
    List<String> stable = IntStream.range(0, 8).mapToObj(i -> key(3 * i)).toList();
    stable.forEach(key -> put(key, "x"));
    whileOthersWrite(writer -> {
      for (int i = 0; i < ROUNDS; i++) {
        put(key(3 * i + 1 + writer % 2), "x");
        delete(key(3 * i + 1 + writer % 2));
      }
      return null;
    }, () -> assertThat(walk("list/")).doesNotHaveDuplicates().isSorted().containsSubsequence(stable));
  }

  @Test
  void acceptsOneOfManyConditionalCreations() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String key = "race-" + round;
      var winners = new ConcurrentLinkedQueue<String>();
      together(writer -> {
        try {
          client.putObject(put -> put.bucket(bucket).key(key).ifNoneMatch("*"), RequestBody.fromString("writer " + writer));
          winners.add("writer " + writer);
        } catch (S3Exception e) {
          assertThat(e.statusCode()).isIn(409, 412);
        } catch (SdkClientException e) {
          S3Store.refusedEarly(e);
        }
        return null;
      });

      // The SDK repeats a request whose answer was lost, and gets a refusal although its object was stored.
      String there = text(key);
      assertThat(winners).isSubsetOf(there);
      assertThat(there).startsWith("writer ");
    }
  }

  @Test
  void acceptsOneOfManyReplacementsPerVersion() throws Exception {
    put("doc", "0");
    var wins = new ConcurrentLinkedQueue<String>();
    together(writer -> {
      for (int round = 0; round < ROUNDS; round++) {
        var seen = client.getObject(get -> get.bucket(bucket).key("doc"), ResponseTransformer.toBytes());
        try {
          client.putObject(put -> put.bucket(bucket).key("doc").ifMatch(seen.response().eTag()),
              RequestBody.fromString(seen.asUtf8String() + "," + writer + "." + round));
          wins.add(writer + "." + round);
        } catch (S3Exception e) {
          assertThat(e.statusCode()).isIn(409, 412);
        } catch (SdkClientException e) {
          S3Store.refusedEarly(e);
        }
      }
      return null;
    });

    assertThat(text("doc").split(",")).doesNotHaveDuplicates().containsAll(wins);
  }

  @Test
  void readsWholeObjectsDuringReplacements() throws Exception {
    put("whole", "0".repeat(9_000));
    whileOthersWrite(writer -> {
      for (int i = 0; i < ROUNDS; i++) {
        put("whole", String.valueOf(writer).repeat(9_000 + writer));
      }
      return null;
    }, () -> {
      String read = text("whole");
      int writer = read.charAt(0) - '0';
      assertThat(read).isEqualTo(String.valueOf(writer).repeat(9_000 + (read.length() == 9_000 ? 0 : writer)));
    });
  }

  @Test
  void readsOnlySeenVersion() {
    put("seen", "one");
    String etag = client.headObject(head -> head.bucket(bucket).key("seen")).eTag();
    put("seen", "two");

    assertThatThrownBy(() -> client.getObject(get -> get.bucket(bucket).key("seen").ifMatch(etag).range("bytes=0-1"),
        ResponseTransformer.toBytes())).isInstanceOf(S3Exception.class)
        .extracting(e -> ((S3Exception) e).statusCode()).isEqualTo(412);
    put("seen", "one");
    assertThat(client.getObject(get -> get.bucket(bucket).key("seen").ifMatch(etag).range("bytes=0-1"),
        ResponseTransformer.toBytes()).asUtf8String()).isEqualTo("on");
  }

  @Test
  void showsUploadOnlyAfterCompletion() {
    put("big", "before");
    String id = client.createMultipartUpload(create -> create.bucket(bucket).key("big")).uploadId();
    String etag = client.uploadPart(part -> part.bucket(bucket).key("big").uploadId(id).partNumber(1),
        RequestBody.fromString("first")).eTag();
    String again = client.uploadPart(part -> part.bucket(bucket).key("big").uploadId(id).partNumber(1),
        RequestBody.fromString("second")).eTag();
    assertThat(again).isNotEqualTo(etag);
    assertThat(text("big")).isEqualTo("before");

    client.completeMultipartUpload(complete -> complete.bucket(bucket).key("big").uploadId(id)
        .multipartUpload(m -> m.parts(CompletedPart.builder().partNumber(1).eTag(again).build())));

    assertThat(text("big")).isEqualTo("second");
    assertThat(client.headObject(head -> head.bucket(bucket).key("big")).eTag()).endsWith("-1\"");
    String given = client.createMultipartUpload(create -> create.bucket(bucket).key("up")).uploadId();
    client.uploadPart(part -> part.bucket(bucket).key("up").uploadId(given).partNumber(1), RequestBody.fromString("x"));
    client.abortMultipartUpload(abort -> abort.bucket(bucket).key("up").uploadId(given));
    assertThatThrownBy(() -> text("up")).isInstanceOf(NoSuchKeyException.class);
    assertThat(client.listMultipartUploads(list -> list.bucket(bucket)).uploads()).isEmpty();
  }

  @Test
  void completesConcurrentUploadsOfOneKey() throws Exception {
    together(writer -> {
      String id = client.createMultipartUpload(create -> create.bucket(bucket).key("same")).uploadId();
      String etag = client.uploadPart(part -> part.bucket(bucket).key("same").uploadId(id).partNumber(1),
          RequestBody.fromString("writer " + writer)).eTag();
      client.completeMultipartUpload(complete -> complete.bucket(bucket).key("same").uploadId(id)
          .multipartUpload(m -> m.parts(CompletedPart.builder().partNumber(1).eTag(etag).build())));
      return null;
    });

    assertThat(text("same")).matches("writer [0-3]");
    assertThat(client.listMultipartUploads(list -> list.bucket(bucket)).uploads()).isEmpty();
  }

  @Test
  void deletesManyDuringWrites() throws Exception {
    IntStream.range(0, 6).forEach(number -> put(key(number), "x"));
    var names = IntStream.range(0, 6).mapToObj(number -> ObjectIdentifier.builder().key(key(number)).build()).toList();
    whileOthersWrite(writer -> {
      put("kept/" + writer, "x");
      client.deleteObjects(delete -> delete.bucket(bucket).delete(d -> d.quiet(true).objects(names)));
      return null;
    }, () -> walk("list/"));

    assertThat(walk("")).containsExactly("kept/0", "kept/1", "kept/2", "kept/3");
  }

  /// Runs several writers, and reads the bucket until they are done, and once more afterwards.
  private static void whileOthersWrite(IntFunction<Void> writes, Runnable look) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> writers = IntStream.range(0, WRITERS).mapToObj(writer ->
          threads.submit(() -> writes.apply(writer))).toList();
      look.run();
      while (!writers.stream().allMatch(Future::isDone)) {
        look.run();
      }
      for (Future<Void> writer : writers) {
        writer.get();
      }
    }
    look.run();
  }

  private static void together(IntFunction<Void> work) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> tasks = IntStream.range(0, WRITERS).<Callable<Void>>mapToObj(writer ->
          () -> work.apply(writer)).toList();
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    }
  }
}
