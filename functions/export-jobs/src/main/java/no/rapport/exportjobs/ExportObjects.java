package no.rapport.exportjobs;

import java.util.List;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Finds the objects of exports in the bucket by key and removes them by prefix.
public final class ExportObjects {

  private final S3Client s3;
  private final String bucket;

  public ExportObjects(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /// Returns whether the bucket has an object with this key.
  public boolean exists(String key) {
    try {
      s3.headObject(head -> head.bucket(bucket).key(key));
      return true;
    } catch (NoSuchKeyException e) {
      return false;
    }
  }

  /// Removes the objects of these keys, at most 1,000.
  ///
  /// @throws SdkClientException if S3 could not remove some of them
  public void remove(List<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    List<ObjectIdentifier> objects = keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    var refused = s3.deleteObjects(delete -> delete.bucket(bucket).delete(d -> d.objects(objects).quiet(true))).errors();
    if (!refused.isEmpty()) {
      // DeleteObjects succeeds as a whole even if single objects could not be deleted.
      throw SdkClientException.create(refused.size() + " objects could not be removed, the first for "
          + refused.getFirst().code());
    }
  }

  /// Removes every object below a prefix and aborts every multipart upload there.
  ///
  /// @return number of objects and uploads found
  /// @throws SdkClientException if S3 could not remove some of the objects
  public int removeBelow(String prefix) {
    int found = 0;
    for (var page : s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))) {
      List<String> keys = page.contents().stream().map(S3Object::key).toList();
      remove(keys);
      found += keys.size();
    }
    for (var page : s3.listMultipartUploadsPaginator(list -> list.bucket(bucket).prefix(prefix))) {
      for (var upload : page.uploads()) {
        s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
        found++;
      }
    }
    return found;
  }
}
