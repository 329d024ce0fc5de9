package no.rapport.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Compares the answers of the heap's S3 and of S3Proxy to the same random requests, generated from a seed: objects,
/// pages, errors.
///
/// `-Drapport.answers=<n>` sets the number of requests; `-Drapport.answers.seed=<seed>` repeats those of a seed.
class S3AnswersTest {

  private static final int REQUESTS = Integer.getInteger("rapport.answers", 300);

  private final long seed = Long.getLong("rapport.answers.seed", 2);
  private final Random random = new Random(seed);
  private int uploadsBegun;

  /// A store with its own upload ids and ETags.
  private static final class Session {
    final S3Client client;
    final String bucket = "answers-" + UUID.randomUUID();
    final Map<Integer, String> uploads = new HashMap<>();
    final Map<String, String> partEtags = new TreeMap<>();

    Session(S3Store store) {
      client = store.client();
      client.createBucket(create -> create.bucket(bucket));
    }

    String etag(String key) {
      return client.headObject(head -> head.bucket(bucket).key(key)).eTag();
    }
  }

  private record Request(String description, Function<Session, Object> of) {}

  @Test
  void givesSameAnswersToSameRequests() {
    var embedded = new Session(S3Store.EMBEDDED);
    var heap = new Session(S3Store.HEAP);
    var answered = new TreeMap<String, Integer>();
    for (int i = 0; i < REQUESTS; i++) {
      Request request = request();
      Object ofEmbedded = outcome(request, embedded);
      Object ofHeap = outcome(request, heap);
      answered.merge(ofEmbedded instanceof String refusal && refusal.startsWith("refused") ? refusal : "answer", 1, Integer::sum);
      assertThat(ofHeap).as("%s%nRepeat it with: %s",
          request.description(),
          Replay.of(getClass(), "rapport.answers.seed=" + seed, "rapport.answers=" + (i + 1))).isEqualTo(ofEmbedded);
    }
    assertThat(answered).as("number of answers by kind, seed " + seed)
        .containsKeys("answer", "refused 404", "refused 412", "refused 416");
  }

  private static Object outcome(Request request, Session session) {
    try {
      return request.of().apply(session);
    } catch (S3Exception e) {
      return "refused " + e.statusCode();
    }
  }

  /// S3Proxy formats content types in its own way.
  private static String type(String contentType) {
    return contentType.replace(" ", "").toLowerCase(java.util.Locale.ROOT);
  }

  private String anyKey() {
    return List.of("a/1", "a/2", "a/æ & <ø>", "a/\uFB01", "b/1+2 %", "b/2", "c").get(random.nextInt(7));
  }

  private Request request() {
    return switch (random.nextInt(14)) {
      case 0, 1, 2 -> put();
      case 3, 4 -> get();
      case 5 -> head();
      case 6 -> copy();
      case 7 -> delete();
      case 8, 9 -> list();
      case 10 -> begin();
      case 11 -> part();
      case 12 -> complete();
      default -> listUploads();
    };
  }

  private Request put() {
    String key = anyKey();
    String body = "x".repeat(random.nextInt(4)) + random.nextInt(100);
    int kind = random.nextInt(6);
    return new Request("put " + key + " " + body + " of kind " + kind, session -> {
      String seen = kind == 1 || kind == 2 ? session.etag(key) : null;
      if (kind == 2) {
        session.client.putObject(put -> put.bucket(session.bucket).key(key), RequestBody.fromString("meanwhile"));
      }
      try {
        session.client.putObject(put -> put.bucket(session.bucket).key(key).contentType("text/csv").ifMatch(seen)
            .ifNoneMatch(kind == 0 ? "*" : null).metadata(kind == 3 ? Map.of("of", "x") : Map.of()), RequestBody.fromString(body));
      } catch (SdkClientException e) {
        return S3Store.refusedEarly(e);
      }
      return "put";
    });
  }

  private Request get() {
    String key = anyKey();
    String range = java.util.Arrays.asList(null, null, "bytes=0-0", "bytes=1-", "bytes=2-9", "bytes=-2", "bytes=7-9")
        .get(random.nextInt(7));
    int kind = random.nextInt(4);
    return new Request("get " + key + " " + range + " of kind " + kind, session -> {
      var get = GetObjectRequest.builder().bucket(session.bucket).key(key).range(range);
      if (kind == 0) {
        get.ifMatch(session.etag(key));
      } else if (kind == 1) {
        get.ifMatch("\"00000000000000000000000000000000\"");
      }
      var got = session.client.getObject(get.build(), ResponseTransformer.toBytes());
      return List.of(got.asUtf8String(), got.response().contentLength(), String.valueOf(got.response().contentRange()),
          type(got.response().contentType()), got.response().metadata());
    });
  }

