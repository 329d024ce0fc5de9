package no.rapport.stepfunctions;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// A file with one JSON line per change, which restores the state after a restart. Each start rewrites it with the
/// state that is still known. A truncated last line is ignored.
final class ExecutionJournal implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ExecutionJournal.class.getName());

  /// A journaled execution. Without an end it was running.
  record Past(Execution.Identity identity, List<HistoryEvent> history, Optional<Execution.End> end) {}

  /// The content of a journal.
  static final class Remembered {

    private final Map<String, StateMachineDescription> machines = new LinkedHashMap<>();
    private final Map<String, Past> executions = new LinkedHashMap<>();
    private final Map<String, Set<String>> names = new LinkedHashMap<>();
    private List<Past> kept = List.of();

    List<StateMachineDescription> machines() {
      return List.copyOf(machines.values());
    }

    /// Returns the executions in order of their start.
    List<Past> executions() {
      return List.copyOf(executions.values());
    }

    /// Returns the names of executions by state machine.
    Map<String, Set<String>> names() {
      return names;
    }

    /// Selects the executions for the new journal. Of all others only the names are kept.
    void keepOnly(Collection<Execution> executionsKept) {
      kept = executionsKept.stream()
          .map(one -> new Past(one.identity(), one.history(), one.end())).toList();
    }

    private void take(Map<?, ?> line) {
      switch (text(line, "entry")) {
        case "machine" -> {
          var machine = machine(line);
          machines.put(machine.arn(), machine);
        }
        case "deleted" -> {
          var arn = text(line, "arn");
          machines.remove(arn);
          names.remove(arn);
          executions.values().removeIf(past -> past.identity().machine().arn().equals(arn));
        }
        case "name" -> name(text(line, "machine"), text(line, "name"));
        case "started" -> {
          var machineArn = text(line, "machine");
          var machine = Optional.ofNullable(machines.get(machineArn)).orElseGet(() -> new StateMachineDescription(
              machineArn, machineArn.substring(machineArn.lastIndexOf(':') + 1), "{}", "", Instant.EPOCH, ""));
          var identity = new Execution.Identity(text(line, "arn"), machine, text(line, "name"), text(line, "input"),
              instant(line, "at"), optional(line, "startedBy"), ((Number) line.get("number")).longValue());
          executions.put(identity.arn(), new Past(identity, new ArrayList<>(), Optional.empty()));
          name(machineArn, identity.name());
        }
        case "event" -> {
          var past = executions.get(text(line, "arn"));
          if (past != null) {
            past.history().add(event(line));
          }
        }
        case "ended" -> executions.computeIfPresent(text(line, "arn"), (arn, past) -> new Past(
            past.identity(), past.history(), Optional.of(new Execution.End(
                ExecutionStatus.valueOf(text(line, "status")), instant(line, "at"),
                optional(line, "output"), optional(line, "error"), optional(line, "cause")))));
        default -> throw new IllegalArgumentException("Unknown kind of journal entry");
      }
    }

    private void name(String machine, String name) {
      names.computeIfAbsent(machine, key -> new LinkedHashSet<>()).add(name);
    }
  }

  private final Path file;
  private Optional<BufferedWriter> out = Optional.empty();
  private boolean flushing;

  private ExecutionJournal(Path file) {
    this.file = file;
  }

  /// Reads a journal, passes its content to `restore` and starts the new one.
  ///
  /// @throws UncheckedIOException if the file cannot be read or written
  static ExecutionJournal open(Path file, Consumer<Remembered> restore) {
    try {
      Files.createDirectories(file.getParent());
      var remembered = read(file);
      restore.accept(remembered);
      var fresh = file.resolveSibling(file.getFileName() + ".new");
      var journal = new ExecutionJournal(file);
      journal.out = Optional.of(Files.newBufferedWriter(fresh, StandardCharsets.UTF_8));
      journal.rewrite(remembered);
      journal.close();
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      journal.out = Optional.of(Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND));
      journal.flushing = true;
      return journal;
    } catch (IOException e) {
      throw new UncheckedIOException("The journal " + file + " of Step Functions cannot be opened", e);
    }
  }

  private static Remembered read(Path file) throws IOException {
    var remembered = new Remembered();
    if (!Files.exists(file)) {
      return remembered;
    }
    try (var in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        try {
          remembered.take((Map<?, ?>) JsonValues.parse(line));
        } catch (IllegalArgumentException | ClassCastException e) {
          LOG.log(System.Logger.Level.WARNING, "A line of " + file + " is left out: " + e.getMessage());
        }
      }
    }
    return remembered;
  }

  private void rewrite(Remembered remembered) {
    remembered.machines().forEach(this::machine);
    remembered.names().forEach((machine, names) -> names.forEach(name ->
        line("name", Map.of("machine", machine, "name", name))));
    for (var past : remembered.kept) {
      started(past.identity());
      past.history().forEach(event -> event(past.identity().arn(), event));
      past.end().ifPresent(end -> ended(past.identity().arn(), end));
    }
  }

  void machine(StateMachineDescription machine) {
    line("machine", Map.of("arn", machine.arn(), "name", machine.name(), "definition", machine.definition(),
        "role", machine.roleArn(), "at", machine.creationDate().toEpochMilli(), "revision", machine.revisionId()));
  }

  void machineDeleted(String arn) {
    line("deleted", Map.of("arn", arn));
  }

  void started(Execution.Identity identity) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("arn", identity.arn());
    fields.put("machine", identity.machine().arn());
    fields.put("name", identity.name());
    fields.put("input", identity.input());
    fields.put("at", identity.startDate().toEpochMilli());
    fields.put("number", identity.number());
    identity.startedBy().ifPresent(by -> fields.put("startedBy", by));
    line("started", fields);
  }

  void event(String arn, HistoryEvent event) {
    line("event", Map.of("arn", arn, "id", event.id(), "previous", event.previousId(),
        "at", event.timestamp().toEpochMilli(), "type", event.type(), "details", event.details()));
  }

  void ended(String arn, Execution.End end) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("arn", arn);
    fields.put("status", end.status().name());
    fields.put("at", end.at().toEpochMilli());
    end.output().ifPresent(text -> fields.put("output", text));
    end.error().ifPresent(text -> fields.put("error", text));
    end.cause().ifPresent(text -> fields.put("cause", text));
    line("ended", fields);
  }

  private synchronized void line(String entry, Map<String, Object> fields) {
    if (out.isEmpty()) {
      return; // closed: later changes are lost at the next start
    }
    var all = new LinkedHashMap<String, Object>();
    all.put("entry", entry);
    all.putAll(fields);
    try {
      out.get().write(JsonValues.write(all));
      out.get().write('\n');
      if (flushing) {
        out.get().flush();
      }
    } catch (IOException e) {
      // Executions continue: losing the journal must not fail them.
      LOG.log(System.Logger.Level.ERROR,
          "The journal " + file + " cannot be written; later changes are lost at the next restart", e);
      out = Optional.empty();
    }
  }

  /// Closes the journal; later writes are ignored.
  @Override
  public synchronized void close() {
    out.ifPresent(writer -> {
      try {
        writer.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    out = Optional.empty();
  }

  private static StateMachineDescription machine(Map<?, ?> line) {
    return new StateMachineDescription(text(line, "arn"), text(line, "name"), text(line, "definition"),
        text(line, "role"), instant(line, "at"), text(line, "revision"));
  }

  private static HistoryEvent event(Map<?, ?> line) {
    var details = new LinkedHashMap<String, Object>();
    ((Map<?, ?>) line.get("details")).forEach((key, value) -> details.put(key.toString(), value));
    return new HistoryEvent(((Number) line.get("id")).longValue(), ((Number) line.get("previous")).longValue(),
        instant(line, "at"), text(line, "type"), details);
  }

  private static String text(Map<?, ?> line, String field) {
    return (String) line.get(field);
  }

  private static Optional<String> optional(Map<?, ?> line, String field) {
    return Optional.ofNullable(text(line, field));
  }

  private static Instant instant(Map<?, ?> line, String field) {
    return Instant.ofEpochMilli(((Number) line.get(field)).longValue());
  }
}
