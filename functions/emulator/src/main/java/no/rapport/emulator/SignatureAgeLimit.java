package no.rapport.emulator;

import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.gaul.shaded.org.eclipse.jetty.http.HttpHeader;
import org.gaul.shaded.org.eclipse.jetty.io.Content;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;
import org.gaul.shaded.org.eclipse.jetty.util.Fields;

/// Rejects presigned requests with a signature older than a limit, regardless of their expiry, like the bucket policy's
/// condition on `s3:signatureAge` with `s3:authType` `REST-QUERY-STRING`. Also rejects requests with the host name of
/// another machine ([Loopback#isOwnHost]).
final class SignatureAgeLimit extends Handler.Wrapper {

  private static final DateTimeFormatter SIGNED_AT = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private final Duration limit;
  private final InstantSource clock;

  SignatureAgeLimit(Handler next, Duration limit, InstantSource clock) {
    super(next);
    this.limit = limit;
    this.clock = clock;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var signedAt = signedAt(Request.extractQueryParameters(request));
    var ownHost = Loopback.isOwnHost(request.getHeaders().get(HttpHeader.HOST));
    if (ownHost && (signedAt == null || !clock.instant().isAfter(signedAt.toInstant(ZoneOffset.UTC).plus(limit)))) {
      return super.handle(request, response, callback);
    }
    response.setStatus(403);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/xml");
    var body = """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>
        """;
    Content.Sink.write(response, true, body, callback);
    return true;
  }

  private static LocalDateTime signedAt(Fields query) {
    var text = query.getValue("X-Amz-Date");
    try {
      return text == null ? null : LocalDateTime.parse(text, SIGNED_AT);
    } catch (DateTimeParseException e) {
      // Not a date: the later signature check rejects the request in its own words.
      return null;
    }
  }
}
