package no.rapport.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Idempotency keys of POST requests, kept 24 hours per caller.
///
/// The first use reserves the key together with the time and the seed of the ids that the request will make. If a
/// request dies halfway, its repetition therefore makes the same ids, finds what was stored and does not store it
/// again. A refused request stores nothing and frees its key. The exception is a repetition of a request that died: it
/// may have stored something, so the key keeps its ids until the request has an answer or the key expires.
///
/// Only a successful answer about a resource ([Reply#about]) is kept, as a note that is erased with the resource. If
/// the resource is gone, or the caller may no longer see it, a repetition is answered with `404`. Any other answer is
/// not kept: the request runs again with the same ids.
public final class Idempotency {

  private static final Duration RETENTION = Duration.ofHours(24);
  /// Longer than the timeout of any API function.
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?");

  private final Records records;
  private final Clock clock;

  public Idempotency(Records records, Clock clock) {
    this.records = records;
    this.clock = clock;
  }

  /// @param seed the seed of the request's ids
  /// @param resource the resource of the kept answer; null while the request is in progress and if no answer is kept
  private record Use(String requestSha256, Instant time, String seed, Instant leaseUntil, Reply.Resource resource) {

    Use leasedUntil(Instant until) {
      return new Use(requestSha256, time, seed, until, resource);
    }

    Use answered(Optional<Reply.Resource> about) {
      return new Use(requestSha256, time, seed, Instant.EPOCH, about.orElse(null));
    }
  }

  private record Answer(int status, Map<String, String> headers, JsonNode body) {}

  /// Runs the request once per key and body; a repetition gets the kept answer.
  Reply once(Request request, Function<Request, Reply> handler) {
    Optional<String> key = request.header("Idempotency-Key");
    if (key.isEmpty()) {
      return handler.apply(request);
    }
    if (!KEY.matcher(key.get()).matches()) {
      throw InvalidRequest.malformed("Idempotency-Key must have 1 to 255 printable ASCII characters, "
          + "without a space at its ends");
    }
    String partition = "idempotency#" + request.caller().id();
    String sort = sha256(key.get());
    String requestSha256 = sha256(request.method() + "\n" + request.path() + "\n" + request.comparableText()
        + (request.query().isEmpty() ? "" : "\n" + new TreeMap<>(request.query())));
    for (int attempt = 0; attempt < 5; attempt++) {
      Instant now = clock.instant();
      Optional<Note> stored = records.note(partition, sort, now);
      if (stored.isEmpty()) {
        var use = new Use(requestSha256, request.now(), Ids.newSeed(), now.plus(LEASE), null);
        Note note = Note.first(partition, sort, Documents.write(use), now.plus(RETENTION));
        if (records.commit(new Change.AddNote(note))) {
          return run(request, handler, note, use);
        }
        continue;
      }
      Use use = Documents.read(stored.get().document(), Use.class);
      if (!use.requestSha256().equals(requestSha256)) {
        return Reply.problem(422,
            "This Idempotency-Key was used with another request; use a new key", List.of());
      }
      if (use.resource() != null) {
        if (isErased(use.resource(), request.caller())) {
          return Reply.notFound();
        }
        Optional<Reply> kept = keptAnswer(use.resource(), stored.get(), now);
        if (kept.isPresent()) {
          return kept.get();
        }
      }
      if (use.leaseUntil().isAfter(now)) {
        return inProgress();
      }
      Use again = use.leasedUntil(now.plus(LEASE));
      Note note = leased(stored.get(), Documents.write(again), now.plus(LEASE));
      if (records.commit(new Change.ReplaceNote(stored.get(), note))) {
        return run(request, handler, note, again);
      }
    }
    return inProgress();
  }

  private static Reply inProgress() {
    return Reply.conflict("The first request with this Idempotency-Key is still in progress; retry in a second")
        .retryAfter(1);
  }

  private Reply run(Request request, Function<Request, Reply> handler, Note note, Use use) {
    Reply reply;
    try {
      reply = handler.apply(request.reserved(use.time(), use.seed()));
    } catch (InvalidRequest refused) {
      release(note, use);
      throw refused;
    }
    if (reply.status() >= 500) {
      return reply;
    }
    if (reply.status() >= 300) {
      release(note, use);
      return reply;
    }
    boolean isFirst = note.version() == 1;
    Note answered = note.next(Documents.write(use.answered(reply.resource())));
    if (reply.resource().isEmpty()) {
      records.commit(new Change.ReplaceNote(note, answered));
      return reply;
    }
    Reply.Resource resource = reply.resource().get();
    Note answer = answer(resource, note, reply);
    boolean isKept = records.commit(new Change.ReplaceNote(note, answered), new Change.AddNote(answer));
    // This check must follow the write of the answer: a deletion after the check erases the answer too.
    if (isErased(resource, request.caller())) {
      if (isKept) {
        records.commit(new Change.RemoveNote(answer));
      }
      return isFirst ? reply : Reply.notFound();
    }
    return reply;
  }

  private boolean isErased(Reply.Resource resource, Caller caller) {
    return records.find(resource.collection(), resource.id(), caller::maySee).isEmpty();
  }

  private static Note answer(Reply.Resource resource, Note use, Reply reply) {
    return Note.first(Note.about(resource.collection(), resource.id()), answerSort(use),
        Documents.write(new Answer(reply.status(), reply.headers(), reply.body().orElse(null))),
        use.expires().orElseThrow());
  }

  private Optional<Reply> keptAnswer(Reply.Resource resource, Note use, Instant now) {
    return records.note(Note.about(resource.collection(), resource.id()), answerSort(use), now)
        .map(note -> Documents.read(note.document(), Answer.class))
        .map(answer -> new Reply(answer.status(), answer.headers(), Optional.ofNullable(answer.body())));
  }

  private static String answerSort(Note use) {
    return "answer#" + sha256(use.partition() + "#" + use.sort());
  }

  /// Returns the note with a new document. It does not expire before the lease of its new holder ends.
  private static Note leased(Note seen, String document, Instant atLeastUntil) {
    return new Note(seen.partition(), seen.sort(), seen.version() + 1, document,
        seen.expires().map(expires -> expires.isBefore(atLeastUntil) ? atLeastUntil : expires));
  }

  private void release(Note note, Use use) {
    records.commit(note.version() == 1 ? new Change.RemoveNote(note)
        : new Change.ReplaceNote(note, note.next(Documents.write(use.leasedUntil(Instant.EPOCH)))));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
