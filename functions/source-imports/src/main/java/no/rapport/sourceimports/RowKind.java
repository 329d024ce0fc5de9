package no.rapport.sourceimports;

import java.time.YearMonth;
import java.util.Map;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The two kinds of rows, with their keys in the table.
enum RowKind {

  /// The place is the date.
  ACTIVITIES {
    @Override
    String bucketPartition(String orgId, int part) {
      return SourceDataTable.activityIds(orgId, part);
    }

    @Override
    Map<String, AttributeValue> key(String orgId, String identity, String place) {
      return SourceDataTable.key(
          SourceDataTable.activities(orgId, YearMonth.from(ActivityItem.date(place))), place + "#" + identity);
    }
  },

  /// The place is the part and the hash of the child, separated by `#`.
  CASES {
    @Override
    String bucketPartition(String orgId, int part) {
      return SourceDataTable.caseIds(orgId, part);
    }

    @Override
    Map<String, AttributeValue> key(String orgId, String identity, String place) {
      int hash = place.indexOf('#');
      return SourceDataTable.key(
          SourceDataTable.cases(orgId, Integer.parseInt(place.substring(0, hash))),
          place.substring(hash + 1) + "#" + identity);
    }
  };

  /// Returns the partition of a part's identities.
  abstract String bucketPartition(String orgId, int part);

  /// Returns the key of a row's item.
  abstract Map<String, AttributeValue> key(String orgId, String identity, String place);
}
