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

/// Step Functions inside this JVM: runs Standard workflows in JSONata mode as they are deployed, and speaks the
/// service's JSON protocol on 127.0.0.1, so that SDKs and the `aws` command work with it.
///
/// Everything the protocol does is here as a Java method too. Executions run on virtual threads. With a folder
/// ([Builder#data(Path)]) state machines and executions survive a restart; what was running then is `ABORTED`. The
/// histories of the last ended executions are kept ([Builder#keep(int)]).
///
/// What is supported, what is refused by name, and what differs from the service: `functions/step-functions/README.md`.
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

  /// Settings for a new one.
  public static Builder builder() {
    return new Builder();
  }

  /// How a [StepFunctions] is to be; everything has a default.
  public static final class Builder {

    private int port;
    private FunctionInvoker functions = (arn, payload) -> {
      throw new FunctionError("Lambda.ResourceNotFoundException", "Function not found: " + arn);
    };
    private TopicPublisher topics = message -> {
      throw new IllegalStateException("There are no topics here: " + message.topicArn());
    };
    private WorkflowTime time = SystemTime.INSTANCE;
    private RandomGenerator random = RandomGenerator.getDefault();
    private Optional<Path> data = Optional.empty();
    private int keep = 2_000;
    private final List<Consumer<ExecutionDescription>> listeners = new ArrayList<>();

    private Builder() {}

    /// The port on 127.0.0.1; 0, the default, takes a free one.
    public Builder port(int value) {
      port = value;
      return this;
    }

    /// Who calls functions; without it every function is unknown.
    public Builder functions(FunctionInvoker value) {
      functions = Objects.requireNonNull(value);
      return this;
    }

    /// Who publishes to topics; without it publishing fails.
    public Builder topics(TopicPublisher value) {
      topics = Objects.requireNonNull(value);
      return this;
    }

    /// The clock; by default the machine's.
    public Builder time(WorkflowTime value) {
      time = Objects.requireNonNull(value);
      return this;
    }

    /// Where jitter is drawn from.
    public Builder random(RandomGenerator value) {
      random = Objects.requireNonNull(value);
      return this;
    }

    /// A folder, made if it is not there, in which everything survives a restart; by default nothing does.
    public Builder data(Path folder) {
      data = Optional.of(folder);
      return this;
    }

    /// How many ended executions can be described; by default 2,000, and in any case no more than about 32 MiB of
    /// history. Their names stay taken.
    public Builder keep(int executions) {
      keep = executions;
      return this;
    }

    /// See [StepFunctions#onStatusChange(Consumer)].
    public Builder onStatusChange(Consumer<ExecutionDescription> listener) {
      listeners.add(listener);
      return this;
    }

    /// Starts it.
    ///
    /// @throws java.io.UncheckedIOException if it cannot listen on that port
    public StepFunctions start() {
      return new StepFunctions(this);
    }
  }

  /// The port it listens on.
  public int port() {
    return protocol.port();
  }

  /// The address for `aws.endpointUrlSfn`, `AWS_ENDPOINT_URL_SFN` and other clients.
  public URI endpoint() {
    return URI.create("http://" + Address.HOST + ":" + port());
  }

  /// Answers a request of the service's protocol without a connection, on the caller's thread.
  ///
  /// @param target the header `X-Amz-Target`; null if there is none
  public HttpReply answer(String method, String target, byte[] body) {
    return protocol.reply(method, target, body);
  }

  /// A client of it; the caller closes it.
  public SfnClient client() {
    return SfnClient.builder()
        .endpointOverride(endpoint())
        .region(Region.of(Address.REGION))
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  /// Tells `listener` of every start and every end of an execution, in order, as EventBridge's status events do. They
  /// come on a thread of their own; an exception is logged and otherwise ignored.
  public void onStatusChange(Consumer<ExecutionDescription> listener) {
    service.onStatusChange(listener);
  }

  /// Makes a state machine, or replaces the one of that name, as a deployment does; what runs goes on with the
  /// definition it started with.
  ///
  /// @param definition the States language, with all substitutions made
  /// @return its ARN, `arn:aws:states:eu-north-1:000000000000:stateMachine:{name}`
  /// @throws StepFunctionsException `InvalidName`, or `InvalidDefinition` naming all that is wrong or not supported
  public String createStateMachine(String name, String definition, String roleArn) {
    return service.createStateMachine(name, definition, roleArn);
  }

  /// @throws StepFunctionsException `StateMachineDoesNotExist`
  public StateMachineDescription describeStateMachine(String stateMachineArn) {
    return service.describeStateMachine(stateMachineArn);
  }

  /// All state machines, by name.
  public List<StateMachineDescription> stateMachines() {
    return service.stateMachines();
  }

  /// Removes a state machine with its executions, stopping those that run; without effect if there is none.
  public void deleteStateMachine(String stateMachineArn) {
    service.deleteStateMachine(stateMachineArn);
  }

  /// Starts an execution under a name of its own making.
  public ExecutionDescription start(String stateMachineArn, String input) {
    return service.start(stateMachineArn, input);
  }

  /// Starts an execution. While one of that name runs with exactly this input, it is that one that is answered with.
  ///
  /// @param name unique within the state machine, for ever
  /// @param input JSON
  /// @throws StepFunctionsException `StateMachineDoesNotExist`, `InvalidName`, `InvalidExecutionInput`, or
  ///     `ExecutionAlreadyExists`
  public ExecutionDescription start(String stateMachineArn, String name, String input) {
    return service.start(stateMachineArn, name, input);
  }

  /// Ends an execution at once as `ABORTED`; one that has ended stays as it is. A function that runs is not
  /// interrupted, and its result is thrown away.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription stop(String executionArn, Optional<String> error, Optional<String> cause) {
    return service.stop(executionArn, error, cause);
  }

  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription describe(String executionArn) {
    return service.describe(executionArn);
  }

  /// The state machine as it was when the execution started.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public StateMachineDescription stateMachineOf(String executionArn) {
    return service.stateMachineOf(executionArn);
  }

  /// Waits until an execution has ended and everybody has been told.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription await(String executionArn) {
    return service.await(executionArn);
  }

  /// The executions of all state machines, newest first.
  public List<ExecutionDescription> executions() {
    return service.executions();
  }

  /// The executions of one state machine, newest first.
  ///
  /// @throws StepFunctionsException `StateMachineDoesNotExist`
  public List<ExecutionDescription> executions(String stateMachineArn) {
    return service.executions(stateMachineArn);
  }

  /// What has happened in an execution so far.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public List<HistoryEvent> history(String executionArn) {
    return service.history(executionArn);
  }

  /// Ends it. What runs is cut off and, where there is a folder, shows as aborted after the next start.
  @Override
  public void close() {
    protocol.close();
    service.close();
  }
}
