package no.rapport.sourceimports;

import java.io.InputStream;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;

/// The bytes of one version of an object from an offset on, fetched a few megabytes at a time.
///
/// An import is slower than the network, so a single long response would stay idle until its connection breaks. The SDK
/// retries a piece that fails. Every request names the same ETag: if the object is replaced, S3 answers 412, which is
/// thrown as the SDK's exception, and two versions are never mixed.
final class ObjectBytes extends InputStream {

  private static final int PIECE = 4 * 1024 * 1024;

  private final S3Client s3;
  private final String bucket;
  private final String key;
  private final String etag;
  private final long size;
  private long offset;
  private byte[] piece = new byte[0];
  private int at;

  ObjectBytes(S3Client s3, String bucket, String key, String etag, long size, long offset) {
    this.s3 = s3;
    this.bucket = bucket;
    this.key = key;
    this.etag = etag;
    this.size = size;
    this.offset = offset;
  }

  /// Returns how far the object has been read.
  long position() {
    return offset - (piece.length - at);
  }

  @Override
  public int read() {
    return fill() ? piece[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int from, int length) {
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, piece.length - at);
    System.arraycopy(piece, at, target, from, count);
    at += count;
    return count;
  }

  private boolean fill() {
    if (at < piece.length) {
      return true;
    }
    if (offset >= size) {
      return false;
    }
    long last = Math.min(offset + PIECE, size) - 1;
    piece = s3.getObject(
        request -> request.bucket(bucket).key(key).ifMatch(etag).range("bytes=" + offset + "-" + last),
        ResponseTransformer.toBytes()).asByteArrayUnsafe();
    at = 0;
    offset += piece.length;
    return piece.length > 0;
  }
}
