package no.rapport.emulator;

/// An object was made or replaced, as an S3 event notification tells it.
///
/// @param name `ObjectCreated:Put`, `ObjectCreated:CompleteMultipartUpload` or `ObjectCreated:Copy`
/// @param bucket where
/// @param key the object's key, not URL-encoded
/// @param size bytes
/// @param etag without quotes
public record BucketEvent(String name, String bucket, String key, long size, String etag) {}
