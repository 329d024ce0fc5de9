package no.rapport.stepfunctions;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The operations of the service, shared by all callers; [StepFunctions] describes each method.
final class Service implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Service.class.getName());
  private static final String NAME = "[^\\s\\p{Cntrl}<>{}\\[\\]?*\"#%\\\\^|~`$&,;:/]{1,80}";

  private record Machine(StateMachineDescription description, Definition definition) {}

  private final WorkflowTime time;
  private final RandomGenerator random;
  private final Tasks tasks;
  private final Optional<ExecutionJournal> journal;
  private final StatusListeners listeners;

  /// Guards the fields below. A thread that holds an execution's lock never takes it.
  private final Object lock = new Object();
  private final Map<String, Machine> machines = new ConcurrentHashMap<>();
  private final KeptExecutions kept;
  private boolean closed;

  Service(WorkflowTime time, RandomGenerator random, int keep, Optional<Path> data, Tasks.Integrations integrations,
      List<Consumer<ExecutionDescription>> listeners) {
    this.time = time;
    this.random = random;
    this.kept = new KeptExecutions(keep);
    this.tasks = new Tasks(integrations, this::begin, time);
    this.listeners = new StatusListeners(listeners);
    this.journal = data.map(folder -> ExecutionJournal.open(folder.resolve("executions.jsonl"), this::restored));
  }

  /// Notifies `listener` of every start and end of an execution, in order, like EventBridge's status events.
  /// Notifications run on their own thread; an exception is logged and otherwise ignored.
  void onStatusChange(Consumer<ExecutionDescription> listener) {
    listeners.add(listener);
  }

  String createStateMachine(String name, String definition, String roleArn) {
    requireName(name);
    var read = DefinitionReader.read(definition);
    var arn = Address.stateMachine(name);
    synchronized (lock) {
      var created = Optional.ofNullable(machines.get(arn)).map(known -> known.description().creationDate())
          .orElse(now());
      var description = new StateMachineDescription(
          arn, name, definition, roleArn, created, UUID.randomUUID().toString());
      journal.ifPresent(open -> open.machine(description));
      machines.put(arn, new Machine(description, read));
    }
    return arn;
  }

  StateMachineDescription describeStateMachine(String stateMachineArn) {
    return machine(stateMachineArn).description();
  }

  List<StateMachineDescription> stateMachines() {
    return machines.values().stream().map(Machine::description)
        .sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  void deleteStateMachine(String stateMachineArn) {
    List<Execution> theirs;
    synchronized (lock) {
      var machine = machines.remove(stateMachineArn);
      if (machine == null) {
        return;
      }
      theirs = kept.removeAll(stateMachineArn);
      journal.ifPresent(open -> open.machineDeleted(stateMachineArn));
    }
    theirs.forEach(execution -> execution.end(ExecutionStatus.ABORTED, Optional.empty(), Optional.empty(),
        Optional.of("The state machine was deleted")));
  }

  ExecutionDescription start(String stateMachineArn, String input) {
    return start(stateMachineArn, UUID.randomUUID().toString(), input);
  }

  ExecutionDescription start(String stateMachineArn, String name, String input) {
    return begin(stateMachineArn, Optional.of(name), input, Optional.empty()).describe();
  }

  private Execution begin(
      String stateMachineArn, Optional<String> givenName, String input, Optional<String> startedBy) {
    var machine = machine(stateMachineArn);
    var name = givenName.orElseGet(() -> UUID.randomUUID().toString());
    requireName(name);
    requireInput(input);
    Execution execution;
    synchronized (lock) {
      if (closed) {
        throw new StepFunctionsException("ServiceUnavailable", "This emulator is closed");
      }
      var arn = Address.execution(machine.description().name(), name);
      var known = kept.find(arn);
      if (known.isPresent() && known.get().end().isEmpty() && known.get().identity().input().equals(input)) {
        return known.get();
      }
      if (!kept.takeName(stateMachineArn, name)) {
        throw new StepFunctionsException("ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'");
      }
      execution = new Execution(new Execution.Identity(arn, machine.description(), name, input,
          now(), startedBy, kept.nextNumber()), time, this::recorded);
      journal.ifPresent(open -> open.started(execution.identity()));
      kept.add(execution);
    }
    listeners.tell(execution.describe());
    execution.whenEnded(() -> over(execution));
    new Interpreter(execution, tasks, random).start(machine.definition());
    return execution;
  }

  ExecutionDescription stop(String executionArn, Optional<String> error, Optional<String> cause) {
    var execution = execution(executionArn);
    execution.end(ExecutionStatus.ABORTED, Optional.empty(), error, cause);
    return execution.describe();
  }

  ExecutionDescription describe(String executionArn) {
    return execution(executionArn).describe();
  }

  StateMachineDescription stateMachineOf(String executionArn) {
    return execution(executionArn).identity().machine();
  }

  ExecutionDescription await(String executionArn) {
    var execution = execution(executionArn);
    execution.ended().join();
    return execution.describe();
  }

  List<ExecutionDescription> executions() {
    return kept.newestFirst().stream().map(Execution::describe).toList();
  }

  List<ExecutionDescription> executions(String stateMachineArn) {
    machine(stateMachineArn);
    return newestFirst(stateMachineArn, Long.MAX_VALUE).values().stream().map(Execution::describe).toList();
  }

  /// The service truncates times to milliseconds.
  Instant now() {
    return time.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /// Returns the executions of a state machine that started before the given number, newest first, by number.
  Map<Long, Execution> newestFirst(String stateMachineArn, long before) {
    return kept.newestFirst(stateMachineArn, before);
  }

  List<HistoryEvent> history(String executionArn) {
    return execution(executionArn).history();
  }

  /// Closes the service. Running executions are interrupted; with a data folder they are `ABORTED` after the next
  /// start.
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    journal.ifPresent(ExecutionJournal::close);
    for (var execution : kept.all()) {
      execution.end(ExecutionStatus.ABORTED, Optional.empty(), Optional.empty(),
          Optional.of("The emulator was closed"));
    }
    listeners.close();
  }

  /// Tests one state alone.
  StateTest.Result test(StateTest.Order order) {
    time.workBegins();
    try {
      return new StateTest(tasks, time).run(order);
    } finally {
      time.workEnds();
    }
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
    return kept.find(arn).orElseThrow(() ->
        new StepFunctionsException("ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"));
  }

  private static void requireName(String name) {
    if (!name.matches(NAME)) {
      throw new StepFunctionsException("InvalidName", "Invalid Name: '" + name + "'");
    }
  }

  private static void requireInput(String input) {
    if (JsonValues.size(input) > Visit.MAX_PAYLOAD_BYTES) {
      throw new StepFunctionsException("ValidationException", "1 validation error detected: Value at 'input' failed to "
          + "satisfy constraint: Member must have length less than or equal to " + Visit.MAX_PAYLOAD_BYTES);
    }
    try {
      JsonValues.parse(input);
    } catch (IllegalArgumentException e) {
      throw new StepFunctionsException(
          "InvalidExecutionInput", "Invalid State Machine Execution Input: '" + e.getMessage() + "'");
    }
  }

  private void recorded(Execution execution, HistoryEvent event) {
    journal.ifPresent(open -> open.event(execution.identity().arn(), event));
  }

  private void over(Execution execution) {
    execution.end().ifPresent(end -> journal.ifPresent(open -> open.ended(execution.identity().arn(), end)));
    synchronized (lock) {
      kept.retire(execution);
    }
    listeners.tell(execution.describe());
  }

  /// Restores the content of the journal. Executions that were running when it was interrupted are ended here.
  private void restored(ExecutionJournal.Remembered remembered) {
    remembered.names().forEach((machine, names) -> names.forEach(name -> kept.takeName(machine, name)));
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
      kept.takeName(past.identity().machine().arn(), past.identity().name());
      kept.add(execution);
      past.end().ifPresentOrElse(execution::restoreEnd, () -> execution.end(ExecutionStatus.ABORTED, Optional.empty(),
          Optional.of("Emulator.Restarted"), Optional.of("The emulator was stopped while this execution ran")));
      kept.retire(execution);
    }
    remembered.keepOnly(kept.all());
  }
}
