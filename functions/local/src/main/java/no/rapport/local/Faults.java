package no.rapport.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpResponse;

/// Injects faults into calls of the AWS SDK in this JVM, to show how the system handles failures of AWS services.
///
/// A fault applies to a number of attempts and is then removed. It is thrown instead of sending the request, so that
/// the SDK's own retries handle it like an error of the service.
public final class Faults {

  private static final List<Fault> STANDING = new ArrayList<>();
  private static final ExecutionAttribute<String> BAD_LUCK = new ExecutionAttribute<>("rapport.badLuck");
  private static final AtomicLong STRUCK = new AtomicLong();
  private static volatile double rate;

  private Faults() {}

  /// An injected fault.
  ///
  /// @param service `DynamoDb`, `S3` or `Sfn`; empty for any
  /// @param operation for example `Query`; empty for any
  /// @param resource text that the request must contain, such as a table's name or a part of a key; empty for any
  /// @param error the exception's simple name in the service's model, another error code, or `Network`
  /// @param times number of attempts that will fail
  public record Fault(String service, String operation, String resource, String error, int times) {

    /// @throws IllegalArgumentException if `times` is less than 1 or `error` is blank
    public Fault {
      if (times < 1) {
        throw new IllegalArgumentException("times is " + times + "; it must be at least 1");
      }
      if (error.isBlank()) {
        throw new IllegalArgumentException("error is missing; for example ProvisionedThroughputExceededException");
      }
    }

    private boolean matches(String ofService, String ofOperation, SdkRequest request) {
      return (service.isEmpty() || service.equalsIgnoreCase(ofService))
          && (operation.isEmpty() || operation.equals(ofOperation))
          && (resource.isEmpty() || request.toString().contains(resource));
    }

    private Fault once() {
      return new Fault(service, operation, resource, error, times - 1);
    }
  }

  /// Adds a fault.
  public static synchronized void add(Fault fault) {
    STANDING.add(fault);
  }

  /// Returns the faults that still apply.
  public static synchronized List<Fault> standing() {
    return List.copyOf(STANDING);
  }

  /// Makes a random share of all calls fail until [#clear]. A third of them fail once, so that the SDK's retry
  /// succeeds; a third fail in every attempt; a third fail after the service has executed the request.
  ///
  /// @param share from 0 to 1
  public static void atRandom(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share is " + share + "; it must be from 0 to 1");
    }
    rate = share;
  }

  /// Returns how many calls have failed at random.
  public static long randomFailures() {
    return STRUCK.get();
  }

  /// Removes all faults.
  public static synchronized void clear() {
    STANDING.clear();
    rate = 0;
  }

  private static synchronized Optional<Fault> strike(String service, String operation, SdkRequest request) {
    for (int i = 0; i < STANDING.size(); i++) {
      var fault = STANDING.get(i);
      if (fault.matches(service, operation, request)) {
        if (fault.times() == 1) {
          STANDING.remove(i);
        } else {
          STANDING.set(i, fault.once());
        }
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }

  /// Throws the faults. The SDK finds this class through
  /// `software/amazon/awssdk/global/handlers/execution.interceptors`.
  public static final class Interceptor implements ExecutionInterceptor {

    /// Called by the SDK.
    public Interceptor() {}

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      if (rate > 0 && ThreadLocalRandom.current().nextDouble() < rate) {
        attributes.putAttribute(BAD_LUCK, List.of("once", "always", "late").get(ThreadLocalRandom.current().nextInt(3)));
        STRUCK.incrementAndGet();
      }
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
      if ("late".equals(attributes.getAttribute(BAD_LUCK))) {
        attributes.putAttribute(BAD_LUCK, "always");
        throw exception("Network", "", context.request());
      }
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
      var service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
      var operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
      String luck = attributes.getAttribute(BAD_LUCK);
      if ("once".equals(luck) || "always".equals(luck)) {
        attributes.putAttribute(BAD_LUCK, "once".equals(luck) ? "" : luck);
        throw exception(ThreadLocalRandom.current().nextBoolean() ? "InternalServerError" : "Network", service,
            context.request());
      }
      strike(service, operation, context.request()).ifPresent(fault -> {
        throw exception(fault.error(), service, context.request());
      });
    }

    private static RuntimeException exception(String error, String service, SdkRequest request) {
      if (error.equals("Network")) {
        return SdkClientException.create("Injected fault: the connection broke");
      }
      return refusal(error, "Injected fault: " + error, service, request);
    }
  }

  /// Returns the exception that the SDK throws for a service's answer with this error.
  static AwsServiceException refusal(String error, String message, String service, SdkRequest request) {
    var status = switch (error) {
      case "InternalServerError", "InternalError" -> 500;
      case "ServiceUnavailable", "SlowDown" -> 503;
      case "AccessDenied", "AccessDeniedException" -> 403;
      default -> 400;
    };
    var details = AwsErrorDetails.builder().serviceName(service).errorCode(error).errorMessage(message)
        .sdkHttpResponse(SdkHttpResponse.builder().statusCode(status).build()).build();
    return builder(error, service, request).awsErrorDetails(details).message(message).statusCode(status)
        .requestId("injected-fault").build();
  }

  /// Returns the exception class of the service's model, or the service's general one if the model does not have it.
  private static AwsServiceException.Builder builder(String error, String service, SdkRequest request) {
    var model = request.getClass().getPackageName();
    for (var name : List.of(error, error + "Exception", service + "Exception")) {
      try {
        return (AwsServiceException.Builder)
            Class.forName(model + "." + name).getMethod("builder").invoke(null);
      } catch (ReflectiveOperationException e) {
        // The model does not have this class.
      }
    }
    return AwsServiceException.builder();
  }
}
