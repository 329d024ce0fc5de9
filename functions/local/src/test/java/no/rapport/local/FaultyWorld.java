package no.rapport.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import no.rapport.exportworkflow.ExportFunctions;
import no.rapport.local.WalkFunctions.Answer;
import no.rapport.stepfunctions.ExecutionStatus;
import no.rapport.stepfunctions.FunctionError;
import no.rapport.stepfunctions.StepFunctions;
import no.rapport.stepfunctions.TopicMessage;
import no.rapport.stepfunctions.VirtualTime;

/// All deployed functions, tables, the bucket and the state machines, for one walk with faults: the real handlers over
/// [WalkServices] and the real ASL, with a clock that only the test advances.
///
/// The SDK does not retry here: a fault stands for an error that remains after the SDK's own retries.
final class FaultyWorld implements AutoCloseable {

  static final String ORG = "org-1042";
  static final Template TEMPLATE =
      TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);

  final CallFaults faults;
  final WalkServices services = new WalkServices();
  private final WalkMemory memory = new WalkMemory();
  private final VirtualTime time = VirtualTime.standing(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final Clock clock = ((InstantSource) time::now).withZone(ZoneOffset.UTC);
  private final StepFunctions stepFunctions;
  private final WalkFunctions functions;
  private final WalkInvariants invariants;
  private final boolean faultless;
  private int step;
  private boolean armed;
  private BooleanSupplier atNextTask = () -> false;
  private String atTask = "";

  /// Thrown when a walk reaches a state from which another walk has succeeded.
  static final class KnownState extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KnownState() {
      super("known", null, false, false);
    }
  }

  /// @param states records the passed states, and tells which of them are known
  /// @param inParts whether even a few rows are rendered and uploaded in several parts
  FaultyWorld(List<CallFaults.Fault> planned, PassedStates states, boolean inParts) {
    faults = new CallFaults(planned, services::http, clock, states);
    faultless = planned.isEmpty();
    // Jitter would make equal walks differ.
    stepFunctions = StepFunctions.builder().time(time).random(() -> Long.MAX_VALUE).functions(this::invoke)
        .topics(this::publish).start();
    functions = new WalkFunctions(services, stepFunctions, clock, inParts);
    invariants = new WalkInvariants(services, memory, stepFunctions, functions.observed, clock,
        (function, path, organization) -> functions.answer(function, path, null, null, organization));
  }

  // --- actions of a journey --------------------------------------------------------------------------------------

  /// Starts numbering calls and injecting faults.
  void arm() {
    armed = true;
  }

  /// Runs `act` before the next invocation of the function.
  void whenCalled(String function, Runnable act) {
    atTask = function;
    atNextTask = () -> {
      act.run();
      return true;
    };
  }

  /// Puts source data into the bucket and imports it, without faults.
  void imports(String key, String content) {
    step++;
    functions.imports(key, content);
  }

  /// Returns the events that a follower receives after the given event.
  List<Long> eventsAfter(long last, String periodId) {
    return functions.eventsAfter(last, periodId);
  }

  /// Sends a request as a client does: repeats it with the same idempotency key if the answer allows a retry.
  Answer ask(String function, Map<String, String> path, String body, String key) {
    step++;
    Answer answer = null;
    for (int round = 0; round < 6; round++) {
      answer = once(function, path, body, key);
      boolean inFlight = answer.status() == 409 && answer.text("/detail").contains("in progress");
      if (answer.status() < 500 && !inFlight) {
        break;
      }
      pass(Duration.ofSeconds(31));
    }
    return answer;
  }

  Answer ask(String function, Map<String, String> path) {
    return ask(function, path, null, null);
  }

  /// Sends a request while a workflow waits for it. Does not repeat it, because no time may pass.
  Answer askNow(String function, Map<String, String> path, String body) {
    step++;
    return once(function, path, body, null);
  }

  /// Makes the next run of a task fail with a permanent error.
  void refuseOnce(String function) {
    whenCalled(function, () -> {
      throw new IllegalStateException("A permanent failure");
    });
  }

  private Answer once(String function, Map<String, String> path, String body, String key) {
    beginTurn();
    try {
      Object response = armed ? faults.invoke(function, false, () -> state(function + path + body + key),
          () -> handled(function, path, body, key))
          : handled(function, path, body, key);
      return (Answer) response;
    } catch (FunctionError e) {
      return new Answer(504, JsonNodeFactory.instance.objectNode());
    } finally {
      endTurn();
      seeStates();
    }
  }

  private Answer handled(String function, Map<String, String> path, String body, String key) {
    Answer answer = functions.answer(function, path, body, key, ORG);
    if (key != null && answer.status() < 300) {
      memory.answered(key, answer.body().toString());
    }
    return answer;
  }

  void wasCancelled(String collection, String job) {
    memory.wasCancelled(collection, job);
  }

  void isRetried(String job) {
    memory.isRetried(job);
  }

  /// @param function the handler that returns the resource
  void wasDeleted(String function, String parameter, String resource) {
    memory.wasDeleted(function, parameter, resource);
  }

  /// Returns whether no fault is planned.
  boolean isWithoutFaults() {
    return faultless;
  }

  // --- time ------------------------------------------------------------------------------------------------------

  /// Advances the clock, with a sweep after every minute. Late invocations continue first.
  void pass(Duration duration) {
    stopIfKnown();
    time.awaitQuiet();
    goOnLate();
    time.advance(duration);
    time.awaitQuiet();
    seeStates();
  }

  private void goOnLate() {
    beginTurn();
    try {
      faults.letLateOnesGoOn();
    } finally {
      endTurn();
    }
    time.awaitQuiet();
  }

  void sweep() {
    for (String sweeper : List.of("SweepExports", "SweepAggregations")) {
      beginTurn();
      try {
        if (armed) {
          faults.invoke(sweeper, false, () -> state(sweeper),
              () -> functions.sweep(sweeper));
        } else {
          functions.sweep(sweeper);
        }
      } catch (FunctionError e) {
        // The next sweep follows in a minute.
      } finally {
        endTurn();
      }
      time.awaitQuiet();
      seeStates();
    }
  }

  /// Advances the clock by minutes until nothing is left to do.
  void rest() {
    step++;
    for (int minute = 0; minute < 40; minute++) {
      pass(Duration.ofSeconds(minute == 0 ? 50 : 60));
      if (isQuiet()) {
        return;
      }
      sweep();
    }
  }

  private boolean isQuiet() {
    return WalkInvariants.unfinished(services).isEmpty() && stepFunctions.executions().stream()
        .noneMatch(execution -> execution.status() == ExecutionStatus.RUNNING);
  }

  /// Runs [#rest] and advances the clock beyond the time limit of every duty.
  void settle() {
    rest();
    step++;
    sweep();
    for (int round = 0; round < 12; round++) {
      pass(Duration.ofMinutes(17));
      sweep();
      if (isQuiet() && ExportFunctions.duties(functions.observed, clock.instant()).isEmpty()) {
        return;
      }
    }
  }

  // --- calls of the workflows ------------------------------------------------------------------------------------

  private byte[] invoke(String arn, byte[] payload) throws FunctionError {
    String handler = TEMPLATE.function(arn).handler();
    String function = handler.substring(handler.lastIndexOf('.') + 1);
    String given = new String(payload, StandardCharsets.UTF_8);
    time.beginTurn(function + CanonicalState.withoutDrawn(given) + "%05d".formatted(startedBefore(given)));
    try {
      if (function.equals(atTask)) {
        atTask = "";
        atNextTask.getAsBoolean();
      }
      Object output = armed
          ? faults.invoke(function, true, () -> state(function + given), () -> functions.run(function, payload))
          : functions.run(function, payload);
      return (byte[]) output;
    } catch (FunctionError e) {
      if (e.error().equals("Lambda.Unknown")) {
        stepFunctions.executions().stream().filter(execution -> execution.status() == ExecutionStatus.RUNNING)
            .forEach(execution -> stepFunctions.stop(execution.executionArn(), Optional.of("Fault"), Optional.empty()));
      }
      throw e;
    } catch (RuntimeException e) {
      throw FunctionError.of(e);
    } finally {
      time.endTurn();
      seeStates();
    }
  }

  /// Returns how many executions were started before this one. Distinguishes executions with equal input.
  private long startedBefore(String given) {
    return stepFunctions.executions().stream().dropWhile(execution -> !given.contains(execution.name())).count();
  }

  /// Marks the start of a request or sweep, during which no other one runs.
  private void beginTurn() {
    stopIfKnown();
    time.workBegins();
    time.beginTurn("");
  }

  private void endTurn() {
    time.endTurn();
    time.workEnds();
  }

  private void stopIfKnown() {
    if (faults.isInKnownState()) {
      throw new KnownState();
    }
  }

  private String publish(TopicMessage message) {
    Runnable publication = () -> memory.published(message);
    if (armed) {
      faults.pass("Notify", publication);
    } else {
      publication.run();
    }
    return UUID.randomUUID().toString();
  }

  private List<String> state(String next) {
    return WalkState.of(services, memory, stepFunctions, next + " client " + step + " waiting for " + atTask);
  }

  private synchronized void seeStates() {
    if (armed && faults.hasWritten()) {
      WalkServices.jobsAmong(services.everything()).forEach(memory::see);
    }
  }

  /// Checks every invariant.
  void check() {
    stopIfKnown();
    invariants.check();
  }

  String describe() {
    var text = new StringBuilder();
    WalkServices.jobsAmong(services.everything()).forEach(job -> text.append(job.kind().collection()).append(' ').append(job.id()).append(' ')
        .append(job.state()).append(" attempt ").append(job.attempt()).append('\n'));
    stepFunctions.executions().forEach(execution -> text.append(execution.name()).append(' ').append(execution.status())
        .append('\n'));
    return text.append("at ").append(clock.instant().truncatedTo(ChronoUnit.SECONDS)).toString();
  }

  @Override
  public void close() {
    faults.close();
    functions.close();
    stepFunctions.close();
    services.close();
  }
}