  private Request head() {
    String key = anyKey();
    return new Request("head " + key, session -> {
      var head = session.client.headObject(h -> h.bucket(session.bucket).key(key));
      return List.of(head.contentLength(), type(head.contentType()), head.metadata(), head.eTag().contains("-"));
    });
  }

  private Request copy() {
    String from = anyKey();
    String to = anyKey();
    return new Request("copy " + from + " to " + to, session -> {
      if (!from.equals(to)) {
        session.client.copyObject(copy -> copy.sourceBucket(session.bucket).sourceKey(from).destinationBucket(session.bucket)
            .destinationKey(to));
      }
      return "copied";
    });
  }

  private Request delete() {
    var keys = IntStream.range(0, 1 + random.nextInt(2)).mapToObj(_ -> anyKey()).distinct().toList();
    return new Request("delete " + keys, session -> {
      if (keys.size() == 1) {
        session.client.deleteObject(delete -> delete.bucket(session.bucket).key(keys.getFirst()));
        return "deleted";
      }
      return session.client.deleteObjects(delete -> delete.bucket(session.bucket).delete(d -> d.quiet(true).objects(
          keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList()))).errors();
    });
  }

  /// Reads a list in pages. Page boundaries may differ: S3Proxy counts uploads in progress, and returns fewer keys.
  private Request list() {
    String prefix = List.of("", "a/", "b/", "none/").get(random.nextInt(4));
    String after = random.nextInt(3) == 0 ? anyKey() : null;
    int max = 1 + random.nextInt(5);
    return new Request("list " + prefix + " after " + after + " at most " + max, session -> {
      var found = new ArrayList<String>();
      for (var page : session.client.listObjectsV2Paginator(list -> list.bucket(session.bucket).prefix(prefix)
          .startAfter(after).maxKeys(max))) {
        assertThat(page.contents()).hasSize(page.keyCount()).hasSizeLessThanOrEqualTo(max);
        page.contents().forEach(object -> found.add(object.key() + " " + object.size()));
      }
      return found;
    });
  }

  private Request begin() {
    String key = anyKey();
    int number = uploadsBegun++;
    return new Request("begin upload " + number + " of " + key, session -> {
      session.uploads.put(number, key + " " + session.client.createMultipartUpload(create -> create.bucket(session.bucket)
          .key(key).contentType("text/plain")).uploadId());
      return "begun";
    });
  }

  private Request part() {
    int upload = Math.max(0, uploadsBegun - 1 - random.nextInt(2));
    int number = 1 + random.nextInt(2);
    String body = "part" + random.nextInt(10);
    return new Request("part " + number + " of " + upload + " " + body, session -> {
      // S3Proxy accepts parts of ended uploads.
      if (!session.uploads.containsKey(upload)) {
        return "none";
      }
      String[] words = session.uploads.get(upload).split(" (?=\\S+$)");
      session.partEtags.put(upload + " " + number, session.client.uploadPart(part -> part.bucket(session.bucket).key(words[0])
          .uploadId(words[1]).partNumber(number), RequestBody.fromString(body)).eTag());
      return session.partEtags.get(upload + " " + number);
    });
  }

  private Request complete() {
    int upload = Math.max(0, uploadsBegun - 1 - random.nextInt(2));
    boolean abort = random.nextInt(3) == 0;
    return new Request((abort ? "abort " : "complete ") + upload, session -> {
      String place = session.uploads.remove(upload);
      if (place == null) {
        return "none";
      }
      String[] words = place.split(" (?=\\S+$)");
      var parts = new ArrayList<CompletedPart>();
      session.partEtags.forEach((of, etag) -> {
        if (of.startsWith(upload + " ")) {
          parts.add(CompletedPart.builder().partNumber(Integer.valueOf(of.split(" ")[1])).eTag(etag).build());
        }
      });
      // S3 accepts no parts below 5 MiB except the last.
      if (abort || parts.size() != 1) {
        session.client.abortMultipartUpload(a -> a.bucket(session.bucket).key(words[0]).uploadId(words[1]));
        return "aborted";
      }
      session.client.completeMultipartUpload(complete -> complete.bucket(session.bucket).key(words[0]).uploadId(words[1])
          .multipartUpload(m -> m.parts(parts)));
      return "completed";
    });
  }

  private Request listUploads() {
    String prefix = List.of("", "a/", "b/").get(random.nextInt(3));
    return new Request("list uploads " + prefix, session -> session.client.listMultipartUploads(list -> list
        .bucket(session.bucket).prefix(prefix)).uploads().stream().map(upload -> upload.key()).sorted().toList());
  }
}
