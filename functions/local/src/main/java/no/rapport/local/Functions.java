package no.rapport.local;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs the template's functions as Lambda does: creates handlers with their public constructor without parameters,
/// gives an instance one event at a time, converts events and results with Lambda's own serialisation, and enforces the
/// timeout.
///
/// Instances are reused, like warm instances on Lambda. All share this JVM, so the functions' environment variables are
/// system properties here (see [#environment(Template)]).
final class Functions implements Lambda, AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Template template;
  private final Map<String, Deque<Instance>> idle = new ConcurrentHashMap<>();
  // Platform threads, because rendering uses a core for seconds and a virtual thread that computes is not preempted.
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().name("function-", 0).daemon().factory());

  Functions(Template template) {
    this.template = template;
  }

  /// Returns the environment variables of all functions. The local stack sets them as system properties, which the SDK
  /// and the handlers read first.
  ///
  /// @throws UnsupportedInTemplate if two functions have different values for one variable, because they share a
  /// process
  static Map<String, String> environment(Template template) {
    var values = new TreeMap<String, String>();
    var givenBy = new HashMap<String, String>();
    for (var function : template.functions().values()) {
      function.environment().forEach((name, value) -> {
        var before = values.putIfAbsent(name, value);
        if (before != null && !before.equals(value)) {
          throw new UnsupportedInTemplate("The environment variable " + name + " is '" + before + "' in "
              + givenBy.get(name) + " and '" + value + "' in " + function.logicalId()
              + "; functions in one process share it");
        }
        givenBy.putIfAbsent(name, function.logicalId());
      });
    }
    return values;
  }

  @Override
  public byte[] invoke(String reference, byte[] event) throws FunctionFailed {
    var result = new ByteArrayOutputStream();
    invoke(template.function(reference), event, result);
    if (result.size() > MAX_PAYLOAD) {
      throw new FunctionFailed("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed "
          + "payload size (" + MAX_PAYLOAD + " bytes).", "{}");
    }
    return result.toByteArray();
  }

  @Override
  public void stream(String reference, byte[] event, OutputStream result) throws FunctionFailed {
    invoke(template.function(reference), event, result);
  }

  private void invoke(Template.LambdaFunction function, byte[] event, OutputStream result) throws FunctionFailed {
    var limit = function.timeout();
    var call = new LambdaCall(function, UUID.randomUUID().toString(), System.nanoTime() + limit.toNanos());
    var queue = idle.computeIfAbsent(function.name(), _ -> new ConcurrentLinkedDeque<>());
    var work = threads.submit(() -> {
      var warm = queue.pollFirst();
      var instance = CallCounts.of(function.logicalId(), () -> Permissions.as(function, () -> {
        var at = warm == null ? Instance.of(function) : warm;
        at.handle(event, result, call);
        return at;
      }));
      queue.addFirst(instance);
      return null;
    });
    try {
      work.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      work.cancel(true);
      throw new FunctionFailed("Sandbox.Timedout", "RequestId: " + call.getAwsRequestId()
          + " Error: Task timed out after " + limit.toSeconds() + ".00 seconds", null);
    } catch (InterruptedException e) {
      work.cancel(true);
      Thread.currentThread().interrupt();
      throw new FunctionFailed("Sandbox.Stopped", "The local stack is stopping", null);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    }
  }

  private static FunctionFailed failed(Throwable cause) {
    return new FunctionFailed(cause.getClass().getName(), cause.getMessage(), description(cause).toString());
  }

  private static ObjectNode description(Throwable thrown) {
    var description = JSON.createObjectNode();
    description.put("errorMessage", thrown.getMessage());
    description.put("errorType", thrown.getClass().getName());
    var trace = description.putArray("stackTrace");
    for (var frame : thrown.getStackTrace()) {
      if (frame.getClassName().equals(Instance.class.getName()) || trace.size() == 30) {
        break;
      }
      trace.add(frame.toString());
    }
    if (thrown.getCause() != null && thrown.getCause() != thrown) {
      description.set("cause", description(thrown.getCause()));
    }
    return description;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /// One instance of a handler.
  private interface Instance {

    void handle(byte[] event, OutputStream result, LambdaCall call) throws IOException;

    static Instance of(Template.LambdaFunction function) {
      var className = function.handler().replaceFirst("::.*", "");
      try {
        var type = Class.forName(className);
        var handler = type.getConstructor().newInstance();
        return switch (handler) {
          case RequestStreamHandler stream -> (event, result, call) ->
              stream.handleRequest(new ByteArrayInputStream(event), result, call);
          case RequestHandler<?, ?> plain -> typed(type, plain);
          default -> throw new UnsupportedInTemplate(
              className + " is neither a RequestHandler nor a RequestStreamHandler");
        };
      } catch (InvocationTargetException e) {
        throw new IllegalStateException("The handler " + className + " of " + function.logicalId()
            + " cannot be created: " + e.getCause(), e.getCause());
      } catch (ReflectiveOperationException e) {
        throw new UnsupportedInTemplate("The handler " + className + " of " + function.logicalId()
            + " has no public constructor without parameters, or does not exist: " + e);
      }
    }

    @SuppressWarnings("unchecked")
    private static Instance typed(Class<?> type, RequestHandler<?, ?> plain) {
      var handler = (RequestHandler<Object, Object>) plain;
      var types = typeArguments(type);
      var reader = serializer(types[0]);
      var writer = serializer(types[1]);
      return (event, result, call) -> {
        var input = reader.fromJson(new String(event, StandardCharsets.UTF_8));
        writer.toJson(handler.handleRequest(input, call), result);
      };
    }

    @SuppressWarnings("unchecked")
    private static PojoSerializer<Object> serializer(Type type) {
      if (type instanceof Class<?> simple && LambdaEventSerializers.isLambdaSupportedEvent(simple.getName())) {
        return (PojoSerializer<Object>) LambdaEventSerializers.serializerFor(simple, simple.getClassLoader());
      }
      return JacksonFactory.getInstance().getSerializer(type);
    }

    private static Type[] typeArguments(Class<?> type) {
      for (var current = type; current != null; current = current.getSuperclass()) {
        for (var implemented : current.getGenericInterfaces()) {
          if (implemented instanceof ParameterizedType typed && typed.getRawType() == RequestHandler.class) {
            return typed.getActualTypeArguments();
          }
        }
      }
      throw new UnsupportedInTemplate(type.getName() + " does not declare the types of its RequestHandler");
    }
  }
}
