package no.rapport.stepfunctions;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;

/// Step Functions inside this JVM: runs Standard workflows in JSONata mode as they are deployed, and serves the
/// service's JSON protocol on 127.0.0.1 for SDKs and the `aws` command.
///
/// Every operation of the protocol is also a Java method here. Executions run on virtual threads. With a data folder
/// ([Builder#data(Path)]) state machines and executions survive a restart; executions that were running are then
/// `ABORTED`. The histories of the last ended executions are kept ([Builder#keep(int)]).
///
/// `functions/step-functions/README.md` lists the supported and rejected features and the differences from the service.
///
/// Instances are safe for use by many threads.
public final class StepFunctions implements AutoCloseable {

  private final Service service;
  private final StepFunctionsProtocol protocol;

  private StepFunctions(Builder settings) {
    service = new Service(settings.time, settings.random, settings.keep, settings.data,
        new Tasks.Integrations(settings.functions, settings.topics), settings.listeners);
    protocol = StepFunctionsProtocol.start(service, settings.port);
  }

  /// Returns a builder with default settings.
  public static Builder builder() {
    return new Builder();
  }

  /// The settings of a [StepFunctions]; every setting has a default.
  public static final class Builder {

    private int port;
    private FunctionInvoker functions = (arn, payload) -> {
      throw new FunctionError("Lambda.ResourceNotFoundException", "Function not found: " + arn);
    };
    private TopicPublisher topics = message -> {
      throw new IllegalStateException(
          "No topic publisher is configured (Builder.topics); cannot publish to " + message.topicArn());
    };
    private WorkflowTime time = SystemTime.INSTANCE;
    private RandomGenerator random = RandomGenerator.getDefault();
    private Optional<Path> data = Optional.empty();
    private int keep = 2_000;
    private final List<Consumer<ExecutionDescription>> listeners = new ArrayList<>();

    private Builder() {}

    /// Sets the port on 127.0.0.1; 0, the default, takes a free one.
    public Builder port(int value) {
      port = value;
      return this;
    }

    /// Sets the invoker of functions. Without it every function is unknown.
    public Builder functions(FunctionInvoker value) {
      functions = Objects.requireNonNull(value);
      return this;
    }

    /// Sets the publisher to topics. Without it publishing fails.
    public Builder topics(TopicPublisher value) {
      topics = Objects.requireNonNull(value);
      return this;
    }

    /// Sets the clock; by default the system clock.
    public Builder time(WorkflowTime value) {
      time = Objects.requireNonNull(value);
      return this;
    }

    /// Sets the random numbers of jitter.
    public Builder random(RandomGenerator value) {
      random = Objects.requireNonNull(value);
      return this;
    }

    /// Sets the folder in which all state survives a restart; it is created if missing. By default no state survives.
    public Builder data(Path folder) {
      data = Optional.of(folder);
      return this;
    }

    /// Sets the number of ended executions that can be described: 2,000 by default, and never more than about 32 MiB of
    /// history. Their names stay reserved.
    public Builder keep(int executions) {
      keep = executions;
      return this;
    }

    /// See [StepFunctions#onStatusChange(Consumer)].
    public Builder onStatusChange(Consumer<ExecutionDescription> listener) {
      listeners.add(listener);
      return this;
    }

    /// Starts the service.
    ///
    /// @throws java.io.UncheckedIOException if it cannot listen on that port
    public StepFunctions start() {
      return new StepFunctions(this);
    }
  }

  /// Returns the port it listens on.
  public int port() {
    return protocol.port();
  }

  /// Returns the address for `aws.endpointUrlSfn`, `AWS_ENDPOINT_URL_SFN` and other clients.
  public URI endpoint() {
    return URI.create("http://" + Address.HOST + ":" + port());
  }

  /// Answers a request of the service's protocol without a connection, on the caller's thread.
  ///
  /// @param target the header `X-Amz-Target`; null if there is none
  public HttpReply answer(String method, String target, byte[] body) {
    return protocol.reply(method, target, body);
  }

  /// Returns a new client of this service; the caller closes it.
  public SfnClient client() {
    return SfnClient.builder()
        .endpointOverride(endpoint())
        .region(Region.of(Address.REGION))
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  /// Notifies `listener` of every start and end of an execution, in order, like EventBridge's status events.
  /// Notifications run on their own thread; an exception is logged and otherwise ignored.
  public void onStatusChange(Consumer<ExecutionDescription> listener) {
    service.onStatusChange(listener);
  }

  /// Creates a state machine, or replaces the one of that name, as a deployment does. Running executions continue with
  /// the definition they started with.
  ///
  /// @param definition the States Language, with all substitutions made
  /// @return its ARN, `arn:aws:states:eu-north-1:000000000000:stateMachine:{name}`
  /// @throws StepFunctionsException `InvalidName`, or `InvalidDefinition` naming all errors and unsupported features
  public String createStateMachine(String name, String definition, String roleArn) {
    return service.createStateMachine(name, definition, roleArn);
  }

  /// @throws StepFunctionsException `StateMachineDoesNotExist`
  public StateMachineDescription describeStateMachine(String stateMachineArn) {
    return service.describeStateMachine(stateMachineArn);
  }

  /// Returns all state machines, sorted by name.
  public List<StateMachineDescription> stateMachines() {
    return service.stateMachines();
  }

  /// Removes a state machine with its executions and stops the running ones. Does nothing if there is none.
  public void deleteStateMachine(String stateMachineArn) {
    service.deleteStateMachine(stateMachineArn);
  }

  /// Starts an execution under a generated name.
  public ExecutionDescription start(String stateMachineArn, String input) {
    return service.start(stateMachineArn, input);
  }

  /// Starts an execution, or returns the running one of the same name and input.
  ///
  /// @param name unique within the state machine, forever
  /// @param input JSON
  /// @throws StepFunctionsException `StateMachineDoesNotExist`, `InvalidName`, `InvalidExecutionInput`, or
  ///     `ExecutionAlreadyExists`
  public ExecutionDescription start(String stateMachineArn, String name, String input) {
    return service.start(stateMachineArn, name, input);
  }

  /// Ends an execution at once as `ABORTED`. An ended execution stays as it is. A running function is not interrupted,
  /// and its result is discarded.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription stop(String executionArn, Optional<String> error, Optional<String> cause) {
    return service.stop(executionArn, error, cause);
  }

  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription describe(String executionArn) {
    return service.describe(executionArn);
  }

  /// Returns the state machine as it was when the execution started.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public StateMachineDescription stateMachineOf(String executionArn) {
    return service.stateMachineOf(executionArn);
  }

  /// Waits until an execution has ended and all listeners have been notified.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription await(String executionArn) {
    return service.await(executionArn);
  }

  /// Returns the executions of all state machines, newest first.
  public List<ExecutionDescription> executions() {
    return service.executions();
  }

  /// Returns the executions of one state machine, newest first.
  ///
  /// @throws StepFunctionsException `StateMachineDoesNotExist`
  public List<ExecutionDescription> executions(String stateMachineArn) {
    return service.executions(stateMachineArn);
  }

  /// Returns the events of an execution so far.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public List<HistoryEvent> history(String executionArn) {
    return service.history(executionArn);
  }

  /// Closes the service. Running executions are interrupted; with a data folder they are `ABORTED` after the next
  /// start.
  @Override
  public void close() {
    protocol.close();
    service.close();
  }
}
