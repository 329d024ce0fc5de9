package no.rapport.sourceimports;

import java.time.YearMonth;
import java.util.Map;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The two kinds of rows and where they lie in the table.
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

  /// The place is the part and the hash of the child, with a `#` between them.
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

  /// The partition of the identities of a part.
  abstract String bucketPartition(String orgId, int part);

  /// The key of a row's item.
  abstract Map<String, AttributeValue> key(String orgId, String identity, String place);
}
