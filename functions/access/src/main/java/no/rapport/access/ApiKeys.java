package no.rapport.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import no.rapport.api.Environment;
import no.rapport.api.Priming;
import no.rapport.api.Role;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Stores API keys in the access table. Every key and expression of that table is in this class.
///
/// | item | `pk` | `sk` |
/// |---|---|---|
/// | key: its SHA-256 and all of [ApiKey] | `key#{id}` | `key` |
/// | client: version and the ids of its keys | `client#{client}` | `client` |
///
/// The key itself is never stored: [#issue] returns it once. Safe for use by several threads and processes.
public final class ApiKeys {

  /// Largest number of live keys of one client: one in use and one to rotate to.
  public static final int MAX_LIVE_KEYS = 2;

  private static final int MAX_ATTEMPTS = 20;
  /// Stands for the hash of an absent key, so that absent and wrong keys take the same steps.
  private static final String NO_KEY = "0".repeat(64);

  private final DynamoDbClient client;
  private final String table;
  private final SecureRandom random;

  public ApiKeys(DynamoDbClient client, String table) {
    this(client, table, new SecureRandom());
  }

  ApiKeys(DynamoDbClient client, String table, SecureRandom random) {
    this.client = client;
    this.table = table;
    this.random = random;
  }

  static ApiKeys fromEnvironment() {
    String table = Environment.required("ACCESS_TABLE");
    Priming.beforeSnapshot(table, ApiKeys::prime);
    return new ApiKeys(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build(), table);
  }

  /// Runs the steps of an authorizer.
  static void prime(SdkHttpClient offline) {
    var keys = new ApiKeys(DynamoDbClient.builder().httpClient(offline).build(), "priming");
    keys.verify(KeyText.generate(keys.random).reveal(), Instant.EPOCH);
  }

  /// The outcome of an order for a new key.
  public sealed interface Issue {}

  /// @param text the key, shown only once
  public record Issued(ApiKey key, String text) implements Issue {

    /// Omits the key, so that messages never contain it.
    @Override
    public String toString() {
      return "Issued[" + key.id() + "]";
    }
  }

  /// The client has two live keys; one must be revoked first.
  public record TwoKeysLive(List<ApiKey> live) implements Issue {}

