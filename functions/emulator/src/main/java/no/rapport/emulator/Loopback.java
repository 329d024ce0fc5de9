package no.rapport.emulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.regions.Region;

/// Constants and checks shared by the embedded services: they listen on 127.0.0.1 and know one pair of credentials.
public final class Loopback {

  /// The only address that the services bind.
  public static final String HOST = "127.0.0.1";

  /// The access key id that the embedded services accept.
  public static final String ACCESS_KEY = "local";

  /// The secret of [#ACCESS_KEY].
  public static final String SECRET_KEY = "local-secret";

  /// The region of all services.
  public static final Region REGION = Region.EU_NORTH_1;

  /// [#ACCESS_KEY] and [#SECRET_KEY] for SDK clients.
  public static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY));

  private static final Pattern OWN_HOST = Pattern.compile(
      "(127\\.0\\.0\\.1|localhost|\\[::1]|host\\.docker\\.internal)(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

  private Loopback() {}

  /// Returns whether a request's `Host` header names this machine, also as containers on it name it.
  ///
  /// A page of another site can point its own domain name at 127.0.0.1 (DNS rebinding), so that the browser lets it
  /// read the responses. Its requests carry that name.
  ///
  /// @param host the header's value, or null if absent
  public static boolean isOwnHost(String host) {
    return host != null && OWN_HOST.matcher(host).matches();
  }

  /// Returns the address of a service on `port`.
  public static URI uri(int port) {
    return URI.create("http://" + HOST + ":" + port);
  }

  /// Lets a client open a connection for each request. On a kept connection that the server has just closed, the HTTP
  /// client sends a request again, and a conditional write that had succeeded is then refused.
  static ClientOverrideConfiguration.Builder withoutKeptConnections(ClientOverrideConfiguration.Builder override) {
    return override.putHeader("Connection", "close");
  }

  /// Fails if another process listens on `port`. A server would otherwise report this late and in its own words, or not
  /// at all if the other process listens on every interface.
  ///
  /// @param port the port to check; 0 means any port and is always free
  /// @throws PortTakenException if the port is in use
  public static void requireFree(int port, String service) {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
    } catch (IOException e) {
      throw new PortTakenException(service, port, e);
    }
  }
}
