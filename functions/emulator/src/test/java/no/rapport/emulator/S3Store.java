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

  /// S3Proxy refuses a conditional write before it has read the body, and closes the connection: the client may see that
  /// it cannot write instead of the answer.
  ///
  /// @throws SdkClientException if it is something else
  static String refusedEarly(SdkClientException e) {
    if (!e.getMessage().contains("Error writing request body")) {
      throw e;
    }
    return "refused 412";
  }
}
