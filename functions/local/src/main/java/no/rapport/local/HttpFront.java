package no.rapport.local;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import no.rapport.emulator.Loopback;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// Serves HTTP on 127.0.0.1 and handles each request in its own virtual thread.
///
/// The JDK's server answers a path or query that is not a valid URI with HTML, before a handler sees it. This server
/// percent-encodes invalid characters and handles such a request like any other. It answers invalid HTTP with a problem
/// document.
final class HttpFront implements AutoCloseable {

  private final Server server;
  private final ServerConnector connector;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private HttpFront(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /// Starts listening.
  ///
  /// @param service name of the service in the message that the port is in use
  /// @param port on 127.0.0.1, or 0 for a free one
  /// @throws no.rapport.emulator.PortTakenException if it is taken
  static HttpFront start(String service, int port, HttpHandler handler) {
    Loopback.requireFree(port, service);
    var pool = new QueuedThreadPool(8, 2);
    pool.setName("http");
    pool.setDaemon(true);
    var server = new Server(pool);
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(32 * 1024);
    http.setResponseHeaderSize(32 * 1024);
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http) {
      @Override
      public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new AnyTarget(http, connector, endPoint), connector, endPoint);
      }
    });
    connector.setHost(Loopback.HOST);
    connector.setPort(port);
    // Longer than the longest request.
    connector.setIdleTimeout(120_000);
    server.addConnector(connector);
    server.setErrorHandler(new Problems());
    var front = new HttpFront(server, connector);
    server.setHandler(new Handler.Abstract.NonBlocking() {
      @Override
      public boolean handle(Request request, Response response, Callback callback) {
        front.threads.execute(() -> front.handle(handler, new Exchange(request, response), callback));
        return true;
      }
    });
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(service + " cannot listen on port " + port, e);
    }
    return front;
  }

  private void handle(HttpHandler handler, Exchange exchange, Callback callback) {
    try {
      handler.handle(exchange);
      exchange.close();
      callback.succeeded();
    } catch (Throwable e) {
      callback.failed(e);
    }
  }

  int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("HTTP on port " + port() + " did not stop", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /// Hides the request target from Jetty, which refuses targets that are not valid URIs.
  private static final class AnyTarget extends HttpConnection {

    private volatile String target = "/";

    AnyTarget(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
      super(configuration, connector, endPoint);
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
      target = uri;
      return super.newHttpStream(method, "/", version);
    }
  }

  /// Returns the request target as a URI, with all characters percent-encoded that a URI may not contain.
  private static URI uri(Request request) {
    var target = ((AnyTarget) request.getConnectionMetaData().getConnection()).target
        .replaceFirst("^https?://[^/?#]*", "").replaceFirst("#.*", "");
    var parts = target.split("\\?", 2);
    var path = parts[0].startsWith("/") ? parts[0] : "/" + parts[0];
    return URI.create("http://" + Loopback.HOST + encoded(path, "/")
        + (parts.length == 1 ? "" : "?" + encoded(parts[1], "/?[]")));
  }

  private static String encoded(String text, String alsoAllowed) {
    var allowed = "-._~!$&'()*+,;=:@" + alsoAllowed;
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var encoded = new StringBuilder(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int b = bytes[i] & 0xff;
      var plain = b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || allowed.indexOf(b) >= 0;
      var escape = b == '%' && i + 2 < bytes.length && Character.digit(bytes[i + 1], 16) >= 0
          && Character.digit(bytes[i + 2], 16) >= 0;
      encoded.append(plain || escape ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    return encoded.toString();
  }

  /// Answers invalid HTTP, and requests whose handler failed.
  private static final class Problems extends ErrorHandler {

    @Override
    public boolean errorPageForMethod(String method) {
      return true;
    }

    @Override
    protected void generateResponse(Request request, Response response, int code, String message, Throwable cause,
        Callback callback) {
      var id = response.getHeaders().get("x-request-id") != null ? response.getHeaders().get("x-request-id")
          : UUID.randomUUID().toString();
      var text = code >= 500 ? "Internal server error" : "The request is not valid HTTP within the limits";
      response.getHeaders().put("x-request-id", id);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
      response.write(true, ByteBuffer.wrap("""
          {"type":"about:blank","title":"%s","status":%d,"detail":"%s","message":"%s","request_id":"%s"}"""
          .formatted(HttpStatus.getMessage(code), code, text, text, id)
          .getBytes(StandardCharsets.UTF_8)), callback);
    }
  }

  /// Rethrows Jetty's exception for a closed connection as a plain IOException, like the JDK's server.
  private static final class Out extends FilterOutputStream {

    Out(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (IOException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  /// One request and its answer, with the interface of the JDK's server.
  private static final class Exchange extends HttpExchange {

    private final Request request;
    private final Response response;
    private final URI uri;
    private final Headers sent = new Headers();
    private final Headers headers = new Headers();
    private final InputStream in;
    private final OutputStream out;
    private boolean begun;
    private boolean over;

    Exchange(Request request, Response response) {
      this.request = request;
      this.response = response;
      uri = uri(request);
      request.getHeaders().forEach(field -> sent.add(field.getName(), field.getValue() == null ? "" : field.getValue()));
      in = Content.Source.asInputStream(request);
      out = new Out(Content.Sink.asOutputStream(response));
    }

    @Override
    public Headers getRequestHeaders() {
      return sent;
    }

    @Override
    public Headers getResponseHeaders() {
      return headers;
    }

    @Override
    public URI getRequestURI() {
      return uri;
    }

    @Override
    public String getRequestMethod() {
      return request.getMethod();
    }

    @Override
    public InputStream getRequestBody() {
      return in;
    }

    @Override
    public OutputStream getResponseBody() {
      return out;
    }

    @Override
    public void sendResponseHeaders(int status, long length) {
      begun = true;
      response.setStatus(status);
      headers.forEach((name, values) -> {
        response.getHeaders().remove(name);
        values.forEach(value -> response.getHeaders().add(name, value));
      });
      if (length > 0) {
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
      }
    }

    @Override
    public void close() {
      if (!over && begun) {
        over = true;
        try {
          out.close();
        } catch (IOException e) {
          // The client has closed the connection.
        }
      }
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
      return new InetSocketAddress(Request.getRemoteAddr(request), Request.getRemotePort(request));
    }

    @Override
    public InetSocketAddress getLocalAddress() {
      return new InetSocketAddress(Request.getLocalAddr(request), Request.getLocalPort(request));
    }

    @Override
    public int getResponseCode() {
      return begun ? response.getStatus() : -1;
    }

    @Override
    public String getProtocol() {
      return request.getConnectionMetaData().getProtocol();
    }

    @Override
    public Object getAttribute(String name) {
      return request.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
      request.setAttribute(name, value);
    }

    @Override
    public void setStreams(InputStream input, OutputStream output) {
      throw new UnsupportedOperationException("Streams cannot be replaced");
    }

    @Override
    public HttpContext getHttpContext() {
      throw new UnsupportedOperationException("This server has no contexts");
    }

    @Override
    public HttpPrincipal getPrincipal() {
      return null;
    }
  }
}
