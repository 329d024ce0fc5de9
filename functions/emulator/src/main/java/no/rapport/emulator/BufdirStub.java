package no.rapport.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A stub of the services that the connector to Bufdir calls: a token endpoint that grants tokens for JWT bearer grants
/// as Maskinporten documents them, a receiving interface as `docs/bufdir-connector.md` describes it, and AWS Secrets
/// Manager with the signing key. It listens on 127.0.0.1 only and stores everything in memory. It is not software of
/// Bufdir, and sends no data out of this process.
///
/// The key pair is generated at the start: the secret holds the private key, and the public key verifies signatures.
/// Safe for use by many threads.
public final class BufdirStub implements AutoCloseable {

  /// The audience of the token endpoint; it knows one client and one scope.
  public static final String AUDIENCE = "https://maskinporten.stub.invalid/";
  public static final String CLIENT_ID = "rapport-stub-client";
  public static final String SCOPE = "bufdir:rapportering.stub";
  /// The name of the secret with the signing key.
  public static final String SECRET_ID = "rapport-stub-signing-key";
  /// Lifetime of a token.
  public static final Duration TOKEN_LIFETIME = Duration.ofSeconds(120);

  private static final String KEY_ID = "stub-key-1";
  private static final String GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  private static final long MAX_ASSERTION_SECONDS = 120;
  private static final long MAX_CLOCK_SKEW_SECONDS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// A completely received file.
  ///
  /// @param sha256 of the received bytes, lower-case hexadecimal
  public record Receipt(String receiptId, String idempotencyKey, String organization, String period,
      String contentType, long sizeBytes, String sha256, Instant receivedAt) {}

  /// A fault to inject; each occurs once per request to [#fail].
  public enum Fault {
    /// The token endpoint answers 503.
    NO_TOKEN,
    /// The token endpoint answers 400: the client is unknown or no longer known.
    CLIENT_UNKNOWN,
    /// An upload is answered 401 although its token was valid.
    TOKEN_WITHDRAWN,
    /// An upload is answered 429 and not stored.
    TOO_MANY_REQUESTS,
    /// An upload is answered 500 and not stored.
    SERVER_ERROR,
    /// An upload is answered 400 and not stored.
    BAD_REQUEST,
    /// An upload is stored, but never answered.
    SILENCE_AFTER_ACCEPT,
    /// An upload is stored and answered 201 without a receipt.
    NO_RECEIPT
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final InstantSource clock;
  private final KeyPair keys = Keys.ONCE;
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, Instant> tokens = new HashMap<>();
  private final Set<String> usedAssertions = new HashSet<>();
  private final Set<String> arriving = new HashSet<>();
  private final Map<String, Receipt> receipts = new HashMap<>();
  private final List<String> requests = new ArrayList<>();

  /// The key pair of all stubs of this JVM, since generating one takes half a second.
  private static final class Keys {
    static final KeyPair ONCE = generate();

