package no.rapport.sourceimports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The places (concurrency slots) of running imports, stored in one item of the table.
///
/// An organisation may take a place while it holds fewer places than are free. So a single organisation takes half of
/// them, two take a third each, and one place is always left for the next organisation.
///
/// @param version counts the writes of the item
/// @param leases the taken places whose leases have not expired
record ImportPlaces(long version, List<Lease> leases) {

  static final String PARTITION = "#import-places";
  static final String VERSION = "v";
  private static final String LEASES = "leases";

  ImportPlaces {
    leases = List.copyOf(leases);
  }

  /// The lease of one place.
  ///
  /// @param id a random id
  /// @param file a hash of the file's key
  /// @param expires when the place becomes free if the process dies
  record Lease(String id, String orgId, String file, Instant expires) {

    private static Lease of(String text) {
      String[] parts = text.split(" ");
      return new Lease(parts[0], parts[1], parts[2], Instant.ofEpochMilli(Long.parseLong(parts[3])));
    }

    private String text() {
      return String.join(" ", id, orgId, file, String.valueOf(expires.toEpochMilli()));
    }
  }

  static Map<String, AttributeValue> key() {
    return SourceDataTable.key(PARTITION, "places");
  }

  /// Reads the item; an absent item has no leases.
  static ImportPlaces of(Map<String, AttributeValue> item, Instant now) {
    return item.isEmpty()
        ? new ImportPlaces(0, List.of())
        : new ImportPlaces(
            Long.parseLong(item.get(VERSION).n()),
            item.get(LEASES).l().stream().map(text -> Lease.of(text.s()))
                .filter(lease -> lease.expires().isAfter(now)).toList());
  }

  /// Returns whether the organisation may take one of `most` places.
  boolean hasPlaceFor(String orgId, int most) {
    return leases.stream().filter(lease -> lease.orgId().equals(orgId)).count() < most - leases.size();
  }

  boolean isAtWorkOn(String file) {
    return leases.stream().anyMatch(lease -> lease.file().equals(file));
  }

  ImportPlaces with(Lease lease) {
    return new ImportPlaces(version, Stream.concat(leases.stream(), Stream.of(lease)).toList());
  }

  ImportPlaces without(String id) {
    var others = new ArrayList<>(leases);
    others.removeIf(lease -> lease.id().equals(id));
    return new ImportPlaces(version, others);
  }

  /// Returns the item with these leases and the next version number.
  Map<String, AttributeValue> item() {
    var item = new HashMap<>(key());
    item.put(VERSION, AttributeValue.fromN(String.valueOf(version + 1)));
    item.put(LEASES, AttributeValue.fromL(leases.stream().map(lease -> AttributeValue.fromS(lease.text())).toList()));
    return item;
  }
}
