package no.rapport.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import no.rapport.api.Log;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/// Enforces each function's policy in `template.yaml`.
///
/// On AWS every function has its own role; here all functions share one process. So each call of the AWS SDK is checked
/// as by IAM: the policy of the calling function must allow it, or the call is refused with the service's error.
///
/// Source: the service authorization reference of DynamoDB, S3, Step Functions and Secrets Manager.
final class Permissions {

  private static final InheritableThreadLocal<Template.LambdaFunction> CALLER = new InheritableThreadLocal<>();

  private Permissions() {}

  /// A permission that a call needs.
  ///
  /// @param action for example `dynamodb:GetItem`
  /// @param resource an ARN
  /// @param leadingKey partition key of the item; empty if the call names none
  record Need(String action, String resource, String leadingKey) {

    Need(String action, String resource) {
      this(action, resource, "");
    }

    @Override
    public String toString() {
      return action + " on " + resource;
    }
  }

  /// The permissions of one policy statement.
  ///
  /// @param resources ARNs, with `*` for any text
  /// @param leadingKeys the only partition keys, with `*` for any text; empty for all
  record Grant(List<String> actions, List<String> resources, List<String> leadingKeys) {

    boolean covers(Need need) {
      return actions.contains(need.action()) && resources.stream().anyMatch(pattern -> matches(pattern, need.resource()))
          && (leadingKeys.isEmpty() || leadingKeys.stream().anyMatch(pattern -> matches(pattern, need.leadingKey())));
    }
  }

  static boolean matches(String pattern, String resource) {
    return Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q")).matcher(resource).matches();
  }

  /// Runs a function's work under its policy, including the threads that it starts.
  static <T> T as(Template.LambdaFunction function, Callable<T> work) throws Exception {
    CALLER.set(function);
    try {
      return work.call();
    } finally {
      CALLER.remove();
    }
  }

  /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException if the policy does not allow a need
  static void check(Template.LambdaFunction function, String service, SdkRequest request, Collection<Need> needs) {
    for (var need : needs) {
      if (function.grants().stream().noneMatch(grant -> grant.covers(need))) {
        Log.warn("refused_by_policy", Map.of("function", function.logicalId(), "need", need));
        throw Faults.refusal(service.equals("S3") ? "AccessDenied" : "AccessDeniedException",
            "The policy of " + function.logicalId() + " does not allow " + need, service, request);
      }
    }
  }

  /// Returns the permissions that a request needs.
  ///
  /// @throws UnsupportedOperationException if the operation is not listed here
  static List<Need> needs(String service, String operation, SdkRequest request) {
    return switch (service) {
      case "DynamoDb" -> dynamoDb(operation, request);
      case "S3" -> s3(operation, request);
      case "Sfn" -> List.of(new Need("states:" + operation, text(request,
          Set.of("StartExecution", "ListExecutions").contains(operation) ? "stateMachineArn" : "executionArn")));
      // The stub's secret has no ARN.
      case "Secrets Manager", "SecretsManager" ->
          List.of(new Need("secretsmanager:" + operation, text(request, "SecretId")));
      default -> throw new UnsupportedOperationException(
          service + " " + operation + " has no entry in Permissions; add the actions that it needs");
    };
  }

  /// Returns the permissions that a request for a missing key needs. Without `s3:ListBucket`, S3 answers 403 for it.
  static List<Need> needsIfAbsent(String service, String operation, SdkRequest request) {
    return service.equals("S3") && Set.of("GetObject", "HeadObject", "CopyObject").contains(operation)
        ? List.of(new Need("s3:ListBucket", "arn:aws:s3:::" + text(request, "Bucket"))) : List.of();
  }

  private static List<Need> dynamoDb(String operation, SdkRequest request) {
    return switch (operation) {
      case "TransactWriteItems" -> {
        var needs = new ArrayList<Need>();
        for (var item : list(request, "TransactItems")) {
          var write = (TransactWriteItem) item;
          if (write.put() != null) {
            needs.add(item("PutItem", write.put().tableName(), write.put().item()));
          } else if (write.update() != null) {
            needs.add(item("UpdateItem", write.update().tableName(), write.update().key()));
          } else if (write.delete() != null) {
            needs.add(item("DeleteItem", write.delete().tableName(), write.delete().key()));
          } else {
            needs.add(table("ConditionCheckItem", write.conditionCheck().tableName()));
          }
        }
        yield needs;
      }
      case "TransactGetItems" -> list(request, "TransactItems").stream()
          .map(item -> table("GetItem", ((TransactGetItem) item).get().tableName())).toList();
      case "BatchGetItem", "BatchWriteItem" -> tables(request).stream()
          .map(name -> table(operation, String.valueOf(name))).toList();
      case "Query", "Scan" -> {
        var index = request.getValueForField("IndexName", String.class);
        var table = table(operation, text(request, "TableName"));
        var need = new Need(table.action(), table.resource(), partition(request));
        yield List.of(index.map(name -> new Need(need.action(), need.resource() + "/index/" + name)).orElse(need));
      }
      default -> List.of(item(operation, text(request, "TableName"), itemOf(request)));
    };
  }

