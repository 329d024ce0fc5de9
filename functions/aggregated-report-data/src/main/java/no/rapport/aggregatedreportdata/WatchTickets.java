package no.rapport.aggregatedreportdata;

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

/// Tickets with which a browser's `EventSource`, which cannot send a key, follows one organisation's figures of one
/// period: good for an hour and for `GET …/watch` only.
///
/// What is stored is the note of partition `ticket#{SHA-256 of the ticket, lower-case hex}` and sort key `ticket`, with
/// the document `{"organization_id", "period_id", "expires_at"}`; never the ticket.
public final class WatchTickets {

  static final Duration VALIDITY = Duration.ofHours(1);

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Records records;

  public WatchTickets(Records records) {
    this.records = records;
  }

  /// What a ticket is good for.
  ///
  /// @param expiresAt first moment at which it is no longer good, UTC
  public record Grant(String organizationId, String periodId, Instant expiresAt) {}

  /// @param ticket 43 URL-safe characters, 256 bits of chance
  record Issued(String ticket, Instant expiresAt) {}

  Issued issue(String organizationId, String periodId, Instant now) {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    var grant = new Grant(organizationId, periodId, now.plus(VALIDITY));
    if (!records.commit(new Change.AddNote(
        Note.first(partition(ticket), "ticket", Documents.write(grant), grant.expiresAt())))) {
      throw new IllegalStateException("A ticket of 256 random bits was taken");
    }
    return new Issued(ticket, grant.expiresAt());
  }

  /// What the ticket is good for; empty where it is unknown or no longer good.
  public Optional<Grant> find(String ticket, Instant now) {
    return FORM.matcher(ticket).matches()
        ? records.note(partition(ticket), "ticket", now).map(note -> Documents.read(note.document(), Grant.class))
        : Optional.empty();
  }

  private static String partition(String ticket) {
    try {
      return "ticket#" + HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(ticket.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
