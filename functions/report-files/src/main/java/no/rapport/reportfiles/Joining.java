package no.rapport.reportfiles;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import no.rapport.reporting.Activity;

/// Shared code of the writers for writing and joining shares.
public final class Joining {

  private Joining() {}

  /// Copies exactly `length` bytes.
  public static void copy(InputStream in, OutputStream out, long length) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = length;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw new EOFException("A share ended " + left + " bytes before its " + length + " bytes were read");
      }
      out.write(buffer, 0, count);
      left -= count;
    }
  }

  public static void requireRoom(boolean finished, long rows) {
    if (finished) {
      throw new IllegalStateException("The share is finished");
    }
    if (rows >= ShareWriter.MAX_ROWS) {
      throw new IllegalStateException("A share holds at most " + ShareWriter.MAX_ROWS + " rows");
    }
  }

  /// Returns the file names as one text, separated as in imported files.
  public static String attachments(Activity activity) {
    return switch (activity.attachments().size()) {
      case 0 -> "";
      case 1 -> activity.attachments().getFirst();
      default -> String.join("|", activity.attachments());
    };
  }
}
