package no.rapport.emulator;

import java.io.InputStream;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/// Notifies a listener of every complete object, and serialises conditional writes per key. The underlying store checks
/// the condition before it writes, without a lock; S3 guarantees that only one of two concurrent writers succeeds.
final class NotifyingBlobStore extends ForwardingBlobStore {

  private final Consumer<BucketEvent> listener;
  private final Lock[] locks = IntStream.range(0, 64).mapToObj(_ -> new ReentrantLock()).toArray(Lock[]::new);

  NotifyingBlobStore(BlobStore delegate, Consumer<BucketEvent> listener) {
    super(delegate);
    this.listener = listener;
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
    var conditional = request.ifNoneMatch() != null || request.ifMatch() != null;
    PutObjectResponse response;
    if (conditional) {
      var lock = lock(request.bucket(), request.key());
      lock.lock();
      try {
        requireUnchanged(request);
        response = super.putBlob(request, body);
      } finally {
        lock.unlock();
      }
    } else {
      response = super.putBlob(request, body);
    }
    tell("ObjectCreated:Put", request.bucket(), request.key());
    return response;
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    CompleteMultipartUploadResponse response;
    var lock = lock(request.bucket(), request.key());
    lock.lock();
    try {
      response = super.completeMultipartUpload(upload, request);
    } finally {
      lock.unlock();
    }
    tell("ObjectCreated:CompleteMultipartUpload", request.bucket(), request.key());
    return response;
  }

  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    var response = super.copyBlob(request);
    tell("ObjectCreated:Copy", request.destinationBucket(), request.destinationKey());
    return response;
  }

  /// S3Proxy also checked `If-Match`, but before the lock was taken.
  private void requireUnchanged(PutObjectRequest request) {
    if (request.ifMatch() == null || request.ifMatch().equals("*")) {
      return;
    }
    var head = blobMetadataIfPresent(HeadObjectRequest.builder().bucket(request.bucket()).key(request.key()).build());
    if (head == null || !head.eTag().replace("\"", "").equals(request.ifMatch().replace("\"", ""))) {
      throw S3Exceptions.fromStatusCode(412);
    }
  }

  private Lock lock(String bucket, String key) {
    return locks[Math.floorMod((bucket + '/' + key).hashCode(), locks.length)];
  }

  private void tell(String name, String bucket, String key) {
    var head = blobMetadataIfPresent(HeadObjectRequest.builder().bucket(bucket).key(key).build());
    if (head != null) {
      listener.accept(new BucketEvent(name, bucket, key, head.contentLength(), head.eTag().replace("\"", "")));
    }
  }
}
