package no.rapport.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Issues tickets for browsers, whose `EventSource` cannot send a key. A ticket allows reading the events of one
/// organisation and period for an hour. Only its SHA-256 is stored.
public final class Tickets {

  /// Lifetime of a ticket.
  public static final Duration VALIDITY = Duration.ofHours(1);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern TEXT = Pattern.compile("tkt_[A-Za-z0-9_-]{32}");

  private final Records records;

  public Tickets(Records records) {
    this.records = records;
  }

  /// The rights that a ticket grants.
  ///
  /// @param caller the id of the key that requested the ticket
  /// @param expires the moment from which it is no longer valid, UTC, whole seconds
  public record Ticket(String organizationId, String periodId, String caller, Instant expires) {}

  /// A new ticket with its text, which is shown only once.
  public record Issued(String text, Ticket ticket) {}

  /// Issues a ticket. It is the calling code that must check the caller's right to the organisation.
  public Issued issue(Caller caller, String organizationId, String periodId, Instant now) {
    byte[] random = new byte[24];
    RANDOM.nextBytes(random);
    String text = "tkt_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    var ticket = new Ticket(organizationId, periodId, caller.id(), now.plus(VALIDITY));
    boolean added = records.commit(
        new Change.AddNote(Note.first("ticket#" + sha256(text), "ticket", Documents.write(ticket), ticket.expires())));
    if (!added) {
      throw new IllegalStateException("Two tickets of 192 random bits are the same");
    }
    return new Issued(text, ticket);
  }

  /// Returns the ticket of this text, or empty if there is none or it has expired.
  public Optional<Ticket> find(String text, Instant now) {
    return TEXT.matcher(text).matches()
        ? records.note("ticket#" + sha256(text), "ticket", now)
            .map(note -> Documents.read(note.document(), Ticket.class))
        : Optional.empty();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