  /// Returns the partition key of a query, or an empty text if it has none.
  private static String partition(SdkRequest request) {
    var key = Pattern.compile("(?:pk|#pk) = (:\\w+)")
        .matcher(request.getValueForField("KeyConditionExpression", String.class).orElse(""));
    return key.find() && request.getValueForField("ExpressionAttributeValues", Map.class).orElse(Map.of())
        .get(key.group(1)) instanceof AttributeValue value ? value.s() : "";
  }

  private static Map<?, ?> itemOf(SdkRequest request) {
    return request.getValueForField("Key", Map.class).or(() -> request.getValueForField("Item", Map.class))
        .map(item -> (Map<?, ?>) item).orElse(Map.of());
  }

  private static Need item(String operation, String table, Map<?, ?> item) {
    Need need = table(operation, table);
    return item.get("pk") instanceof AttributeValue key ? new Need(need.action(), need.resource(), key.s()) : need;
  }

  private static Need table(String operation, String name) {
    return new Need("dynamodb:" + operation, Names.arn("AWS::DynamoDB::Table", name));
  }

  private static List<Need> s3(String operation, SdkRequest request) {
    var bucket = "arn:aws:s3:::" + text(request, "Bucket");
    var key = request.getValueForField("Key", String.class);
    return switch (operation) {
      case "GetObject", "HeadObject" -> List.of(new Need("s3:GetObject", bucket + "/" + key.orElseThrow()));
      case "PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload" ->
          List.of(new Need("s3:PutObject", bucket + "/" + key.orElseThrow()));
      case "CopyObject", "UploadPartCopy" -> List.of(
          new Need("s3:GetObject", "arn:aws:s3:::" + URLDecoder.decode(text(request, "CopySource"), StandardCharsets.UTF_8)),
          new Need("s3:PutObject", bucket + "/" + key.orElse("")));
      case "DeleteObject" -> List.of(new Need("s3:DeleteObject", bucket + "/" + key.orElseThrow()));
      case "DeleteObjects" -> request.getValueForField("Delete", software.amazon.awssdk.services.s3.model.Delete.class)
          .orElseThrow().objects().stream().map(object -> new Need("s3:DeleteObject", bucket + "/" + object.key())).toList();
      case "AbortMultipartUpload" -> List.of(new Need("s3:AbortMultipartUpload", bucket + "/" + key.orElseThrow()));
      case "ListObjectsV2" -> List.of(new Need("s3:ListBucket", bucket));
      case "ListMultipartUploads" -> List.of(new Need("s3:ListBucketMultipartUploads", bucket));
      default -> throw new UnsupportedOperationException(
          "S3 " + operation + " has no entry in Permissions; add the actions that it needs");
    };
  }

  private static List<?> list(SdkRequest request, String member) {
    return (List<?>) request.getValueForField(member, Object.class).orElseThrow();
  }

  private static Set<?> tables(SdkRequest request) {
    return ((Map<?, ?>) request.getValueForField("RequestItems", Object.class).orElseThrow()).keySet();
  }

  private static String text(SdkRequest request, String member) {
    return request.getValueForField(member, String.class).orElseThrow();
  }

  /// Checks every call. The SDK finds this class through
  /// `software/amazon/awssdk/global/handlers/execution.interceptors`. Interceptors need different simple names, because
  /// the SDK keeps only one of each name.
  public static final class Guard implements ExecutionInterceptor {

    /// Called by the SDK.
    public Guard() {}

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
      var function = CALLER.get();
      if (function != null) {
        var service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
        check(function, service, context.request(),
            needs(service, attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), context.request()));
      }
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
      var function = CALLER.get();
      if (function != null && context.httpResponse().statusCode() == 404) {
        var service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
        check(function, service, context.request(),
            needsIfAbsent(service, attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), context.request()));
      }
    }
  }
}
