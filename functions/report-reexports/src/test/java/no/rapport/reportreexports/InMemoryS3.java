package no.rapport.reportreexports;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/// The S3 operations that completing, cancelling and sweeping use, fast enough for thousands of races.
final class InMemoryS3 implements S3Client {

  final Map<String, Boolean> keys = new ConcurrentSkipListMap<>();

  List<String> keysBelow(String prefix) {
    return keys.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  @Override
  public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
    keys.put(request.key(), true);
    return PutObjectResponse.builder().build();
  }

  @Override
  public HeadObjectResponse headObject(HeadObjectRequest request) {
    if (!keys.containsKey(request.key())) {
      throw NoSuchKeyException.builder().statusCode(404).build();
    }
    return HeadObjectResponse.builder().build();
  }

  @Override
  public CopyObjectResponse copyObject(CopyObjectRequest request) {
    if (!keys.containsKey(request.sourceKey())) {
      throw NoSuchKeyException.builder().statusCode(404).build();
    }
    keys.put(request.destinationKey(), true);
    return CopyObjectResponse.builder().build();
  }

  @Override
  public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
    return ListObjectsV2Response.builder().isTruncated(false).contents(keysBelow(request.prefix()).stream()
        .map(key -> S3Object.builder().key(key).build()).toList()).build();
  }

  @Override
  public DeleteObjectsResponse deleteObjects(DeleteObjectsRequest request) {
    request.delete().objects().forEach(object -> keys.remove(object.key()));
    return DeleteObjectsResponse.builder().build();
  }

  @Override
  public ListMultipartUploadsResponse listMultipartUploads(ListMultipartUploadsRequest request) {
    return ListMultipartUploadsResponse.builder().isTruncated(false).build();
  }

  @Override
  public String serviceName() {
    return "s3";
  }

  @Override
  public void close() {}
}
