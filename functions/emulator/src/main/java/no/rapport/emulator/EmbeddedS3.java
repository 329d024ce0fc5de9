package no.rapport.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Runs S3 inside this JVM, on 127.0.0.1 only: S3Proxy over a folder, with real checks of signatures and expiry.
///
/// Unsigned, wrongly signed, modified or expired requests get 403. So do presigned requests with a signature older than
/// [#MAX_SIGNATURE_AGE], like the bucket's policy on AWS. Conditional writes, multipart uploads, ranges and response
/// header overrides work. Tagging, lifecycle rules and bucket notifications are not supported (501);
/// [#onObjectCreated(Consumer)] replaces notifications.
///
/// Objects are files, never on the heap. Differences from the service: a key cannot be below another one (`a` and `a/b`
/// exclude each other), and addresses are path-style only.
///
/// Instances are safe for use by many threads.
public final class EmbeddedS3 implements AutoCloseable {

  /// Largest age of the signature of a presigned request, regardless of its expiry.
  public static final Duration MAX_SIGNATURE_AGE = Duration.ofSeconds(30);

  private final S3Proxy proxy;
  private final Path temporary;
  private final List<Consumer<BucketEvent>> listeners;

  private EmbeddedS3(S3Proxy proxy, Path temporary, List<Consumer<BucketEvent>> listeners) {
    this.proxy = proxy;
    this.temporary = temporary;
    this.listeners = listeners;
  }

  /// Starts an empty store on a free port. Its files are removed when it is closed or the JVM ends.
  public static EmbeddedS3 start() {
    return start(0);
  }

  /// Starts an empty store. Its files are removed when it is closed or the JVM ends.
  ///
  /// @param port the port on 127.0.0.1, or 0 for a free one
  /// @throws PortTakenException if another process listens on that port
  public static EmbeddedS3 start(int port) {
    return start(port, List.of());
  }

  /// Starts such a store whose CORS rules allow pages to read and put.
  ///
  /// @param origins the origins of these pages; empty allows none
  public static EmbeddedS3 start(int port, List<String> origins) {
    Loopback.requireFree(port, "S3");
    try {
      var folder = Files.createTempDirectory("rapport-s3-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
      return start(port, folder, folder, origins, InstantSource.system());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create a temporary folder for S3", e);
    }
  }

  /// Starts a store that keeps its objects in `folder` across restarts.
  ///
  /// @param port the port on 127.0.0.1, or 0 for a free one
  /// @param folder created if it does not exist
  /// @throws PortTakenException if another process listens on that port
  public static EmbeddedS3 start(int port, Path folder) {
    return start(port, folder, List.of());
  }

  /// Starts such a store whose CORS rules allow pages to read and put.
  ///
  /// @param origins the origins of these pages; empty allows none
  public static EmbeddedS3 start(int port, Path folder, List<String> origins) {
    Loopback.requireFree(port, "S3");
    return start(port, folder, null, origins, InstantSource.system());
  }

  /// Returns one store for the whole JVM, started at the first call. Callers must not close it.
  public static EmbeddedS3 shared() {
    return Shared.INSTANCE;
  }

  static EmbeddedS3 start(int port, Path folder, Path temporary, InstantSource clock) {
    return start(port, folder, temporary, List.of(), clock);
  }

  private static EmbeddedS3 start(int port, Path folder, Path temporary, List<String> origins, InstantSource clock) {
    var listeners = new CopyOnWriteArrayList<Consumer<BucketEvent>>();
    try {
      Files.createDirectories(folder);
      var store = new NotifyingBlobStore(
          new FilesystemNio2BlobStore(folder.toAbsolutePath().toString()),
          event -> listeners.forEach(listener -> listener.accept(event)));
      var proxy = S3Proxy.builder()
          .blobStore(store)
          .awsAuthentication(AuthenticationType.AWS_V4, Loopback.ACCESS_KEY, Loopback.SECRET_KEY)
          .endpoint(Loopback.uri(port))
          .ignoreUnknownHeaders(true)
          .jettyMaxThreads(64)
          .stopTimeout(0)
          .build();
      limitSignatureAge(proxy, origins, clock);
      proxy.start();
      return new EmbeddedS3(proxy, temporary, listeners);
    } catch (Exception e) {
      if (temporary != null) {
        remove(temporary);
      }
      throw new IllegalStateException("S3Proxy did not start on port " + port, e);
    }
  }

  /// Adds the check of signature age. S3Proxy supports neither bucket policies nor filters, so its server is reached by
  /// reflection.
  private static void limitSignatureAge(S3Proxy proxy, List<String> origins, InstantSource clock)
      throws ReflectiveOperationException {
    var field = S3Proxy.class.getDeclaredField("server");
    field.setAccessible(true);
    var server = (Server) field.get(proxy);
    server.setHandler(
        new CrossOrigin(new SignatureAgeLimit(server.getHandler(), MAX_SIGNATURE_AGE, clock), Set.copyOf(origins)));
  }

  /// Calls `listener` after each object that was put, copied or completed, on the thread that serves the request. The
  /// listener must be fast.
  public void onObjectCreated(Consumer<BucketEvent> listener) {
    listeners.add(listener);
  }

  /// Returns the folder of its objects, if it is removed on close.
  Optional<Path> temporaryFolder() {
    return Optional.ofNullable(temporary);
  }

  /// Returns the port it listens on.
  public int port() {
    return proxy.getPort();
  }

  /// Returns the address for `aws.endpointUrlS3` and other clients.
  public URI endpoint() {
    return Loopback.uri(port());
  }

  /// Returns a new client of this store with path-style addresses; the caller closes it.
  ///
  /// @param interceptors see each call, and may make it fail or wait
  public S3Client client(ExecutionInterceptor... interceptors) {
    return S3Client.builder()
        .endpointOverride(endpoint())
        .region(Loopback.REGION)
        .credentialsProvider(Loopback.CREDENTIALS)
        .forcePathStyle(true)
        .httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(override -> Loopback.withoutKeptConnections(override).executionInterceptors(List.of(interceptors)))
        .build();
  }

  /// Returns a new presigner for this store with path-style addresses; the caller closes it.
  public S3Presigner presigner() {
    return S3Presigner.builder()
        .endpointOverride(endpoint())
        .region(Loopback.REGION)
        .credentialsProvider(Loopback.CREDENTIALS)
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
        .build();
  }

  /// Stops the store and removes its files, unless they are in a given folder.
  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy did not stop", e);
    } finally {
      if (temporary != null) {
        remove(temporary);
      }
    }
  }

  private static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("Could not remove " + folder + ": " + e);
    }
  }

  private static final class Shared {
    static final EmbeddedS3 INSTANCE = start();
  }
}
