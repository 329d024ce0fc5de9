package no.rapport.exportworkflow;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import no.rapport.records.Documents;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// Writes, copies and reads the workflow's objects in the bucket. Writes are streamed.
final class WorkflowFiles {

  private static final int MAX_PARTS_AT_ONCE = 2;
  private static final int MAX_REQUESTS_AT_ONCE = 8;

  private final S3Client s3;
  private final String bucket;
  private final Sending sending;

  /// Settings for sending requests.
  ///
  /// @param partBytes size of the parts of a multipart upload; S3 requires at least 5 MiB, except for the last one
  /// @param threads creates the executor for concurrent requests
  record Sending(int partBytes, Supplier<ExecutorService> threads) {

    static final Sending DEFAULT = new Sending(8 * 1024 * 1024, Executors::newVirtualThreadPerTaskExecutor);
  }

  WorkflowFiles(S3Client s3, String bucket) {
    this(s3, bucket, Sending.DEFAULT);
  }

  WorkflowFiles(S3Client s3, String bucket, Sending sending) {
    this.s3 = s3;
    this.bucket = bucket;
    this.sending = sending;
  }

  ExecutorService threads() {
    return sending.threads().get();
  }

  /// The size and digest of a written object.
  record Written(long sizeBytes, String sha256) {}

  /// Writes an object of any size with constant memory: one put up to 8 MiB, otherwise a multipart upload.
  /// The object becomes visible with [Upload#complete]; closing the upload before that leaves nothing.
  Upload upload(String key, String contentType) {
    return new Upload(key, contentType);
  }

  void putJson(String key, Object value) {
    s3.putObject(put -> put.bucket(bucket).key(key).contentType("application/json"),
        RequestBody.fromString(Documents.write(value)));
  }

  <T> T getJson(String key, Class<T> type) {
    return Documents.read(getText(key), type);
  }

  String getText(String key) {
    return s3.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asUtf8String();
  }

  ResponseInputStream<GetObjectResponse> open(String key) {
    return s3.getObject(get -> get.bucket(bucket).key(key));
  }

  ResponseInputStream<GetObjectResponse> open(String key, long offset, long length) {
    return s3.getObject(get -> get.bucket(bucket).key(key).range("bytes=" + offset + "-" + (offset + length - 1)));
  }

  /// Copies an object within the bucket. S3 copies at most 5 GB in one request.
  void copy(String from, String to) {
    s3.copyObject(copy -> copy.sourceBucket(bucket).sourceKey(from).destinationBucket(bucket).destinationKey(to));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Runs independent requests concurrently.
  ///
  /// @return the results in the order of the requests
  <T> List<T> severalAtOnce(List<Callable<T>> requests) {
    var places = new Semaphore(MAX_REQUESTS_AT_ONCE);
    try (var executor = threads()) {
      return requests.stream().map(request -> executor.submit(() -> {
        places.acquire();
        try {
          return request.call();
        } finally {
          places.release();
        }
      })).toList().stream().map(WorkflowFiles::result).toList();
    }
  }

  /// Returns the result of work on another thread. Throws the work's own exception, not a wrapper.
  static <T> T result(Future<T> work) {
    try {
      return work.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AbortedException.create("Interrupted while waiting for the store", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// An object that is being written. Parts are sent while the next ones are filled, so that the slower of the two
  /// decides the time. Needs memory for three parts. Not thread-safe.
  final class Upload extends OutputStream {

    private final String key;
    private final String contentType;
    private final MessageDigest digest = sha256();
    private final byte[][] buffers = new byte[MAX_PARTS_AT_ONCE + 1][];
    private final List<Future<CompletedPart>> parts = new ArrayList<>();
    private final ExecutorService senders = threads();
    private String uploadId;
    private int buffered;
    private long size;
    private boolean completed;

    private Upload(String key, String contentType) {
      this.key = key;
      this.contentType = contentType;
    }

    /// The buffer of the next part. Buffers of sent parts are reused.
    private byte[] buffer() {
      int turn = parts.size() % buffers.length;
      if (buffers[turn] == null) {
        buffers[turn] = new byte[sending.partBytes()];
      }
      return buffers[turn];
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
      size += length;
      int at = offset;
      int left = length;
      while (left > 0) {
        if (buffered == sending.partBytes()) {
          sendPart();
        }
        int n = Math.min(left, sending.partBytes() - buffered);
        System.arraycopy(bytes, at, buffer(), buffered, n);
        buffered += n;
        at += n;
        left -= n;
      }
    }

    private void sendPart() {
      if (uploadId == null) {
        uploadId = s3.createMultipartUpload(create -> create.bucket(bucket).key(key).contentType(contentType)
            .checksumAlgorithm(ChecksumAlgorithm.CRC32)).uploadId();
      }
      int index = parts.size();
      if (index >= MAX_PARTS_AT_ONCE) {
        result(parts.get(index - MAX_PARTS_AT_ONCE));
      }
      String crc32 = crc32(buffer(), buffered);
      RequestBody content = content();
      parts.add(senders.submit(() -> send(index + 1, content, crc32)));
      buffered = 0;
    }

    /// At completion S3 requires each part's checksum again, with the algorithm of the upload's creation.
    private CompletedPart send(int number, RequestBody content, String crc32) {
      String etag = s3.uploadPart(upload -> upload.bucket(bucket).key(key).uploadId(uploadId).partNumber(number)
          .checksumCRC32(crc32), content).eTag();
      return CompletedPart.builder().partNumber(number).eTag(etag).checksumCRC32(crc32).build();
    }

    private static String crc32(byte[] bytes, int length) {
      var crc = new CRC32();
      crc.update(bytes, 0, length);
      return Base64.getEncoder().encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
    }

    /// Returns the buffered bytes without copying them.
    private RequestBody content() {
      byte[] bytes = buffer();
      int length = buffered;
      return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, length), length,
          "application/octet-stream");
    }

    /// Completes the upload and makes the object visible.
    Written complete() {
      if (uploadId == null) {
        s3.putObject(put -> put.bucket(bucket).key(key).contentType(contentType), content());
      } else {
        if (buffered > 0) {
          sendPart();
        }
        List<CompletedPart> all = parts.stream().map(WorkflowFiles::result).toList();
        s3.completeMultipartUpload(complete -> complete.bucket(bucket).key(key).uploadId(uploadId)
            .multipartUpload(m -> m.parts(all)));
      }
      completed = true;
      return new Written(size, HexFormat.of().formatHex(digest.digest()));
    }

    /// Waits until all parts are sent, because a part that arrives after the upload was aborted would stay.
    @Override
    public void close() {
      senders.close();
      if (!completed && uploadId != null) {
        s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(uploadId));
      }
    }
  }
}
