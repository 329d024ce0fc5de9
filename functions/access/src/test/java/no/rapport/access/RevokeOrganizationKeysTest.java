package no.rapport.access;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import no.rapport.api.TransientFailure;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class RevokeOrganizationKeysTest {

  @Test
  void marksTemporaryFailuresOfDynamoDbForTheStateMachine() {
    for (RuntimeException failure : List.of(failure(400, "ThrottlingException"),
        failure(400, "ProvisionedThroughputExceededException"), failure(429, "Any"), failure(500, "InternalServerError"),
        failure(503, "ServiceUnavailable"), SdkClientException.create("Connection reset"))) {
      assertThatThrownBy(() -> revoke(failure)).isInstanceOf(TransientFailure.class).hasCause(failure);
    }
  }

  @Test
  void leavesOtherFailuresAsTheyAre() {
    for (RuntimeException failure : List.of(failure(400, "AccessDeniedException"),
        ConditionalCheckFailedException.builder().statusCode(400).build(), new IllegalStateException())) {
      assertThatThrownBy(() -> revoke(failure)).isSameAs(failure);
    }
  }

  private static void revoke(RuntimeException failure) {
    var client = (DynamoDbClient) Proxy.newProxyInstance(DynamoDbClient.class.getClassLoader(),
        new Class<?>[] {DynamoDbClient.class}, (_, _, _) -> {
          throw failure;
        });
    new RevokeOrganizationKeys(new ApiKeys(client, "AccessTable"), InstantSource.fixed(AccessFixtures.NOON))
        .handleRequest(Map.of("org_id", "org-1042"), null);
  }

  private static RuntimeException failure(int status, String code) {
    return DynamoDbException.builder().statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build()).build();
  }
}
