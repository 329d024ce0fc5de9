package no.rapport.exportjobs;

import java.util.List;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;

/// The objects of exports in the bucket: looked for by key and removed by prefix.
public final class ExportObjects {

  private final S3Client s3;
  private final String bucket;

  public ExportObjects(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /// Whether there is an object of that key.
  public boolean exists(String key) {
    try {
      s3.headObject(head -> head.bucket(bucket).key(key));
      return true;
    } catch (NoSuchKeyException e) {
      return false;
    }
  }

  /// Removes every object below a prefix and every upload that was begun there.
  ///
  /// @return how many were found
  /// @throws SdkClientException where some could not be removed
  public int removeBelow(String prefix) {
    int found = 0;
    for (var page : s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))) {
      List<ObjectIdentifier> keys = page.contents().stream()
          .map(object -> ObjectIdentifier.builder().key(object.key()).build()).toList();
      if (!keys.isEmpty()) {
        var refused = s3.deleteObjects(delete -> delete.bucket(bucket).delete(d -> d.objects(keys).quiet(true))).errors();
        if (!refused.isEmpty()) {
          // The request as a whole succeeds even where single objects stay.
          throw SdkClientException.create(refused.size() + " objects could not be removed, the first for "
              + refused.getFirst().code());
        }
      }
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
