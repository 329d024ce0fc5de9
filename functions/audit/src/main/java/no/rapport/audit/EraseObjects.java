package no.rapport.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import no.rapport.api.Environment;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Removes every object in an organisation's folders.
public final class EraseObjects implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  static final List<String> FOLDERS =
      List.of("imports", "import-state", "attachments", "exports", "sealed", "reports");
  /// S3's limit of objects in one delete request.
  private static final int MAX_OBJECTS_PER_DELETE = 1_000;

  private final S3Client s3;
  private final String bucket;

  public EraseObjects() {
    this(S3Client.builder().httpClient(UrlConnectionHttpClient.create())
        .forcePathStyle(Boolean.parseBoolean(Environment.optional("S3_PATH_STYLE", "false"))).build(),
        Environment.required("BUCKET"));
  }

  EraseObjects(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return ErasureTask.perform(input, context, this::erase);
  }

  private ErasureTask.Output erase(ErasureTask.Input order, BooleanSupplier isOutOfTime) {
    Tally tally = order.tallySoFar();
    for (String folder : FOLDERS) {
      String prefix = folder + "/" + order.orgId() + "/";
      List<S3Object> objects = first(prefix);
      while (!objects.isEmpty()) {
        if (isOutOfTime.getAsBoolean()) {
          return new ErasureTask.Output(false, tally);
        }
        List<ObjectIdentifier> keys = objects.stream()
            .map(object -> ObjectIdentifier.builder().key(object.key()).build()).toList();
        var answer = s3.deleteObjects(delete -> delete.bucket(bucket).delete(d -> d.objects(keys).quiet(true)));
        if (answer.hasErrors() && !answer.errors().isEmpty()) {
          throw new IllegalStateException("S3 failed to remove " + answer.errors().size() + " objects");
        }
        for (S3Object object : objects) {
          tally = tally.plus(object.key() + "/" + object.eTag());
        }
        objects = first(prefix);
      }
    }
    return new ErasureTask.Output(true, tally);
  }

  private List<S3Object> first(String prefix) {
    return s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix).maxKeys(MAX_OBJECTS_PER_DELETE)).contents();
  }
}
