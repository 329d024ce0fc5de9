package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.Loopback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

class FaultsTest {

  private final DynamoDbClient client = EmbeddedDynamoDb.shared().client();
  private final DynamoDbClient impatient = DynamoDbClient.builder()
      .endpointOverride(EmbeddedDynamoDb.shared().endpoint())
      .region(Loopback.REGION)
      .credentialsProvider(Loopback.CREDENTIALS)
      .httpClient(UrlConnectionHttpClient.create())
      .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
      .build();

  @AfterEach
  void clear() {
    Faults.clear();
    client.close();
    impatient.close();
  }

  @Test
  void endsAfterTheGivenNumberOfAttempts() {
    Faults.add(new Faults.Fault("DynamoDb", "ListTables", "", "InternalServerError", 2));

    assertThat(client.listTables().sdkHttpResponse().isSuccessful()).isTrue();
    assertThat(Faults.standing()).isEmpty();
  }

  @Test
  void throwsTheExceptionOfTheServicesModel() {
    Faults.add(new Faults.Fault("", "ListTables", "", "ProvisionedThroughputExceededException", 1));

    assertThatThrownBy(impatient::listTables).isInstanceOf(ProvisionedThroughputExceededException.class);
  }

  @Test
  void throwsTheServicesGeneralExceptionForAnUnmodelledCode() {
    Faults.add(new Faults.Fault("DynamoDb", "", "", "AccessDeniedException", 1));

    assertThatThrownBy(client::listTables).isInstanceOfSatisfying(DynamoDbException.class, e -> {
      assertThat(e.statusCode()).isEqualTo(403);
      assertThat(e.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException");
    });
    assertThat(client.listTables().sdkHttpResponse().isSuccessful()).isTrue();
  }

  @Test
  void breaksTheConnection() {
    Faults.add(new Faults.Fault("DynamoDb", "ListTables", "", "Network", 1));

    assertThatThrownBy(impatient::listTables).isInstanceOf(SdkClientException.class);
  }

  @Test
  void appliesOnlyToTheNamedRequests() {
    Faults.add(new Faults.Fault("S3", "", "", "SlowDown", 1));
    Faults.add(new Faults.Fault("DynamoDb", "DescribeTable", "", "AccessDeniedException", 1));
    Faults.add(new Faults.Fault("DynamoDb", "ListTables", "AnotherTable", "AccessDeniedException", 1));

    client.listTables();

    assertThat(Faults.standing()).hasSize(3);
  }

  @Test
  void failsAtRandomUntilCleared() {
    Faults.atRandom(1);
    for (int i = 0; i < 20; i++) {
      try {
        impatient.listTables();
      } catch (SdkClientException | DynamoDbException e) {
        // What was asked for.
      }
    }
    assertThat(Faults.randomFailures()).isGreaterThanOrEqualTo(20);

    Faults.clear();

    assertThat(client.listTables().sdkHttpResponse().isSuccessful()).isTrue();
    assertThatThrownBy(() -> Faults.atRandom(2)).hasMessageContaining("share");
  }

  @Test
  void refusesAnInvalidFault() {
    assertThatThrownBy(() -> new Faults.Fault("", "", "", "", 1)).hasMessageContaining("error");
    assertThatThrownBy(() -> new Faults.Fault("", "", "", "X", 0)).hasMessageContaining("times");
  }
}
