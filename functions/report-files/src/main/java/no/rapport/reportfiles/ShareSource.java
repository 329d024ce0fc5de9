package no.rapport.reportfiles;

import java.io.IOException;
import java.io.InputStream;

/// Opens rendered shares for reading.
@FunctionalInterface
public interface ShareSource {

  /// Opens `length` bytes of a share from `offset` on; never called with a length of 0. The caller closes the stream.
  ///
  /// @param index the share's [ShareSummary#index]
  InputStream open(int index, long offset, long length) throws IOException;
}
