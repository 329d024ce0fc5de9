package no.rapport.stepfunctions;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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
/// histories of the last ended executions are kept ([Builder#keep(int)]), their names for ever.
///
/// Not supported, and refused by name:
/// - the query language JSONPath, and the Express type
/// - the distributed map (`ItemReader`, `ItemBatcher`, `ResultWriter`, `Mode: DISTRIBUTED`)
/// - activities, `.waitForTaskToken`, `HeartbeatSeconds`, `Credentials`
/// - integrations other than `lambda:invoke`, `states:startExecution.sync:2` and `sns:publish`
/// - versions, aliases, tags, map runs, `TestState`, `RedriveExecution`, `StartSyncExecution`
///
/// Differences from the service: roles, logging, tracing and encryption are taken and have no effect;
/// `ToleratedFailureCount` and `ToleratedFailurePercentage` work on the inline map as the language's specification has
/// it (a failed item's place holds its error), where the service wants the distributed one; the limits of 25,000 events
/// and of the total size of variables are not kept.
///
/// Instances are safe for use by many threads.
public final class StepFunctions implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(StepFunctions.class.getName());
  private static final String NAME = "[^\\s\\p{Cntrl}<>{}\\[\\]?*\"#%\\\\^|~`$&,;:/]{1,80}";
  private static final long KEPT_CHARACTERS = 32L * 1024 * 1024;

  private record Machine(StateMachineDescription description, Definition definition) {}

  private final WorkflowTime time;
  private final RandomGenerator random;
  private final int keep;
  private final Tasks tasks;
  private final Optional<ExecutionJournal> journal;
  private final StepFunctionsProtocol protocol;
  private final List<Consumer<ExecutionDescription>> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService telling = Executors.newSingleThreadExecutor(
      Thread.ofVirtual().name("step-functions-status-changes").factory());

  /// Guards what follows; never taken by who holds an execution's lock.
  private final Object registry = new Object();
  private final Map<String, Machine> machines = new ConcurrentHashMap<>();
  private final Map<String, Execution> executions = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Execution> byStart = new ConcurrentSkipListMap<>();
  private final Map<String, Set<String>> names = new HashMap<>();
  private final ArrayDeque<Execution> ended = new ArrayDeque<>();
  private long keptCharacters;
  private long started;
  private boolean closed;

  private StepFunctions(Builder settings) {
    time = settings.time;
    random = settings.random;
    keep = settings.keep;
    tasks = new Tasks(settings.functions, settings.topics, this::begin, time);
    listeners.addAll(settings.listeners);
    journal = settings.data.map(folder -> ExecutionJournal.open(folder.resolve("executions.jsonl"), this::restored));
    protocol = StepFunctionsProtocol.start(this, settings.port);
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
    private WorkflowTime time = WorkflowTime.system();
    private RandomGenerator random = RandomGenerator.getDefault();
    private Optional<Path> data = Optional.empty();
    private int keep = 10_000;
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

    /// How many ended executions can be described; by default 10,000, and in any case no more than 32 million
    /// characters of history. Their names stay taken.
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
    listeners.add(listener);
  }

  /// Makes a state machine, or replaces the one of that name, as a deployment does; what runs goes on with the
  /// definition it started with.
  ///
  /// @param definition the States language, with all substitutions made
  /// @return its ARN, `arn:aws:states:eu-north-1:000000000000:stateMachine:{name}`
  /// @throws StepFunctionsException `InvalidName`, or `InvalidDefinition` naming all that is wrong or not supported
  public String createStateMachine(String name, String definition, String roleArn) {
    requireName(name);
    var read = DefinitionReader.read(definition);
    var arn = Address.stateMachine(name);
    synchronized (registry) {
      var created = Optional.ofNullable(machines.get(arn)).map(known -> known.description().creationDate())
          .orElse(now());
      var description = new StateMachineDescription(
          arn, name, definition, roleArn, created, UUID.randomUUID().toString());
      journal.ifPresent(open -> open.machine(description));
      machines.put(arn, new Machine(description, read));
    }
    return arn;
  }

  /// @throws StepFunctionsException `StateMachineDoesNotExist`
  public StateMachineDescription describeStateMachine(String stateMachineArn) {
    return machine(stateMachineArn).description();
  }

  /// All state machines, by name.
  public List<StateMachineDescription> stateMachines() {
    return machines.values().stream().map(Machine::description)
        .sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  /// Removes a state machine with its executions, stopping those that run; without effect if there is none.
  public void deleteStateMachine(String stateMachineArn) {
    Collection<Execution> theirs;
    synchronized (registry) {
      var machine = machines.remove(stateMachineArn);
      if (machine == null) {
        return;
      }
      theirs = byStart.values().stream()
          .filter(execution -> execution.identity().machine().arn().equals(stateMachineArn)).toList();
      theirs.forEach(this::forget);
      names.remove(stateMachineArn);
      journal.ifPresent(open -> open.machineDeleted(stateMachineArn));
    }
    theirs.forEach(execution -> execution.end(ExecutionStatus.ABORTED, Optional.empty(), Optional.empty(),
        Optional.of("The state machine was deleted")));
  }

  /// Starts an execution under a name of its own making.
  public ExecutionDescription start(String stateMachineArn, String input) {
    return start(stateMachineArn, UUID.randomUUID().toString(), input);
  }

  /// Starts an execution. While one of that name runs with exactly this input, it is that one that is answered with.
  ///
  /// @param name unique within the state machine, for ever
  /// @param input JSON
  /// @throws StepFunctionsException `StateMachineDoesNotExist`, `InvalidName`, `InvalidExecutionInput`, or
  ///     `ExecutionAlreadyExists`
  public ExecutionDescription start(String stateMachineArn, String name, String input) {
    return begin(stateMachineArn, Optional.of(name), input, Optional.empty()).describe();
  }

  private Execution begin(
      String stateMachineArn, Optional<String> givenName, String input, Optional<String> startedBy) {
    var machine = machine(stateMachineArn);
    var name = givenName.orElseGet(() -> UUID.randomUUID().toString());
    requireName(name);
    requireInput(input);
    Execution execution;
    synchronized (registry) {
      if (closed) {
        throw new StepFunctionsException("ServiceUnavailable", "This emulator is closed");
      }
      var arn = Address.execution(machine.description().name(), name);
      var known = executions.get(arn);
      if (known != null && known.end().isEmpty() && known.identity().input().equals(input)) {
        return known;
      }
      if (!names.computeIfAbsent(stateMachineArn, key -> new HashSet<>()).add(name)) {
        throw new StepFunctionsException("ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'");
      }
      execution = new Execution(new Execution.Identity(arn, machine.description(), name, input,
          now(), startedBy, ++started), time, this::recorded);
      journal.ifPresent(open -> open.started(execution.identity()));
      register(execution);
    }
    tell(execution.describe());
    execution.whenEnded(() -> over(execution));
    new Interpreter(execution, tasks, random).start(machine.definition());
    return execution;
  }

  /// Ends an execution at once as `ABORTED`; one that has ended stays as it is. A function that runs is not
  /// interrupted, and its result is thrown away.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription stop(String executionArn, Optional<String> error, Optional<String> cause) {
    var execution = execution(executionArn);
    execution.end(ExecutionStatus.ABORTED, Optional.empty(), error, cause);
    return execution.describe();
  }

  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription describe(String executionArn) {
    return execution(executionArn).describe();
  }

  /// The state machine as it was when the execution started.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public StateMachineDescription stateMachineOf(String executionArn) {
    return execution(executionArn).identity().machine();
  }

  /// Waits until an execution has ended and everybody has been told.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public ExecutionDescription await(String executionArn) {
    var execution = execution(executionArn);
    execution.ended().join();
    return execution.describe();
  }

  /// The executions of all state machines, newest first.
  public List<ExecutionDescription> executions() {
    return byStart.descendingMap().values().stream().map(Execution::describe).toList();
  }

  /// The executions of one state machine, newest first.
  ///
  /// @throws StepFunctionsException `StateMachineDoesNotExist`
  public List<ExecutionDescription> executions(String stateMachineArn) {
    machine(stateMachineArn);
    return newestFirst(stateMachineArn, Long.MAX_VALUE).values().stream().map(Execution::describe).toList();
  }

  /// The service tells no finer times than milliseconds.
  Instant now() {
    return time.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /// Those started before the given number, by number.
  Map<Long, Execution> newestFirst(String stateMachineArn, long before) {
    var found = new LinkedHashMap<Long, Execution>();
    byStart.headMap(before).descendingMap().forEach((number, execution) -> {
      if (execution.identity().machine().arn().equals(stateMachineArn)) {
        found.put(number, execution);
      }
    });
    return found;
  }

  /// What has happened in an execution so far.
  ///
  /// @throws StepFunctionsException `ExecutionDoesNotExist`
  public List<HistoryEvent> history(String executionArn) {
    return execution(executionArn).history();
  }

  /// Ends it. What runs is cut off and, where there is a folder, shows as aborted after the next start.
  @Override
  public void close() {
    synchronized (registry) {
      closed = true;
    }
    protocol.close();
    listeners.clear();
    journal.ifPresent(ExecutionJournal::close);
    for (var execution : List.copyOf(executions.values())) {
      execution.end(ExecutionStatus.ABORTED, Optional.empty(), Optional.empty(),
          Optional.of("The emulator was closed"));
    }
    telling.shutdown();
  }

  private Machine machine(String arn) {
    if (arn == null || !arn.startsWith("arn:")) {
      throw new StepFunctionsException("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: " + arn + "'");
    }
    var machine = machines.get(arn);
    if (machine == null) {
      throw new StepFunctionsException("StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'");
    }
    return machine;
  }

  private Execution execution(String arn) {
    if (arn == null || !arn.startsWith("arn:")) {
      throw new StepFunctionsException("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: " + arn + "'");
    }
    var execution = executions.get(arn);
    if (execution == null) {
      throw new StepFunctionsException("ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'");
    }
    return execution;
  }

  private static void requireName(String name) {
    if (!name.matches(NAME)) {
      throw new StepFunctionsException("InvalidName", "Invalid Name: '" + name + "'");
    }
  }

  private static void requireInput(String input) {
    if (JsonValues.size(input) > Visit.LARGEST_PAYLOAD) {
      throw new StepFunctionsException("ValidationException", "1 validation error detected: Value at 'input' failed to "
          + "satisfy constraint: Member must have length less than or equal to " + Visit.LARGEST_PAYLOAD);
    }
    try {
      JsonValues.parse(input);
    } catch (IllegalArgumentException e) {
      throw new StepFunctionsException(
          "InvalidExecutionInput", "Invalid State Machine Execution Input: '" + e.getMessage() + "'");
    }
  }

  private void register(Execution execution) {
    executions.put(execution.identity().arn(), execution);
    byStart.put(execution.identity().number(), execution);
  }

  private void forget(Execution execution) {
    executions.remove(execution.identity().arn());
    byStart.remove(execution.identity().number());
    if (ended.remove(execution)) {
      keptCharacters -= characters(execution);
    }
  }

  private void recorded(Execution execution, HistoryEvent event) {
    journal.ifPresent(open -> open.event(execution.identity().arn(), event));
  }

  private void over(Execution execution) {
    execution.end().ifPresent(end -> journal.ifPresent(open -> open.ended(execution.identity().arn(), end)));
    synchronized (registry) {
      retire(execution);
    }
    tell(execution.describe());
  }

  /// Counts an ended execution among those kept, and forgets the oldest ones that are too many.
  private void retire(Execution execution) {
    if (!executions.containsKey(execution.identity().arn())) {
      return; // its state machine was deleted
    }
    ended.add(execution);
    keptCharacters += characters(execution);
    while (ended.size() > keep || (keptCharacters > KEPT_CHARACTERS && ended.size() > 1)) {
      forget(ended.peek());
    }
  }

  private static long characters(Execution execution) {
    var sum = (long) execution.identity().input().length();
    for (var event : execution.history()) {
      sum += 200;
      for (var detail : event.details().values()) {
        sum += detail instanceof String text ? text.length() : 40;
      }
    }
    return sum;
  }

  private void tell(ExecutionDescription description) {
    if (listeners.isEmpty()) {
      return;
    }
    try {
      telling.execute(() -> {
        for (var listener : listeners) {
          try {
            listener.accept(description);
          } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "A listener failed on " + description.executionArn(), e);
          }
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "Closed before " + description.executionArn() + " could be told of", e);
    }
  }

  /// Takes over what the journal remembers. What was running when it was cut off is ended here.
  private void restored(ExecutionJournal.Remembered remembered) {
    remembered.names().forEach((machine, known) ->
        names.computeIfAbsent(machine, key -> new HashSet<>()).addAll(known));
    for (var description : remembered.machines()) {
      try {
        machines.put(description.arn(), new Machine(description, DefinitionReader.read(description.definition())));
      } catch (StepFunctionsException e) {
        LOG.log(System.Logger.Level.WARNING, "The state machine " + description.name()
            + " was deployed by another version and is left out until it is deployed again: " + e.getMessage());
      }
    }
    for (var past : remembered.executions()) {
      var execution = Execution.restored(past.identity(), time, (one, event) -> { }, past.history());
      started = Math.max(started, past.identity().number());
      names.computeIfAbsent(past.identity().machine().arn(), key -> new HashSet<>()).add(past.identity().name());
      register(execution);
      past.end().ifPresentOrElse(execution::restoreEnd, () -> execution.end(ExecutionStatus.ABORTED, Optional.empty(),
          Optional.of("Emulator.Restarted"), Optional.of("The emulator was stopped while this execution ran")));
      retire(execution);
    }
    remembered.keepOnly(byStart.values());
  }
}
