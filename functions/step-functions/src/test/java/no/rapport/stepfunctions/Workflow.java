package no.rapport.stepfunctions;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A fixture for workflows: Step Functions on a virtual clock, functions as lambdas, and a record of all calls.
final class Workflow implements AutoCloseable {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final String ROLE = "arn:aws:iam::000000000000:role/rapport";

  /// A function's body: JSON in, JSON out.
  @FunctionalInterface
  interface Body {
    String apply(String payload) throws Exception;
  }

  /// One call of a function and its time.
  record Call(String function, String payload, Duration at) {}

  final VirtualTime time;
  final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  final List<TopicMessage> published = Collections.synchronizedList(new ArrayList<>());
  final StepFunctions stepFunctions;
  private final Map<String, Body> functions = new HashMap<>();

  Workflow() {
    this(VirtualTime.leaping(START));
  }

  Workflow(VirtualTime time) {
    this.time = time;
    this.stepFunctions = StepFunctions.builder()
        .time(time)
        .random(new Random(7))
        .functions(this::invoke)
        .topics(message -> {
          published.add(message);
          return "message-" + published.size();
        })
        .start();
  }

  private byte[] invoke(String arn, byte[] payload) throws FunctionError {
    var name = arn.substring(arn.indexOf(":function:") + ":function:".length());
    var text = new String(payload, StandardCharsets.UTF_8);
    calls.add(new Call(name, text, Duration.between(START, time.now())));
    var body = functions.get(name);
    if (body == null) {
      throw new FunctionError("Lambda.ResourceNotFoundException", "Function not found: " + arn);
    }
    try {
      return body.apply(text).getBytes(StandardCharsets.UTF_8);
    } catch (FunctionError e) {
      throw e;
    } catch (Exception e) {
      throw FunctionError.of(e);
    }
  }

  /// Defines the body of a function.
  Workflow function(String name, Body body) {
    functions.put(name, body);
    return this;
  }

  /// Deploys a definition written with single quotes; `fn:x` stands for the ARN of the function `x`.
  String deploy(String name, String definition) {
    return stepFunctions.createStateMachine(name, json(definition), ROLE);
  }

  /// Returns the JSON of a text with single quotes. A quote within an expression is written `´`.
  static String json(String text) {
    return text.replace('\'', '"').replace('´', '\'')
        .replace("fn:", "arn:aws:lambda:eu-north-1:000000000000:function:");
  }

  /// Deploys a machine of the given states, the first of which is the start.
  static String machine(String states) {
    var first = states.substring(states.indexOf('\'') + 1, states.indexOf('\'', states.indexOf('\'') + 1));
    return "{'QueryLanguage': 'JSONata', 'StartAt': '" + first + "', 'States': {" + states + "}}";
  }

  /// Runs a machine of the given states to its end.
  ExecutionDescription run(String states, String input) {
    var arn = deploy("test", machine(states));
    return stepFunctions.await(stepFunctions.start(arn, json(input)).executionArn());
  }

  /// Returns the times of a function's calls, in seconds from the start.
  List<Double> secondsOf(String function) {
    return List.copyOf(calls).stream().filter(call -> call.function().equals(function))
        .map(call -> call.at().toMillis() / 1000d).toList();
  }

  /// Returns the types of an execution's events.
  List<String> types(ExecutionDescription execution) {
    return stepFunctions.history(execution.executionArn()).stream().map(HistoryEvent::type).toList();
  }

  @Override
  public void close() {
    stepFunctions.close();
  }
}
