package no.rapport.emulator;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;

/// The two S3s that the tests run on.
enum S3Store {
  /// S3Proxy, over connections.
  EMBEDDED(EmbeddedS3.shared().client()),
  HEAP(HeapS3.newClient());

  private final S3Client client;

  S3Store(S3Client client) {
    this.client = client;
  }

  S3Client client() {
    return client;
  }

  /// S3Proxy rejects a conditional write before it has read the body, and closes the connection. The client may then
  /// fail to write instead of reading the answer.
  ///
  /// @throws SdkClientException if it failed for another reason
  static String refusedEarly(SdkClientException e) {
    if (!e.getMessage().contains("Error writing request body")) {
      throw e;
    }
    return "refused 412";
  }
}