  /// Issues a key, unless the client has two live keys.
  public Issue issue(KeyOrder order, Instant now) {
    Instant created = now.truncatedTo(ChronoUnit.SECONDS);
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var holder = get(clientKey(order.client()));
      List<ApiKey> live = keyIds(holder).stream().map(this::find).flatMap(Optional::stream)
          .filter(key -> key.isLive(now)).toList();
      if (live.size() >= MAX_LIVE_KEYS) {
        return new TwoKeysLive(live);
      }
      KeyText text = KeyText.generate(random);
      var key = new ApiKey(text.id(), order.client(), order.label(), order.role(), order.organizations(), created,
          created.plus(order.validity()), Optional.empty());
      if (store(key, text.sha256(), holder, live)) {
        return new Issued(key, text.reveal());
      }
    }
    throw new IllegalStateException(
        "Too many concurrent changes of the keys of client " + order.client() + "; try again later");
  }

  private boolean store(ApiKey key, String sha256, Map<String, AttributeValue> holder, List<ApiKey> live) {
    var ids = new ArrayList<AttributeValue>();
    live.forEach(other -> ids.add(text(other.id())));
    ids.add(text(key.id()));
    long version = holder.isEmpty() ? 0 : Long.parseLong(holder.get("version").n());
    var next = new HashMap<>(clientKey(key.client()));
    next.put("version", number(version + 1));
    next.put("keys", AttributeValue.fromL(ids));
    try {
      client.transactWriteItems(write -> write.transactItems(
          TransactWriteItem.builder().put(put -> put.tableName(table).item(item(key, sha256))
              .conditionExpression("attribute_not_exists(pk)")).build(),
          TransactWriteItem.builder().put(put -> put.tableName(table).item(next)
              .conditionExpression("attribute_not_exists(pk) OR version = :seen")
              .expressionAttributeValues(Map.of(":seen", number(version)))).build()));
      return true;
    } catch (TransactionCanceledException e) {
      return false; // another key of this client was issued at the same time
    }
  }

  /// Returns the key of that id.
  public Optional<ApiKey> find(String id) {
    return Optional.of(get(keyKey(id))).filter(item -> !item.isEmpty()).map(ApiKeys::key);
  }

  /// Returns the key that a client has sent, if it is known and live.
  public Optional<ApiKey> verify(String text, Instant now) {
    return identify(text).filter(key -> key.isLive(now));
  }

  /// Returns the key that a client has sent, also if it is revoked or expired, or empty if it is unknown.
  Optional<ApiKey> identify(String text) {
    Optional<KeyText> sent = KeyText.parse(text);
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    var item = get(keyKey(sent.get().id()));
    String stored = item.isEmpty() ? NO_KEY : item.get("sha256").s();
    boolean isSame = MessageDigest.isEqual(stored.getBytes(StandardCharsets.US_ASCII),
        sent.get().sha256().getBytes(StandardCharsets.US_ASCII));
    return isSame ? Optional.of(key(item)) : Optional.empty();
  }

  /// Returns all keys, sorted by client and creation.
  public List<ApiKey> list() {
    List<ApiKey> keys = new ArrayList<>();
    for (var page : client.scanPaginator(scan -> scan.tableName(table).consistentRead(true)
        .filterExpression("sk = :key").expressionAttributeValues(Map.of(":key", text("key"))))) {
      page.items().stream().map(ApiKeys::key).forEach(keys::add);
    }
    keys.sort(Comparator.comparing(ApiKey::client).thenComparing(ApiKey::created).thenComparing(ApiKey::id));
    return keys;
  }

  /// Revokes a key permanently. A revoked key stays as it is. Authorizers may cache a key for up to five minutes.
  ///
  /// @return the key after the change; empty if there is none of that id
  public Optional<ApiKey> revoke(String id, Instant now) {
    try {
      var revoked = client.updateItem(update -> update.tableName(table).key(keyKey(id))
          .updateExpression("SET revoked = if_not_exists(revoked, :now)")
          .conditionExpression("attribute_exists(pk)")
          .expressionAttributeValues(Map.of(":now", text(now.truncatedTo(ChronoUnit.SECONDS).toString())))
          .returnValues(ReturnValue.ALL_NEW));
      return Optional.of(key(revoked.attributes()));
    } catch (ConditionalCheckFailedException e) {
      return Optional.empty();
    }
  }

  /// The outcome of withdrawing an organisation from keys.
  ///
  /// @param revoked number of keys that were bound to this organisation alone
  /// @param narrowed number of keys that keep their other organisations
  public record Withdrawn(int revoked, int narrowed) {}

  /// Removes an organisation from all keys that are bound to it. Keys of all organisations stay as they are.
  public Withdrawn withdraw(String orgId, Instant now) {
    int revoked = 0;
    int narrowed = 0;
    for (ApiKey key : list()) {
      if (key.organizations().filter(set -> set.contains(orgId)).isEmpty()) {
        continue;
      }
      var others = new TreeSet<>(key.organizations().get());
      others.remove(orgId);
      if (others.isEmpty()) {
        revoked += key.revoked().isEmpty() && revoke(key.id(), now).isPresent() ? 1 : 0;
      } else {
        narrow(key, String.join(",", others));
        narrowed++;
      }
    }
    return new Withdrawn(revoked, narrowed);
  }

  /// @throws ConditionalCheckFailedException if the key was changed meanwhile; the caller retries
  private void narrow(ApiKey key, String organizations) {
    client.updateItem(update -> update.tableName(table).key(keyKey(key.id()))
        .updateExpression("SET organizations = :next")
        .conditionExpression("organizations = :seen")
        .expressionAttributeValues(Map.of(":next", text(organizations), ":seen", text(key.organizationsText()))));
  }

  private Map<String, AttributeValue> get(Map<String, AttributeValue> key) {
    return client.getItem(get -> get.tableName(table).key(key).consistentRead(true)).item();
  }

  private static List<String> keyIds(Map<String, AttributeValue> holder) {
    return holder.isEmpty() ? List.of() : holder.get("keys").l().stream().map(AttributeValue::s).toList();
  }

  private static Map<String, AttributeValue> keyKey(String id) {
    return Map.of("pk", text("key#" + id), "sk", text("key"));
  }

  private static Map<String, AttributeValue> clientKey(String client) {
    return Map.of("pk", text("client#" + client), "sk", text("client"));
  }

  private static Map<String, AttributeValue> item(ApiKey key, String sha256) {
    var item = new HashMap<>(keyKey(key.id()));
    item.put("id", text(key.id()));
    item.put("sha256", text(sha256));
    item.put("client", text(key.client()));
    item.put("label", text(key.label()));
    item.put("role", text(key.role().word()));
    item.put("organizations", text(key.organizationsText()));
    item.put("created", text(key.created().toString()));
    item.put("expires_at", text(key.expires().toString()));
    return item;
  }

  private static ApiKey key(Map<String, AttributeValue> item) {
    String organizations = item.get("organizations").s();
    return new ApiKey(item.get("id").s(), item.get("client").s(), item.get("label").s(),
        Role.ofWord(item.get("role").s()).orElseThrow(),
        organizations.equals("*") ? Optional.empty() : Optional.of(new TreeSet<>(Set.of(organizations.split(",")))),
        Instant.parse(item.get("created").s()), Instant.parse(item.get("expires_at").s()),
        Optional.ofNullable(item.get("revoked")).map(AttributeValue::s).map(Instant::parse));
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
