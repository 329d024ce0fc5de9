package no.rapport.local;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import no.rapport.stepfunctions.FunctionError;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.sfn.model.SfnException;

/// Numbers every AWS call of every function and injects the planned faults, each once.
///
/// A place is identified by function, invocation and call. Place 0 of a task's invocation is the workflow's call of the
/// function. Each invocation runs on its own thread, so that it can continue after its caller has given up.
final class CallFaults {

  /// The faults that a call can have.
  enum Kind {
    /// The connection breaks before the service receives the request.
    REQUEST_LOST,
    /// The service executes the request, but its answer is lost.
    ANSWER_LOST,
    /// The caller times out. The service executes the request later, after the caller's next steps.
    TIMED_OUT,
    THROTTLED,
    SERVER_ERROR,
    /// The caller lacks a permission: a permanent failure.
    REFUSED,
    /// The connection breaks in the middle of an object that is being read.
    BREAKS_OFF,
    /// The transaction conflicts with another one.
    CONFLICT,
    /// The function ends at this call, and its caller gets a timeout. At the workflow's call the execution is aborted.
    ENDED,
    /// The caller gets a timeout, but the function continues later, after the caller's next steps.
    GOES_ON_LATE,
    /// The same event is delivered again and processed completely while this invocation pauses here.
    DELIVERED_TWICE
  }

  /// @param id function, invocation and call: `RenderPart#1.4`
  record Place(String id, String operation) {

    @Override
    public String toString() {
      return id + " " + operation;
    }

    /// Returns whether this place can have the fault.
    boolean allows(Kind kind) {
      return switch (kind) {
        case CONFLICT -> operation.startsWith("Transact");
        // For the workflow's calls GOES_ON_LATE covers timeouts. A read that is executed late has no effect.
        case TIMED_OUT -> !operation.equals("Invoke") && !READING.matcher(operation).lookingAt();
        case GOES_ON_LATE, DELIVERED_TWICE -> !operation.equals("Publish");
        case BREAKS_OFF -> operation.equals("GetObject");
        case REQUEST_LOST, ANSWER_LOST, THROTTLED, SERVER_ERROR, REFUSED, ENDED -> true;
      };
    }

    private static final Pattern READING = Pattern.compile("Get|Query|List|Describe|Head");
  }

  record Fault(Place place, Kind kind) {

    @Override
    public String toString() {
      return kind + " at " + place;
    }
  }

  /// Ends a function's thread.
  private static final class Gone extends Error {
    private static final long serialVersionUID = 1L;

    Gone() {
      super("ended", null, false, false);
    }
  }

  /// Injects the faults into the SDK's clients. The thread identifies the calling function and its world.
  static final ExecutionInterceptor INTERCEPTOR = new Interceptor();

  private static final Pattern WRITING_RECORDS = Pattern.compile("(Transact|BatchW|Put|Update|Delete).*(Item|Items)");
  private static final ExecutionAttribute<Boolean> LOSE_ANSWER = new ExecutionAttribute<>("rapport.loseAnswer");
  private static final ExecutionAttribute<Boolean> BREAK_OFF = new ExecutionAttribute<>("rapport.breakOff");
  private static final InheritableThreadLocal<Invocation> CURRENT = new InheritableThreadLocal<>();

  private final Function<SdkHttpRequest, SdkHttpClient> services;
  private final InstantSource clock;
  private final PassedStates states;
  private final Map<String, Kind> planned = new HashMap<>();
  private final Map<String, Integer> invocations = new HashMap<>();
  private final List<Place> places = new ArrayList<>();
  private final List<Fault> struck = new ArrayList<>();
  private final List<Invocation> late = new ArrayList<>();
  private final List<Runnable> lateRequests = new ArrayList<>();
  private int underWay;
  private boolean wrote = true;
  private int placesAtFirstStrike = -1;
  private volatile boolean known;
  private volatile boolean over;

  /// @param services returns the service for a request that is executed after its caller has given up
  /// @param states records each state after the last fault while no other invocation runs, so that the rest of the walk
  ///     depends only on that state
  CallFaults(List<Fault> faults, Function<SdkHttpRequest, SdkHttpClient> services, InstantSource clock, PassedStates states) {
    this.clock = clock;
    this.states = states;
    this.services = services;
    faults.forEach(fault -> planned.put(fault.place().id(), fault.kind()));
  }

