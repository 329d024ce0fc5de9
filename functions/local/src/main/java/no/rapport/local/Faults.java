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

/// Makes calls of the AWS SDK in this JVM fail on order, to show what the system does when a service fails it.
///
/// A fault stands for so many attempts and is then gone. It is thrown where the request would be sent, so that the
/// SDK's own retries see it as they would see the service's answer.
public final class Faults {

  private static final List<Fault> STANDING = new ArrayList<>();
  private static final ExecutionAttribute<String> BAD_LUCK = new ExecutionAttribute<>("rapport.badLuck");
  private static final AtomicLong STRUCK = new AtomicLong();
  private static volatile double rate;

  private Faults() {}

  /// A fault on order.
  ///
  /// @param service `DynamoDb`, `S3` or `Sfn`; empty for any
  /// @param operation for example `Query`; empty for any
  /// @param resource text that the request must hold, such as a table's name or a part of a key; empty for any
  /// @param error the exception's simple name in the service's model, another error code, or `Network`
  /// @param times attempts that still fail
  public record Fault(String service, String operation, String resource, String error, int times) {

    /// @throws IllegalArgumentException where it would never stand
    public Fault {
      if (times < 1) {
        throw new IllegalArgumentException("times is " + times + "; a fault stands at least once");
      }
      if (error.isBlank()) {
        throw new IllegalArgumentException("error is missing; for example ProvisionedThroughputExceededException");
      }
    }

    private boolean concerns(String ofService, String ofOperation, SdkRequest request) {
      return (service.isEmpty() || service.equalsIgnoreCase(ofService))
          && (operation.isEmpty() || operation.equals(ofOperation))
          && (resource.isEmpty() || request.toString().contains(resource));
    }

    private Fault once() {
      return new Fault(service, operation, resource, error, times - 1);
    }
  }

  /// Orders a fault.
  public static synchronized void add(Fault fault) {
    STANDING.add(fault);
  }

  /// The faults that still stand.
  public static synchronized List<Fault> standing() {
    return List.copyOf(STANDING);
  }

  /// Lets that share of all calls go wrong by chance, until further notice: a third once, so that the SDK's own retry
  /// helps, a third in every attempt, and a third after the service has done what it was asked.
  ///
  /// @param share from 0 to 1
  public static void atRandom(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share is " + share + "; it is from 0 to 1");
    }
    rate = share;
  }

  /// How many calls have gone wrong by chance so far.
  public static long struckAtRandom() {
    return STRUCK.get();
  }

  /// Takes back every order.
  public static synchronized void clear() {
    STANDING.clear();
    rate = 0;
  }

  private static synchronized Optional<Fault> strike(String service, String operation, SdkRequest request) {
    for (int i = 0; i < STANDING.size(); i++) {
      var fault = STANDING.get(i);
      if (fault.concerns(service, operation, request)) {
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

  /// Found by the SDK through `software/amazon/awssdk/global/handlers/execution.interceptors`.
  public static final class Interceptor implements ExecutionInterceptor {

    /// As the SDK makes it.
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
        return SdkClientException.create("Ordered fault: the connection broke");
      }
      return refusal(error, "Ordered fault: " + error, service, request);
    }

  }

  /// What the SDK throws where a service answers with that error.
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
        .requestId("ordered-fault").build();
  }

  /// The modelled exception beside the request's class, else the service's general one.
  private static AwsServiceException.Builder builder(String error, String service, SdkRequest request) {
    var model = request.getClass().getPackageName();
    for (var name : List.of(error, error + "Exception", service + "Exception")) {
      try {
        return (AwsServiceException.Builder)
            Class.forName(model + "." + name).getMethod("builder").invoke(null);
      } catch (ReflectiveOperationException e) {
        // Not in the model of that service: the next name, or the plain exception.
      }
    }
    return AwsServiceException.builder();
  }
}
