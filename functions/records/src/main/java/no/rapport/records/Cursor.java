package no.rapport.records;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/// Encodes a position in a list as opaque text.
final class Cursor {

  private static final Pattern POSITION = Pattern.compile("[0-9TZ:.+-]{20,40}#[A-Za-z0-9_-]{1,64}");

  private Cursor() {}

  static String encode(Entry last) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(last.position().getBytes(StandardCharsets.UTF_8));
  }

  static String decode(String cursor) {
    String position = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    if (!POSITION.matcher(position).matches()) {
      throw new IllegalArgumentException("Not a cursor of a list");
    }
    return position;
  }
}
