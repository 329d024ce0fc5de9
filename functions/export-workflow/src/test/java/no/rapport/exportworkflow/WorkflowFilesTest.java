package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;
import no.rapport.emulator.EmbeddedS3;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

class WorkflowFilesTest {

  private static final S3Client S3 = EmbeddedS3.shared().client();
  private static final String KEY = "reports/stor fil.bin";

  private final String bucket = "files-" + UUID.randomUUID();
  private final byte[] content = new byte[45_000_001];

  @BeforeEach
  void createBucket() {
    S3.createBucket(create -> create.bucket(bucket));
    new Random(7).nextBytes(content);
  }

  @Test
  void writesManyPartsInOrder() throws Exception {
    WorkflowFiles.Written written;
    try (var upload = new WorkflowFiles(S3, bucket).upload(KEY, "application/pdf")) {
      upload.write(content[0]);
      for (int from = 1; from < content.length; from += 77_777) {
        upload.write(content, from, Math.min(77_777, content.length - from));
      }
      written = upload.complete();
    }
    var stored = S3.getObjectAsBytes(get -> get.bucket(bucket).key(KEY));
    assertThat(stored.asByteArray()).isEqualTo(content);
    assertThat(stored.response().contentType()).isEqualTo("application/pdf");
    assertThat(written).isEqualTo(new WorkflowFiles.Written(content.length,
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content))));
  }

  @Test
  void writesSmallAndEmptyObjects() {
    for (int size : new int[] {0, 1, 8 * 1024 * 1024}) {
      try (var upload = new WorkflowFiles(S3, bucket).upload(KEY, "text/csv")) {
        upload.write(content, 0, size);
        assertThat(upload.complete().sizeBytes()).isEqualTo(size);
      }
      var stored = S3.getObjectAsBytes(get -> get.bucket(bucket).key(KEY));
      assertThat(stored.asByteArray()).isEqualTo(Arrays.copyOf(content, size));
      assertThat(stored.response().contentType()).isEqualTo("text/csv");
    }
  }

  /// If one of the three differs, S3 answers `InvalidPart` or an error about different algorithms.
  @Test
  void usesOneChecksumAlgorithmAtCreationForPartsAndAtCompletion() {
    var created = new AtomicReference<ChecksumAlgorithm>();
    var sent = new ConcurrentSkipListMap<Integer, String>();
    var completed = new ConcurrentSkipListMap<Integer, String>();
    try (var watched = EmbeddedS3.shared().client(new ExecutionInterceptor() {
      @Override
      public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        switch (context.request()) {
          case CreateMultipartUploadRequest create -> created.set(create.checksumAlgorithm());
          case UploadPartRequest part -> sent.put(part.partNumber(), part.checksumCRC32());
          case CompleteMultipartUploadRequest complete -> complete.multipartUpload().parts()
              .forEach(part -> completed.put(part.partNumber(), part.checksumCRC32()));
          default -> { }
        }
      }
    }); var upload = new WorkflowFiles(watched, bucket).upload(KEY, "application/pdf")) {
      upload.write(content, 0, content.length);
      upload.complete();
    }
    var first = new CRC32();
    first.update(content, 0, 8 * 1024 * 1024);

    assertThat(created).hasValue(ChecksumAlgorithm.CRC32);
    assertThat(sent).hasSize(6).isEqualTo(completed);
    assertThat(Base64.getDecoder().decode(sent.get(1)))
        .isEqualTo(ByteBuffer.allocate(4).putInt((int) first.getValue()).array());
  }

  @Test
  void abortsAnUploadWhosePartFails() {
    var parts = new AtomicInteger();
    try (var failing = EmbeddedS3.shared().client(new ExecutionInterceptor() {
      @Override
      public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        if (context.request() instanceof UploadPartRequest && parts.incrementAndGet() == 3) {
          throw SdkClientException.create("Connection reset");
        }
      }
    })) {
      assertThatThrownBy(() -> {
        try (var upload = new WorkflowFiles(failing, bucket).upload(KEY, "application/pdf")) {
          upload.write(content, 0, content.length);
          upload.complete();
        }
      }).isInstanceOf(SdkClientException.class).hasMessageContaining("Connection reset");
    }
    assertThat(S3.listObjectsV2(list -> list.bucket(bucket)).contents()).isEmpty();
    assertThat(S3.listMultipartUploads(list -> list.bucket(bucket)).uploads()).isEmpty();
  }
}
