package no.rapport.emulator;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/// An S3 client that works for one organisation: a call with a key of another fails and is recorded.
///
/// For tests that work for one organisation never reads, changes or removes objects of another. It checks the key, the
/// source of a copy, the prefix of a list and every object of a bulk deletion. The organisation is the second part of a
/// key.
public final class OneOrganizationS3 extends DelegatingS3Client {

  private static final Pattern FOLDER = Pattern.compile(
      "(?:imports|import-state|attachments|reports|sealed|exports)/([^/]*)(?:/.*)?", Pattern.DOTALL);
  private static final Set<String> KEYS = Set.of("Key", "SourceKey", "CopySource", "Prefix");

  private final String orgId;
  private final List<String> strayed = new CopyOnWriteArrayList<>();

  /// @param orgId the only organisation whose objects may be accessed
  public OneOrganizationS3(S3Client real, String orgId) {
    super(real);
    this.orgId = orgId;
  }

  /// Returns the calls with a key of another organisation, as `{operation} {key}`.
  public List<String> strayed() {
    return List.copyOf(strayed);
  }

  @Override
  protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
    for (SdkField<?> field : request.sdkFields()) {
      if (KEYS.contains(field.memberName()) && field.getValueOrDefault(request) instanceof String key) {
        look(request, key);
      }
    }
    if (request instanceof DeleteObjectsRequest many) {
      many.delete().objects().forEach(object -> look(request, object.key()));
    }
    return operation.apply(request);
  }

  private void look(S3Request request, String key) {
    Matcher folder = FOLDER.matcher(key);
    if (folder.matches() && !folder.group(1).equals(orgId)) {
      String call = request.getClass().getSimpleName() + " " + key;
      strayed.add(call);
      throw new AssertionError("Work for " + orgId + " touches another organisation: " + call);
    }
  }
}