  /// Returns all passed places, in order.
  synchronized List<Place> places() {
    return List.copyOf(places);
  }

  /// Returns how many places were passed up to and including the first fault, or all if there was none.
  synchronized int placesUntilFirst() {
    return placesAtFirstStrike < 0 ? places.size() : placesAtFirstStrike;
  }

  /// Returns whether anything was written to the tables since the previous call.
  synchronized boolean hasWritten() {
    boolean written = wrote;
    wrote = false;
    return written;
  }

  synchronized List<Fault> struck() {
    return List.copyOf(struck);
  }

  /// The outcome of an invocation.
  sealed interface Ended {}

  record Returned(Object value) implements Ended {}

  record Threw(Throwable thrown) implements Ended {}

  record GivenUp() implements Ended {}

  /// Returns whether the walk has reached a known state.
  boolean isInKnownState() {
    return known;
  }

  private void passState(Supplier<List<String>> state) {
    int passed;
    synchronized (this) {
      // Running invocations and late requests are not part of a recorded state.
      if (known || underWay > 0 || !late.isEmpty() || !lateRequests.isEmpty() || !planned.isEmpty()) {
        return;
      }
      passed = places.size();
    }
    known = states.pass(passed, () -> CanonicalState.of(clock.instant(), state.get()));
  }

  /// Runs a function's invocation on its own thread.
  ///
  /// @param state the state of everything else
  /// @param task whether a workflow calls the function, so that the call itself may fail too
  Object invoke(String function, boolean task, Supplier<List<String>> state, Callable<Object> work) throws FunctionError {
    passState(state);
    if (known) {
      throw new FunctionError("Lambda.Unknown", "The state is known");
    }
    synchronized (this) {
      underWay++;
    }
    try {
      return invoke(function, task, work);
    } finally {
      synchronized (this) {
        underWay--;
      }
    }
  }

  private Object invoke(String function, boolean task, Callable<Object> work) throws FunctionError {
    var invocation = begin(function, work);
    Kind kind = task ? strike(invocation, "Invoke") : null;
    return switch (kind) {
      case REQUEST_LOST -> throw new FunctionError("Lambda.SdkClientException", "Fault as planned");
      case THROTTLED -> throw new FunctionError("Lambda.TooManyRequestsException", "Fault as planned");
      case SERVER_ERROR -> throw new FunctionError("Lambda.ServiceException", "Fault as planned");
      case REFUSED -> throw new FunctionError("Lambda.AccessDeniedException", "Fault as planned");
      case ANSWER_LOST -> {
        run(invocation);
        throw new FunctionError("Lambda.ServiceException", "Fault as planned");
      }
      case GOES_ON_LATE -> {
        invocation.startLate();
        throw new FunctionError("States.Timeout", "Fault as planned");
      }
      case ENDED -> throw new FunctionError("Lambda.Unknown", "Fault as planned");
      case DELIVERED_TWICE -> {
        run(begin(function, work));
        yield run(invocation);
      }
      case CONFLICT, TIMED_OUT, BREAKS_OFF ->
          throw new IllegalStateException("A function's call cannot have the fault " + kind);
      case null -> run(invocation);
    };
  }

  private synchronized Invocation begin(String function, Callable<Object> work) {
    return new Invocation(function + "#" + invocations.merge(function, 1, Integer::sum), function, work);
  }

  private static Object run(Invocation invocation) throws FunctionError {
    invocation.start();
    return switch (invocation.ended.join()) {
      case Returned(Object value) -> value;
      case GivenUp() -> throw new FunctionError("Sandbox.Timedout", "Fault as planned");
      case Threw(RuntimeException thrown) -> throw FunctionError.of(thrown);
      case Threw(Throwable thrown) -> throw new IllegalStateException(thrown);
    };
  }

