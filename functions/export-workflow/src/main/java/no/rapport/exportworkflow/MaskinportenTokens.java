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

/// Gets access tokens of Maskinporten with a JWT bearer grant (RFC 7523, RS256) and caches them until shortly before
/// they expire. Thread-safe.
final class MaskinportenTokens {

  /// Maskinporten accepts at most 120 s; the difference allows for clock skew.
  private static final Duration ASSERTION_LIFETIME = Duration.ofSeconds(100);
  private static final Duration MARGIN = Duration.ofSeconds(15);
  private static final Duration MAX_TOKEN_LIFETIME = Duration.ofDays(1);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /// The connector's registration at Maskinporten.
  ///
  /// @param tokenUrl URL of the token endpoint
  /// @param audience the token issuer, as in its metadata
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

  /// Returns a valid token.
  ///
  /// @throws ConnectorRefused if Maskinporten grants none
  synchronized String token() {
    Instant now = clock.instant();
    if (!now.isBefore(useUntil)) {
      Granted granted = fetch(now);
      token = granted.accessToken();
      useUntil = now.plusSeconds(granted.expiresIn()).minus(MARGIN);
    }
    return token;
  }

  /// Removes a refused token from the cache.
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

  /// Returns the token in an answer, or empty if any other answer came. A token is used for at most a day.
  static Optional<Granted> granted(String body) {
    try {
      return Optional.ofNullable(Documents.mapper().readValue(body, Granted.class))
          .filter(granted -> granted.accessToken() != null && granted.accessToken().matches("[\\x21-\\x7E]+"))
          .map(granted -> new Granted(granted.accessToken(),
              Math.clamp(granted.expiresIn(), 0, MAX_TOKEN_LIFETIME.toSeconds())));
    } catch (JsonProcessingException e) {
      // Dropped, because its message quotes the body.
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
    claims.put("exp", now.plus(ASSERTION_LIFETIME).getEpochSecond());
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
