package no.rapport.emulator;

/// An S3 event notification of an object that was created or replaced.
///
/// @param name `ObjectCreated:Put`, `ObjectCreated:CompleteMultipartUpload` or `ObjectCreated:Copy`
/// @param bucket the bucket's name
/// @param key the object's key, not URL-encoded
/// @param size size in bytes
/// @param etag without quotes
public record BucketEvent(String name, String bucket, String key, long size, String etag) {}