    private static KeyPair generate() {
      try {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private BufdirStub(HttpServer server, InstantSource clock) {
    this.server = server;
    this.clock = clock;
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/token", exchange -> answer(exchange, this::token));
    server.createContext("/api/submissions", exchange -> answer(exchange, this::submissions));
    server.createContext("/", exchange -> answer(exchange, this::secret));
    server.start();
  }

  /// Starts a stub on a free port.
  public static BufdirStub start() {
    return start(0, InstantSource.system());
  }

  /// Starts a stub.
  ///
  /// @param port the port on 127.0.0.1, or 0 for a free one
  /// @param clock decides when tokens and grants expire
  /// @throws PortTakenException if another process listens on that port
  public static BufdirStub start(int port, InstantSource clock) {
    Loopback.requireFree(port, "the stub of Bufdir");
    try {
      return new BufdirStub(HttpServer.create(new InetSocketAddress(Loopback.HOST, port), 0), clock);
    } catch (BindException e) {
      throw new PortTakenException("the stub of Bufdir", port, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns the address of the token endpoint.
  public URI tokenUrl() {
    return endpoint().resolve("/token");
  }

  /// Returns the address of the receiving interface.
  public URI apiUrl() {
    return endpoint().resolve("/api");
  }

  /// Returns the address of Secrets Manager (`aws.endpointUrlSecretsManager`).
  public URI endpoint() {
    return Loopback.uri(server.getAddress().getPort());
  }

  /// Returns the secret with the signing key, in the form of Secrets Manager.
  public String secret() {
    return secret(keys);
  }

  /// Returns a secret of the same form with a key that no stub knows.
  public static String secretOfUnknownKey() {
    return secret(Keys.generate());
  }

  private static String secret(KeyPair keys) {
    String pem = "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'})
        .encodeToString(keys.getPrivate().getEncoded()) + "\n-----END PRIVATE KEY-----\n";
    return JSON.createObjectNode().put("key_id", KEY_ID).put("private_key", pem).toString();
  }

  /// Makes the next matching request fail; several faults are used in order.
  public void fail(Fault... next) {
    faults.addAll(List.of(next));
  }

  /// Returns the received files, in no order.
  public synchronized List<Receipt> receipts() {
    return List.copyOf(receipts.values());
  }

  /// Returns the requests in order of arrival: method and path.
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private record Answer(int status, String body) {
    static Answer problem(int status, String title) {
      return new Answer(status, JSON.createObjectNode().put("title", title).put("status", status).toString());
    }

    static Answer of(int status, Receipt receipt) {
      return new Answer(status, JSON.createObjectNode().put("receipt_id", receipt.receiptId())
          .put("received_at", receipt.receivedAt().toString()).toString());
    }
  }

  private interface Endpoint {
    Answer answer(HttpExchange exchange) throws IOException;
  }

  private void answer(HttpExchange exchange, Endpoint endpoint) throws IOException {
    try (exchange) {
      synchronized (this) {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
      }
      Answer answer = Loopback.isOwnHost(exchange.getRequestHeaders().getFirst("Host")) ? endpoint.answer(exchange)
          : new Answer(403, "{\"message\":\"Only programs of this machine are answered\"}");
      exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", "application/json");
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Optional<Fault> next(Set<Fault> fitting) {
    Fault first = faults.peek();
    return first != null && fitting.contains(first) ? Optional.ofNullable(faults.poll()) : Optional.empty();
  }

  // --- tokens ----------------------------------------------------------------------------------------------------

  private Answer token(HttpExchange exchange) throws IOException {
    var fault = next(Set.of(Fault.NO_TOKEN, Fault.CLIENT_UNKNOWN));
    if (fault.isPresent()) {
      return fault.get() == Fault.NO_TOKEN ? Answer.problem(503, "Unavailable") : refused("invalid_client");
    }
    Map<String, String> form = new HashMap<>();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    for (String pair : body.split("&")) {
      String[] parts = pair.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts.length > 1 ? parts[1] : "", StandardCharsets.UTF_8));
    }
    if (!GRANT_TYPE.equals(form.get("grant_type"))) {
      return refused("unsupported_grant_type");
    }
    if (!isGood(form.getOrDefault("assertion", ""))) {
      return refused("invalid_grant");
    }
    String token = UUID.randomUUID().toString();
    synchronized (this) {
      tokens.put(token, clock.instant().plus(TOKEN_LIFETIME));
    }
    return new Answer(200, JSON.createObjectNode().put("access_token", token).put("token_type", "Bearer")
        .put("expires_in", TOKEN_LIFETIME.toSeconds()).put("scope", SCOPE).toString());
  }

  private static Answer refused(String error) {
    return new Answer(400, JSON.createObjectNode().put("error", error).toString());
  }

  private boolean isGood(String assertion) {
    String[] parts = assertion.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    try {
      var decoder = Base64.getUrlDecoder();
      JsonNode header = JSON.readTree(decoder.decode(parts[0]));
      JsonNode claims = JSON.readTree(decoder.decode(parts[1]));
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(keys.getPublic());
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      long now = clock.instant().getEpochSecond();
      long issued = claims.path("iat").asLong();
      long expires = claims.path("exp").asLong();
      return header.path("alg").asText().equals("RS256") && header.path("kid").asText().equals(KEY_ID)
          && signature.verify(decoder.decode(parts[2]))
          && claims.path("aud").asText().equals(AUDIENCE) && claims.path("iss").asText().equals(CLIENT_ID)
          && claims.path("scope").asText().equals(SCOPE)
          && issued <= now + MAX_CLOCK_SKEW_SECONDS && expires > now && expires - issued <= MAX_ASSERTION_SECONDS
          && isNew(claims.path("jti").asText());
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private synchronized boolean isNew(String assertionId) {
    return !assertionId.isEmpty() && usedAssertions.add(assertionId);
  }

  // --- submissions -----------------------------------------------------------------------------------------------

  private Answer submissions(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("authorization");
    if (authorization == null || !authorization.startsWith("Bearer ") || !isGranted(authorization.substring(7))) {
      return Answer.problem(401, "Unauthorized");
    }
    String path = exchange.getRequestURI().getPath();
    return switch (exchange.getRequestMethod()) {
      case "GET" -> known(path.substring(path.lastIndexOf('/') + 1)).map(receipt -> Answer.of(200, receipt))
          .orElse(Answer.problem(404, "No such submission"));
      case "POST" -> receive(exchange);
      default -> Answer.problem(405, "Method not allowed");
    };
  }

  private synchronized boolean isGranted(String token) {
    return tokens.getOrDefault(token, Instant.MIN).isAfter(clock.instant());
  }

  private synchronized Optional<Receipt> known(String idempotencyKey) {
    return Optional.ofNullable(receipts.get(idempotencyKey));
  }

  private Answer receive(HttpExchange exchange) throws IOException {
    var fault = next(Set.of(Fault.TOKEN_WITHDRAWN, Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.BAD_REQUEST,
        Fault.SILENCE_AFTER_ACCEPT, Fault.NO_RECEIPT));
    int refusal = switch (fault.orElse(null)) {
      case TOKEN_WITHDRAWN -> 401;
      case TOO_MANY_REQUESTS -> 429;
      case SERVER_ERROR -> 500;
      case BAD_REQUEST -> 400;
      case null, default -> 0;
    };
    if (refusal > 0) {
      return Answer.problem(refusal, "As asked for");
    }
    String key = exchange.getRequestHeaders().getFirst("idempotency-key");
    if (key == null || key.isEmpty()) {
      return Answer.problem(400, "Idempotency-Key is missing");
    }
    synchronized (this) {
      if (!arriving.add(key)) {
        return Answer.problem(409, "The same submission is arriving");
      }
    }
    try {
      Answer answer = keep(exchange, key);
      if (fault.equals(Optional.of(Fault.SILENCE_AFTER_ACCEPT))) {
        awaitClose();
      }
      return fault.equals(Optional.of(Fault.NO_RECEIPT)) ? new Answer(201, "{}") : answer;
    } finally {
      synchronized (this) {
        arriving.remove(key);
      }
    }
  }

  private Answer keep(HttpExchange exchange, String key) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    long size = new DigestInputStream(exchange.getRequestBody(), digest).transferTo(OutputStream.nullOutputStream());
    byte[] sha256 = digest.digest();
    var headers = exchange.getRequestHeaders();
    if (!("sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":").equals(headers.getFirst("repr-digest"))
        || size != Long.parseLong(headers.getFirst("content-length"))) {
      return Answer.problem(400, "The file is not what its headers say");
    }
    String hex = HexFormat.of().formatHex(sha256);
    synchronized (this) {
      Receipt earlier = receipts.get(key);
      if (earlier != null) {
        return earlier.sha256().equals(hex) ? Answer.of(200, earlier)
            : Answer.problem(422, "Another file was received under this key");
      }
      var receipt = new Receipt("stub-" + UUID.randomUUID(), key, headers.getFirst("rapport-organization"),
          headers.getFirst("rapport-period"), headers.getFirst("content-type"), size, hex, clock.instant());
      receipts.put(key, receipt);
      return Answer.of(201, receipt);
    }
  }

  private void awaitClose() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- the secret ------------------------------------------------------------------------------------------------

  private Answer secret(HttpExchange exchange) throws IOException {
    if (!"secretsmanager.GetSecretValue".equals(exchange.getRequestHeaders().getFirst("x-amz-target"))) {
      return Answer.problem(404, "Not Found");
    }
    try {
      JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
      return asked.path("SecretId").asText().equals(SECRET_ID)
          ? new Answer(200, JSON.createObjectNode().put("Name", SECRET_ID).put("SecretString", secret()).toString())
          : new Answer(400, JSON.createObjectNode().put("__type", "ResourceNotFoundException").toString());
    } catch (JsonProcessingException e) {
      return new Answer(400, JSON.createObjectNode().put("__type", "InvalidRequestException").toString());
    }
  }
}
