package no.rapport.exportworkflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import no.rapport.records.Documents;

/// Access tokens of Maskinporten, fetched with a JWT bearer grant (RFC 7523, RS256) and kept until shortly before they
/// expire. Safe for use by several threads.
final class MaskinportenTokens {

  /// Maskinporten takes 120 s at most; the rest is for clocks that differ.
  private static final Duration ASSERTION_LASTS = Duration.ofSeconds(100);
  private static final Duration MARGIN = Duration.ofSeconds(15);
  private static final Duration LONGEST_USE = Duration.ofDays(1);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /// Who asks for what.
  ///
  /// @param tokenUrl where tokens are fetched
  /// @param audience the issuer of the tokens, as its metadata spell it
  record Client(URI tokenUrl, String audience, String clientId, String scope) {}

  private final Client client;
  private final SigningKey.Source keys;
  private final ConnectorHttp exchange;
  private final InstantSource clock;
  private String token;
  private Instant useUntil = Instant.MIN;

  MaskinportenTokens(Client client, SigningKey.Source keys, ConnectorHttp exchange, InstantSource clock) {
    this.client = client;
    this.keys = keys;
    this.exchange = exchange;
    this.clock = clock;
  }

  record Granted(String accessToken, long expiresIn) {}

  /// A token that is good for a while yet.
  ///
  /// @throws ConnectorRefused when none is granted
  synchronized String token() {
    Instant now = clock.instant();
    if (!now.isBefore(useUntil)) {
      Granted granted = fetch(now);
      token = granted.accessToken();
      useUntil = now.plusSeconds(granted.expiresIn()).minus(MARGIN);
    }
    return token;
  }

  /// Keeps a token no longer that was refused.
  synchronized void forget(String refused) {
    if (refused.equals(token)) {
      useUntil = Instant.MIN;
    }
  }

  private Granted fetch(Instant now) {
    String form = "grant_type=" + URLEncoder.encode("urn:ietf:params:oauth:grant-type:jwt-bearer",
        StandardCharsets.UTF_8) + "&assertion=" + assertion(now);
    HttpResponse<String> response = exchange.send(HttpRequest.newBuilder(client.tokenUrl())
        .header("content-type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form)), ConnectorHttp.SHORT);
    if (response.statusCode() != 200) {
      throw new ConnectorRefused("The token endpoint answered " + response.statusCode());
    }
    return granted(response.body())
        .orElseThrow(() -> new ConnectorRefused("The token endpoint answered without a token"));
  }

  /// Returns what an answer grants, or empty if it grants nothing, whatever it is. A token is used for a day at most.
  static Optional<Granted> granted(String body) {
    try {
      return Optional.ofNullable(Documents.mapper().readValue(body, Granted.class))
          .filter(granted -> granted.accessToken() != null && granted.accessToken().matches("[\\x21-\\x7E]+"))
          .map(granted -> new Granted(granted.accessToken(),
              Math.clamp(granted.expiresIn(), 0, LONGEST_USE.toSeconds())));
    } catch (JsonProcessingException e) {
      // Its message would quote the body.
      return Optional.empty();
    }
  }

  private String assertion(Instant now) {
    SigningKey key = keys.read();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("aud", client.audience());
    claims.put("iss", client.clientId());
    claims.put("scope", client.scope());
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plus(ASSERTION_LASTS).getEpochSecond());
    claims.put("jti", UUID.randomUUID().toString());
    String signed = json(Map.of("alg", "RS256", "kid", key.id())) + "." + json(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key.key());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new ConnectorRefused("The signing key cannot sign");
    }
  }

  private static String json(Map<String, ?> members) {
    return BASE64.encodeToString(Documents.write(members).getBytes(StandardCharsets.UTF_8));
  }
}
