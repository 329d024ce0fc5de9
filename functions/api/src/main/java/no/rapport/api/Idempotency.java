package no.rapport.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Idempotency keys of POST requests, kept 24 hours per caller.
///
/// The first use reserves the key together with the time and the seed of the ids that the request will make. A
/// request that dies halfway is therefore repeated with the same ids: what it had stored is found, not stored again.
/// Only successful answers are kept. A refused request has left nothing and frees its key, unless it repeats one that
/// died: that may have left something, so the key keeps its ids until it has an answer or is forgotten.
public final class Idempotency {

  private static final Duration KEPT = Duration.ofHours(24);
  /// Longer than any API function may run.
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?");

  private final Records records;
  private final Clock clock;

  public Idempotency(Records records, Clock clock) {
    this.records = records;
    this.clock = clock;
  }

  /// @param seed where the request's ids come from
  /// @param answer the first answer; null while it is in flight
  private record Use(String requestSha256, Instant time, String seed, Instant leaseUntil, Answer answer) {}

  private record Answer(int status, Map<String, String> headers, JsonNode body) {}

  /// Runs the request once per key and body.
  Reply once(Request request, Function<Request, Reply> handler) {
    Optional<String> key = request.header("Idempotency-Key");
    if (key.isEmpty()) {
      return handler.apply(request);
    }
    if (!KEY.matcher(key.get()).matches()) {
      throw InvalidRequest.malformed("Idempotency-Key must have 1 to 255 printable ASCII characters");
    }
    String partition = "idempotency#" + request.caller().id();
    String sort = sha256(key.get());
    String requestSha256 = sha256(request.method() + "\n" + request.path() + "\n" + request.text());
    for (int attempt = 0; attempt < 5; attempt++) {
      Instant now = clock.instant();
      Optional<Note> stored = records.note(partition, sort, now);
      if (stored.isEmpty()) {
        var use = new Use(requestSha256, request.now(), Ids.newSeed(), now.plus(LEASE), null);
        Note note = Note.first(partition, sort, Documents.write(use), now.plus(KEPT));
        if (records.commit(new Change.AddNote(note))) {
          return run(request, handler, note, use);
        }
        continue;
      }
      Use use = Documents.read(stored.get().document(), Use.class);
      if (!use.requestSha256().equals(requestSha256)) {
        return Reply.problem(422, "This Idempotency-Key was used with another request", java.util.List.of());
      }
      if (use.answer() != null) {
        return new Reply(use.answer().status(), use.answer().headers(), Optional.ofNullable(use.answer().body()));
      }
      if (use.leaseUntil().isAfter(now)) {
        return Reply.conflict("The first request with this Idempotency-Key is still in flight").retryAfter(1);
      }
      var again = new Use(requestSha256, use.time(), use.seed(), now.plus(LEASE), null);
      Note note = taken(stored.get(), Documents.write(again), now.plus(LEASE));
      if (records.commit(new Change.ReplaceNote(stored.get(), note))) {
        return run(request, handler, note, again);
      }
    }
    return Reply.conflict("The first request with this Idempotency-Key is still in flight").retryAfter(1);
  }

  private Reply run(Request request, Function<Request, Reply> handler, Note note, Use use) {
    Reply reply;
    try {
      reply = handler.apply(request.reserved(use.time(), use.seed()));
    } catch (InvalidRequest refused) {
      refused(note, use);
      throw refused;
    }
    if (reply.status() >= 500) {
      return reply;
    }
    if (reply.status() >= 300) {
      refused(note, use);
      return reply;
    }
    var answered = new Use(use.requestSha256(), use.time(), use.seed(), use.leaseUntil(),
        new Answer(reply.status(), reply.headers(), reply.body().orElse(null)));
    records.commit(new Change.ReplaceNote(note, note.next(Documents.write(answered))));
    return reply;
  }

  /// As it was, but not gone before whoever has taken it over is done.
  private static Note taken(Note seen, String document, Instant atLeastUntil) {
    return new Note(seen.partition(), seen.sort(), seen.version() + 1, document,
        seen.expires().map(expires -> expires.isBefore(atLeastUntil) ? atLeastUntil : expires));
  }

  private void refused(Note note, Use use) {
    boolean first = note.version() == 1;
    records.commit(first ? new Change.RemoveNote(note) : new Change.ReplaceNote(note, note.next(Documents.write(
        new Use(use.requestSha256(), use.time(), use.seed(), Instant.EPOCH, null)))));
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
