package no.rapport.sourceimports;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import no.rapport.sourceimports.ReportList.StreamSource;

/// Streams one after the other, each opened when it is its turn.
final class JoinedStreams extends InputStream {

  private final Iterator<StreamSource> sources;
  private InputStream current = InputStream.nullInputStream();

  JoinedStreams(List<StreamSource> sources) {
    this.sources = sources.iterator();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    while (true) {
      int count = current.read(target, from, length);
      if (count >= 0 || !sources.hasNext()) {
        return count;
      }
      current.close();
      current = sources.next().open();
    }
  }

  @Override
  public void close() throws IOException {
    current.close();
  }
}
