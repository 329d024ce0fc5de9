package no.rapport.stepfunctions;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A state of the States language in JSONata mode.
sealed interface State {

  /// Unique in the whole state machine.
  String name();

  /// The `Type`, as events name it.
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

  /// What happens when it fails; nothing for a state that cannot catch.
  default Recovery recovery() {
    return Recovery.NONE;
  }

  /// Hands its input on.
  record Pass(String name, Exit exit) implements State {}

  /// Has something done.
  record Task(
      String name,
      TaskResource resource,
      Optional<Template> arguments,
      Optional<Template> timeoutSeconds,
      Recovery recovery,
      Exit exit) implements State {}

  /// Goes on where the first true condition says, else at `otherwise`.
  record Choice(String name, List<Rule> rules, Optional<Exit> otherwise) implements State {}

  /// Waits for some seconds or until a moment; exactly one of the two is there.
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

  /// States and where to begin: a state machine, a branch of Parallel, or what Map runs for each item.
  record Flow(String startAt, Map<String, State> states) {}

  /// How a state is left: what is assigned, what goes on, and where to; without `next` the flow ends.
  ///
  /// @param place where it stands in the state: empty, or for example `Choices[1]/`
  record Exit(String place, Map<String, Template> assign, Optional<Template> output, Optional<String> next) {}

  /// An entry of `Choices`.
  record Rule(Template condition, Exit exit) {}

  /// What happens when a state fails: first the retriers, then the catchers, each in order.
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
