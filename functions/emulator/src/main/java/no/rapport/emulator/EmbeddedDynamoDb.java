package no.rapport.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/// Runs Amazon's DynamoDB Local inside this JVM, on 127.0.0.1 only and without its telemetry.
///
/// It is assembled here from its parts, because its own runner binds every interface and sends telemetry. All callers
/// see the same tables, regardless of credentials and region. Relevant differences from the service: items are removed
/// late or never after their TTL, nothing is ever throttled, and transactions wait for each other instead of failing
/// with a conflict.
///
/// The library serialises all requests in one queue, so more writers do not make it faster. Measured in memory on two
/// shared cores, items of 12 attributes: PutItem 550 a second from one thread and 2,800 from sixteen; BatchWriteItem of
/// 25, 6,000 and 13,000 items; TransactWriteItems of 100 with conditions, 4,000 items from any number of threads;
/// GetItem 600 and 5,800; Query in pages of 1 MB, 35,000 to 60,000 items.
///
/// Instances are safe for use by many threads. Tests that need their own store call [#start()]. Tests that only need
/// their own tables share [#shared()], which lives as long as the JVM.
public final class EmbeddedDynamoDb implements AutoCloseable {

  private final Server server;
  private final LocalDynamoDBServerHandler handler;
  private final int port;

  private EmbeddedDynamoDb(Server server, LocalDynamoDBServerHandler handler, int port) {
    this.server = server;
    this.handler = handler;
    this.port = port;
  }

  /// Starts an empty store in memory on a free port.
  public static EmbeddedDynamoDb start() {
    return start(0);
  }

  /// Starts an empty store in memory.
  ///
  /// @param port the port on 127.0.0.1, or 0 for a free one
  /// @throws PortTakenException if another process listens on that port
  public static EmbeddedDynamoDb start(int port) {
    return start(port, new LocalDynamoDBRequestHandler(0, true, null, true, false));
  }

  /// Starts a store that keeps its tables in `folder` across restarts.
  ///
  /// @param port the port on 127.0.0.1, or 0 for a free one
  /// @param folder created if it does not exist
  /// @throws PortTakenException if another process listens on that port
  public static EmbeddedDynamoDb start(int port, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot create the folder " + folder + " for DynamoDB: " + e.getMessage(), e);
    }
    return start(port, new LocalDynamoDBRequestHandler(0, false, folder.toAbsolutePath().toString(), true, false));
  }

  /// Returns one in-memory store for the whole JVM, started at the first call. Callers must not close it.
  public static EmbeddedDynamoDb shared() {
    return Shared.INSTANCE;
  }

  private static EmbeddedDynamoDb start(int port, LocalDynamoDBRequestHandler requests) {
    Loopback.requireFree(port, "DynamoDB");
    var handler = new LocalDynamoDBServerHandler(requests, null);
    var threads = new QueuedThreadPool(32, 2);
    threads.setName("dynamodb");
    threads.setDaemon(true);
    var server = new Server(threads);
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(Loopback.HOST);
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(new OwnHostOnly(new ContextHandler(handler, "/")));
    try {
      server.start();
    } catch (BindException e) {
      throw new PortTakenException("DynamoDB", port, e);
    } catch (Exception e) {
      if (e.getCause() instanceof BindException) {
        throw new PortTakenException("DynamoDB", port, e);
      }
      throw new IllegalStateException("DynamoDB Local did not start", e);
    }
    return new EmbeddedDynamoDb(server, handler, connector.getLocalPort());
  }

  /// Returns the port it listens on.
  public int port() {
    return port;
  }

  /// Returns the address for `aws.endpointUrlDynamoDb` and other clients.
  public URI endpoint() {
    return Loopback.uri(port);
  }

  /// Returns a new client of this store; the caller closes it.
  public DynamoDbClient client() {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint())
        .region(Loopback.REGION)
        .credentialsProvider(Loopback.CREDENTIALS)
        .httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(Loopback::withoutKeptConnections)
        .build();
  }

  /// Creates an empty table with a unique name, as `template.yaml` defines that resource.
  ///
  /// @param logicalId the resource, for example `RecordsTable`
  /// @return the table's name
  public String newTable(String logicalId) {
    try (var client = client()) {
      return newTable(client, logicalId);
    }
  }

  /// Creates such a table through any client.
  public static String newTable(DynamoDbClient client, String logicalId) {
    var name = logicalId + "-" + UUID.randomUUID();
    client.createTable(TableDefinition.of(name,
        TemplateDocument.section(TemplateDocument.section(Resources.OF_TEMPLATE, logicalId), "Properties")).create());
    return name;
  }

  /// Stops the store and discards in-memory data.
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not stop", e);
    } finally {
      handler.close();
    }
  }

  /// Rejects requests with the host name of another machine, or from a page of another site.
  private static final class OwnHostOnly extends Handler.Wrapper {

    OwnHostOnly(Handler next) {
      super(next);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (Loopback.isOwnHost(request.getHeaders().get("Host")) && !request.getHeaders().contains("Origin")) {
        return super.handle(request, response, callback);
      }
      response.setStatus(403);
      Content.Sink.write(response, true, "{\"message\":\"Only programs of this machine are answered\"}", callback);
      return true;
    }
  }

  private static final class Shared {
    static final EmbeddedDynamoDb INSTANCE = start();
  }

  /// Read once, because tests create thousands of tables.
  private static final class Resources {
    static final Map<String, Object> OF_TEMPLATE;

    static {
      try {
        OF_TEMPLATE = TemplateDocument.section(
            TemplateDocument.read(Path.of(System.getProperty("rapport.home"), "template.yaml")), "Resources");
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the template", e);
      }
    }
  }
}
