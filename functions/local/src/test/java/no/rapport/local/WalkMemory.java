package no.rapport.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportState;
import no.rapport.stepfunctions.TopicMessage;

/// Records the answers to a walk's callers, their requests and the observed states of jobs. The invariants need these
/// in addition to the stored state. Thread-safe.
final class WalkMemory {

  private final List<TopicMessage> published = new ArrayList<>();
  private final Map<String, ExportJob> lastSeen = new HashMap<>();
  private final List<String> illegal = new ArrayList<>();
  private final Map<String, Set<String>> idsByKey = new HashMap<>();
  private final Set<String> retried = new HashSet<>();
  private final Set<String> cancelled = new HashSet<>();
  private final Map<String, String> deleted = new LinkedHashMap<>();

  synchronized void published(TopicMessage message) {
    published.add(message);
  }

  /// Returns the published messages about a job.
  synchronized List<TopicMessage> publishedAbout(String job) {
    return published.stream().filter(message -> message.message().contains(job)).toList();
  }

  /// Records the answer to a request with an idempotency key.
  synchronized void answered(String key, String body) {
    idsByKey.computeIfAbsent(key, _ -> new TreeSet<>()).add(body);
  }

  synchronized Map<String, Set<String>> answersByKey() {
    return new TreeMap<>(idsByKey);
  }

  synchronized void wasCancelled(String collection, String job) {
    cancelled.add(collection + "/" + job);
  }

  synchronized boolean isCancelled(String collection, String job) {
    return cancelled.contains(collection + "/" + job);
  }

  synchronized void isRetried(String job) {
    retried.add(job);
  }

  /// @param function the handler that returns the resource
  synchronized void wasDeleted(String function, String parameter, String resource) {
    deleted.put(function + "?" + parameter, resource);
  }

  /// Returns the deleted resources, by the handler and parameter that would return them: `GetReportRecord?report_id`.
  synchronized Map<String, String> deleted() {
    return new LinkedHashMap<>(deleted);
  }

  /// Returns the observed state changes of jobs that are not allowed.
  synchronized List<String> illegal() {
    return List.copyOf(illegal);
  }

  /// Records a job's current state, and whether the change to it is allowed.
  synchronized void see(ExportJob job) {
    ExportJob seen = lastSeen.put(job.id(), job);
    ExportState before = seen == null ? job.state() : seen.state();
    boolean ended = before == ExportState.COMPLETED || before == ExportState.CANCELLED
        || before == ExportState.FAILED && !retried.contains(job.id());
    if (ended && before != job.state()) {
      illegal.add(job.id() + " became " + job.state() + " after it was " + before);
    }
  }

  /// Returns everything that can affect the rest of the walk.
  synchronized List<String> state() {
    var state = new ArrayList<String>();
    state.add("cancelled " + cancelled + " deleted " + deleted + " retried " + retried + " illegal " + illegal);
    published.forEach(message -> state.add("published " + message));
    idsByKey.forEach((key, answers) -> state.add("answered " + key + " " + answers));
    return state;
  }
}
