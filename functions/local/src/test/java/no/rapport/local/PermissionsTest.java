package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.core.sync.RequestBody;

/// Tests that calls are refused which a function's policy does not allow. All journeys and fault walks run under the
/// same check, so they show that no policy lacks a permission.
class PermissionsTest {

  private static final LocalRapport RAPPORT = LocalRapport.shared();

  @Test
  void refusesDeniedCallsWithTheServicesErrors() {
    var list = RAPPORT.template().function("ListExportsFunction");

    assertThatThrownBy(() -> Permissions.as(list, () -> RAPPORT.dynamoDb().putItem(put -> put.tableName("RecordsTable")
        .item(Map.of("pk", AttributeValue.fromS("x"), "sk", AttributeValue.fromS("x"))))))
        .isInstanceOfSatisfying(DynamoDbException.class,
            refused -> assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException"))
        .hasMessageContaining("ListExportsFunction").hasMessageContaining("dynamodb:PutItem");
    assertThatThrownBy(() -> Permissions.as(list, () -> RAPPORT.s3().putObject(put -> put.bucket(LocalRapport.BUCKET)
        .key("reports/org/x"), RequestBody.fromString("x"))))
        .isInstanceOfSatisfying(S3Exception.class, refused -> assertThat(refused.statusCode()).isEqualTo(403));
  }

  @Test
  void letsTheStreamWriteOnlyLeasesAndTheErasureOnlyAnEvent() throws Exception {
    for (Map.Entry<String, String> writer : Map.of("WatchAggregatedReportDataFunction", "note#stream-leases#org-p",
        "WriteErasureReceiptFunction", "note#audit-events#org-p#2026-01").entrySet()) {
      var function = RAPPORT.template().function(writer.getKey());
      put(function, writer.getValue());
      for (String other : List.of("org-p#report-records", "note#ticket#x", "note#aggregation#org-p")) {
        assertThatThrownBy(() -> put(function, other)).as(writer.getKey() + " " + other)
            .isInstanceOfSatisfying(DynamoDbException.class,
                refused -> assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException"));
      }
    }
  }

  private static void put(Template.LambdaFunction function, String partition) throws Exception {
    Permissions.as(function, () -> RAPPORT.dynamoDb().putItem(put -> put.tableName("RecordsTable")
        .item(Map.of("pk", AttributeValue.fromS(partition), "sk", AttributeValue.fromS("note#permissions-test")))));
  }

  @Test
  void refusesAMissingObjectWithoutThePermissionToList() {
    var task = RAPPORT.template().function("RenderPartFunction");
    var withoutListing = RAPPORT.template().function("PlanExportFunction");

    assertThatThrownBy(() -> Permissions.as(task, () -> RAPPORT.s3().headObject(head -> head.bucket(LocalRapport.BUCKET)
        .key("sealed/org/absent")))).isInstanceOfSatisfying(S3Exception.class, absent -> assertThat(absent.statusCode()).isEqualTo(404));
    assertThatThrownBy(() -> Permissions.as(withoutListing, () -> RAPPORT.s3().headObject(head -> head
        .bucket(LocalRapport.BUCKET).key("sealed/org/absent"))))
        .isInstanceOfSatisfying(S3Exception.class, refused -> assertThat(refused.statusCode()).isEqualTo(403));
  }
}