  /// Continues the invocations and requests whose callers have given up.
  void letLateOnesGoOn() {
    List<Invocation> going;
    List<Runnable> arriving;
    synchronized (this) {
      going = List.copyOf(late);
      late.clear();
      arriving = List.copyOf(lateRequests);
      lateRequests.clear();
      wrote |= !going.isEmpty() || !arriving.isEmpty();
    }
    if (!over) {
      arriving.forEach(Runnable::run);
    }
    for (Invocation invocation : going) {
      invocation.goOn.countDown();
      invocation.left.join();
    }
  }

  /// Ends every remaining thread.
  void close() {
    over = true;
    letLateOnesGoOn();
  }

  private synchronized Kind strike(Invocation invocation, String operation) {
    var place = new Place(invocation.name + "." + invocation.calls.getAndIncrement(), operation);
    places.add(place);
    Kind kind = planned.get(place.id());
    if (kind == null || !place.allows(kind)) {
      return null;
    }
    planned.remove(place.id());
    struck.add(new Fault(place, kind));
    if (placesAtFirstStrike < 0) {
      placesAtFirstStrike = places.size();
    }
    return kind;
  }

  /// Runs a call to AWS that does not use the SDK: the workflow's publication.
  void pass(String name, Runnable act) {
    Kind kind = strike(begin(name, () -> null), "Publish");
    if (kind == null) {
      act.run();
      return;
    }
    if (kind == Kind.ANSWER_LOST) {
      act.run();
    } else if (kind == Kind.TIMED_OUT) {
      later(act);
    }
    throw SdkClientException.create("Fault as planned: " + kind);
  }

  private synchronized void later(Runnable request) {
    lateRequests.add(request);
  }

  private final class Invocation {
    private final String name;
    private final String function;
    private final Callable<Object> work;
    private final AtomicInteger calls = new AtomicInteger();
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final CountDownLatch goOn = new CountDownLatch(1);

    Invocation(String name, String function, Callable<Object> work) {
      this.name = name;
      this.function = function;
      this.work = work;
    }

    CallFaults world() {
      return CallFaults.this;
    }

    void start() {
      calls.compareAndSet(0, 1);
      Thread.ofVirtual().name(name).start(() -> {
        CURRENT.set(this);
        try {
          ended.complete(new Returned(work.call()));
        } catch (Exception | Error e) {
          ended.complete(new Threw(e));
        } finally {
          left.complete(null);
        }
      });
    }

    void startLate() {
      synchronized (CallFaults.this) {
        late.add(this);
      }
      Thread.ofVirtual().start(() -> {
        awaitLeave();
        if (over) {
          left.complete(null);
        } else {
          start();
        }
      });
    }

    void leaveBehind() {
      synchronized (CallFaults.this) {
        late.add(this);
      }
      ended.complete(new GivenUp());
      awaitLeave();
      if (over) {
        throw new Gone();
      }
    }

