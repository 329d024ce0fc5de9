package no.rapport.stepfunctions;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A state of the States Language in JSONata mode.
sealed interface State {

  /// Unique in the whole state machine.
  String name();

  /// Returns the `Type`, as events name it.
  default String type() {
    return switch (this) {
      case Pass pass -> "Pass";
      case Task task -> "Task";
      case Choice choice -> "Choice";
      case Wait wait -> "Wait";
      case Succeed succeed -> "Succeed";
      case Fail fail -> "Fail";
      case Parallel parallel -> "Parallel";
      case MapOver map -> "Map";
    };
  }

  /// Returns its retriers and catchers; none for a state that cannot have them.
  default Recovery recovery() {
    return Recovery.NONE;
  }

  /// Passes its input on.
  record Pass(String name, Exit exit) implements State {}

  /// Calls a function or an integration.
  record Task(
      String name,
      TaskResource resource,
      Optional<Template> arguments,
      Optional<Template> timeoutSeconds,
      Recovery recovery,
      Exit exit) implements State {}

  /// Continues at the state of the first true condition, otherwise at `otherwise`.
  record Choice(String name, List<Rule> rules, Optional<Exit> otherwise) implements State {}

  /// Waits for some seconds or until a time; exactly one of the two is present.
  record Wait(String name, Optional<Template> seconds, Optional<Template> timestamp, Exit exit) implements State {}

  /// Ends its flow.
  record Succeed(String name, Exit exit) implements State {}

  /// Ends its flow with an error.
  record Fail(String name, Optional<Template> error, Optional<Template> cause) implements State {}

  /// Runs several flows at the same time.
  record Parallel(String name, List<Flow> branches, Optional<Template> arguments, Recovery recovery, Exit exit)
      implements State {}

  /// Runs one flow for each item.
  record MapOver(
      String name,
      Flow processor,
      Optional<Template> items,
      Optional<Template> itemSelector,
      Optional<Template> maxConcurrency,
      Optional<Template> toleratedFailureCount,
      Optional<Template> toleratedFailurePercentage,
      Recovery recovery,
      Exit exit) implements State {}

  /// States and the first of them: a state machine, a branch of Parallel, or the iteration of a Map.
  record Flow(String startAt, Map<String, State> states) {}

  /// The exit of a state: its assignments, its output and the next state. Without `next` the flow ends.
  ///
  /// @param place its place in the state: empty, or for example `Choices[1]/`
  record Exit(String place, Map<String, Template> assign, Optional<Template> output, Optional<String> next) {}

  /// An entry of `Choices`.
  record Rule(Template condition, Exit exit) {}

  /// The handling of a state's failure: first the retriers, then the catchers, each in order.
  record Recovery(List<Retrier> retriers, List<Catcher> catchers) {

    static final Recovery NONE = new Recovery(List.of(), List.of());
  }

  /// An entry of `Catch`.
  record Catcher(List<String> errorEquals, Exit exit) {

    boolean matches(WorkflowFailure failure) {
      return errorEquals.stream().anyMatch(failure::is);
    }
  }
}
