package no.rapport.emulator;

import java.util.Set;
import org.gaul.shaded.org.eclipse.jetty.http.HttpHeader;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;

/// Applies the bucket's CORS rules: pages of some origins may follow links. S3Proxy itself answers preflight requests
/// for public buckets only.
final class CrossOrigin extends Handler.Wrapper {

  private final Set<String> origins;

  CrossOrigin(Handler next, Set<String> origins) {
    super(next);
    this.origins = origins;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null || !origins.contains(origin)) {
      return super.handle(request, response, callback);
    }
    response.getHeaders().put("Access-Control-Allow-Origin", origin);
    response.getHeaders().put("Vary", "Origin");
    response.getHeaders().put("Access-Control-Expose-Headers", "ETag, Content-Disposition, Content-Length, Content-Range");
    if (!request.getMethod().equals("OPTIONS") || !Loopback.isOwnHost(request.getHeaders().get(HttpHeader.HOST))) {
      return super.handle(request, response, callback);
    }
    response.getHeaders().put("Access-Control-Allow-Methods", "GET, HEAD, PUT");
    response.getHeaders().put("Access-Control-Allow-Headers", "content-type, if-none-match, range");
    response.getHeaders().put("Access-Control-Max-Age", "600");
    callback.succeeded();
    return true;
  }
}
