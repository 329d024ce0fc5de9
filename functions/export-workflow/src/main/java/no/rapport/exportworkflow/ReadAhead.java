package no.rapport.exportworkflow;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// Reads shares from the bucket and opens the next ones while one is copied, because the first byte of a small share
/// takes longer than the rest of it. Not thread-safe.
final class ReadAhead implements ShareSource, AutoCloseable {

  private static final int MAX_OPEN_AHEAD = 3;

  private final WorkflowFiles files;
  private final List<String> keys;
  private final List<Piece> order;
  private final Map<Piece, Integer> places = new HashMap<>();
  private final Map<Piece, Future<ResponseInputStream<GetObjectResponse>>> opened = new HashMap<>();
  private final ExecutorService threads;

  private record Piece(int share, long offset, long length) {}

  /// @param keys keys of the shares' objects, by index
  ReadAhead(WorkflowFiles files, List<String> keys, List<ShareSummary> shares) {
    this.files = files;
    this.threads = files.threads();
    this.keys = List.copyOf(keys);
    this.order = order(shares);
    for (Piece piece : order) {
      places.put(piece, places.size());
    }
  }

  /// Returns the pieces in the order in which writers read them: one section of all shares, then the next section.
  private static List<Piece> order(List<ShareSummary> shares) {
    Set<String> names = new LinkedHashSet<>();
    shares.forEach(share -> share.sections().forEach(section -> names.add(section.name())));
    List<Piece> order = new ArrayList<>();
    for (String name : names) {
      for (ShareSummary share : shares) {
        share.sections().stream().filter(section -> section.name().equals(name) && section.bytes() > 0)
            .forEach(section -> order.add(new Piece(share.index(), section.offset(), section.bytes())));
      }
    }
    return order;
  }

  @Override
  public InputStream open(int index, long offset, long length) {
    var piece = new Piece(index, offset, length);
    var begun = opened.remove(piece);
    Integer place = places.get(piece);
    if (place != null) {
      order.subList(place + 1, Math.min(order.size(), place + 1 + MAX_OPEN_AHEAD)).forEach(next ->
          opened.computeIfAbsent(next, _ -> threads.submit(() -> read(next))));
    }
    return begun == null ? read(piece) : WorkflowFiles.result(begun);
  }

  private ResponseInputStream<GetObjectResponse> read(Piece piece) {
    return files.open(keys.get(piece.share()), piece.offset(), piece.length());
  }

  /// Closes the pieces that were opened but not read.
  @Override
  public void close() {
    threads.close();
    opened.values().stream().filter(begun -> begun.state() == Future.State.SUCCESS)
        .forEach(begun -> begun.resultNow().abort());
  }
}
