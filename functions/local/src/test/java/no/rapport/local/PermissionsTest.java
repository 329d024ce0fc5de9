package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.core.sync.RequestBody;

/// Functions are held to their policies. That no policy lacks anything, every journey shows, and every fault too: the local
/// stack and the world of faults refuse what the policy of the calling function does not allow. What all of them together
/// did not need is looked at last.
@Order(Integer.MAX_VALUE)
class PermissionsTest {

  private static final LocalRapport RAPPORT = LocalRapport.shared();

  @Test
  void refusesWhatThePolicyDoesNotAllowAsTheServicesDo() {
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
  void tellsWhomMayNotListThatAnAbsentObjectIsForbidden() {
    var task = RAPPORT.template().function("RenderPartFunction");
    var withoutListing = RAPPORT.template().function("PlanExportFunction");

    assertThatThrownBy(() -> Permissions.as(task, () -> RAPPORT.s3().headObject(head -> head.bucket(LocalRapport.BUCKET)
        .key("sealed/org/absent")))).isInstanceOfSatisfying(S3Exception.class, absent -> assertThat(absent.statusCode()).isEqualTo(404));
    assertThatThrownBy(() -> Permissions.as(withoutListing, () -> RAPPORT.s3().headObject(head -> head
        .bucket(LocalRapport.BUCKET).key("sealed/org/absent"))))
        .isInstanceOfSatisfying(S3Exception.class, refused -> assertThat(refused.statusCode()).isEqualTo(403));
  }

  /// Says something only after the journeys, in one JVM with them.
  @Test
  void allowsNothingThatNoJourneyNeeded() {
    var used = Permissions.used();
    var functions = RAPPORT.template().functions().values().stream().filter(function -> !function.grants().isEmpty()).toList();
    assumeThat(used.keySet()).as("functions that called AWS in this run")
        .containsAll(functions.stream().map(Template.LambdaFunction::logicalId).toList());

    var superfluous = new TreeSet<String>();
    for (var function : functions) {
      for (var grant : function.grants()) {
        for (var action : grant.actions()) {
          for (var resource : grant.resources()) {
            if (used.get(function.logicalId()).stream().noneMatch(
                need -> need.action().equals(action) && Permissions.matches(resource, need.resource()))) {
              superfluous.add(function.logicalId() + ": " + action + " on " + resource);
            }
          }
        }
      }
    }
    assertThat(superfluous).isEmpty();
  }
}