    private void awaitLeave() {
      boolean interrupted = false;
      while (true) {
        try {
          goOn.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // --- the SDK's calls -------------------------------------------------------------------------------------------

  private static final class Interceptor implements ExecutionInterceptor {

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
      Invocation invocation = CURRENT.get();
      if (invocation != null) {
        invocation.world().beforeTransmission(invocation, context, attributes);
      }
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
      if (Boolean.TRUE.equals(attributes.getAttribute(LOSE_ANSWER))) {
        throw SdkClientException.create("Fault as planned: the answer was lost");
      }
    }

    @Override
    public Optional<InputStream> modifyHttpResponseContent(Context.ModifyHttpResponse context,
        ExecutionAttributes attributes) {
      return context.responseBody().map(body -> Boolean.TRUE.equals(attributes.getAttribute(BREAK_OFF))
          ? new BreakingOff(body, context.httpResponse().firstMatchingHeader("Content-Length").map(Long::valueOf).orElse(0L) / 2)
          : body);
    }
  }

  /// Returns `length` bytes; then the connection breaks.
  private static final class BreakingOff extends FilterInputStream {

    private long left;

    BreakingOff(InputStream body, long length) {
      super(body);
      left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        throw new SocketException("Fault as planned: the connection broke");
      }
      int read = super.read(into, offset, (int) Math.min(left, length));
      left -= Math.max(0, read);
      return read;
    }
  }

  /// Returns the permission with the names of the template. Each world has its own tables and buckets.
  private static Permissions.Need asDeployed(Permissions.Need need) {
    return new Permissions.Need(need.action(), need.resource().replaceFirst("(RecordsTable|SourceDataTable)[^/]*", "$1")
        .replaceFirst("^arn:aws:s3:::faulty-[0-9a-f-]{36}", "arn:aws:s3:::" + LocalRapport.BUCKET), need.leadingKey());
  }

  private void beforeTransmission(Invocation invocation, Context.BeforeTransmission context,
      ExecutionAttributes attributes) {
    if (over) {
      throw new Gone();
    }
    String service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
    String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    Permissions.check(FaultyWorld.TEMPLATE.function(invocation.function + "Function"), service, context.request(),
        Permissions.needs(service, operation, context.request()).stream().map(CallFaults::asDeployed).toList());
    if (WRITING_RECORDS.matcher(operation).matches()) {
      synchronized (this) {
        wrote = true;
      }
    }
    switch (strike(invocation, operation)) {
      case REQUEST_LOST -> throw SdkClientException.create("Fault as planned: the connection broke");
      case ANSWER_LOST -> attributes.putAttribute(LOSE_ANSWER, true);
      case TIMED_OUT -> {
        SdkHttpFullRequest request = (SdkHttpFullRequest) context.httpRequest();
        later(() -> send(request));
        throw ApiCallTimeoutException.create(1);
      }
      case THROTTLED -> throw refusal(service, operation, "SlowDown", 503, "ThrottlingException", "ThrottlingError");
      case SERVER_ERROR -> throw refusal(service, operation, "InternalError", 500, "InternalServerError", "");
      case REFUSED -> throw refusal(service, operation, "AccessDenied", 403, "AccessDeniedException", "");
      case BREAKS_OFF -> attributes.putAttribute(BREAK_OFF, true);
      case CONFLICT -> throw refusal(service, operation, "", 400, "", "TransactionConflict");
      case ENDED -> {
        invocation.ended.complete(new GivenUp());
        throw new Gone();
      }
      case GOES_ON_LATE -> invocation.leaveBehind();
      case DELIVERED_TWICE -> {
        try {
          run(begin(invocation.function, invocation.work));
        } catch (FunctionError e) {
          // The result of the second delivery has no receiver.
        }
      }
      case null -> { }
    }
  }

  /// Sends a request, with its original signature, after its caller has given up.
  private void send(SdkHttpFullRequest request) {
    for (int attempt = 1; ; attempt++) {
      try {
        var answer = services.apply(request).prepareRequest(HttpExecuteRequest.builder()
            .request(request).contentStreamProvider(request.contentStreamProvider().orElse(null)).build()).call();
        answer.responseBody().ifPresent(body -> body.abort());
        int status = answer.httpResponse().statusCode();
        if (status >= 500 || status == 403) {
          throw new IllegalStateException(
              "The service refused a late request: " + status + " " + request.encodedPath());
        }
        return;
      } catch (IOException e) {
        // The kept-alive connection may have been closed in the meantime.
        if (attempt == 3) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static AwsServiceException refusal(String service, String operation, String s3Code, int s3Status, String code,
      String reason) {
    if (!reason.isEmpty() && operation.startsWith("Transact")) {
      return TransactionCanceledException.builder().message("Fault as planned: " + reason).statusCode(400)
          .awsErrorDetails(AwsErrorDetails.builder().errorCode("TransactionCanceledException").build())
          .cancellationReasons(CancellationReason.builder().code(reason).build()).build();
    }
    int status = code.startsWith("Throttling") || code.startsWith("AccessDenied") ? 400 : s3Status;
    return switch (service) {
      case "S3" -> S3Exception.builder().statusCode(s3Status).message("Fault as planned")
          .awsErrorDetails(AwsErrorDetails.builder().errorCode(s3Code).build()).build();
      case "DynamoDb" -> DynamoDbException.builder().statusCode(status)
          .message("Fault as planned").awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build()).build();
      default -> SfnException.builder().statusCode(status).message("Fault as planned")
          .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build()).build();
    };
  }
}
