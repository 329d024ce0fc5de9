package no.rapport.emulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/// What the embedded services have in common: they listen on 127.0.0.1 and know one pair of credentials.
public final class Loopback {

  /// The only address anything here binds.
  public static final String HOST = "127.0.0.1";

  /// The access key id that the embedded services accept.
  public static final String ACCESS_KEY = "local";

  /// The secret that goes with [#ACCESS_KEY].
  public static final String SECRET_KEY = "local-secret";

  /// The region of everything here.
  public static final Region REGION = Region.EU_NORTH_1;

  /// [#ACCESS_KEY] and [#SECRET_KEY] as the SDK wants them.
  public static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY));

  private static final Pattern OWN_HOST = Pattern.compile(
      "(127\\.0\\.0\\.1|localhost|\\[::1]|host\\.docker\\.internal)(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

  private Loopback() {}

  /// Whether a request's `Host` header names this machine, as containers on it see it too.
  ///
  /// A page of another site can make its own domain name lead to 127.0.0.1 (DNS rebinding), and the browser then lets
  /// it read what is answered here. Its requests carry that name.
  ///
  /// @param host the header's value, or null where there is none
  public static boolean isOwnHost(String host) {
    return host != null && OWN_HOST.matcher(host).matches();
  }

  /// The address of a service on `port`.
  public static URI uri(int port) {
    return URI.create("http://" + HOST + ":" + port);
  }

  /// Fails if something listens on `port` already, which a server would otherwise tell in its own words, late, or (where
  /// the other one listens on every interface) not at all.
  ///
  /// @param port the port to try; 0 stands for any and is always free
  /// @throws PortTakenException if it is taken
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
