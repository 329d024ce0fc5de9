package no.rapport.benchmarks;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;

/// The peer of [ColdStarts]: `GET /api/v1/report-records/{report_id}` as a simple first version, with the SDK's default
/// clients (including Apache's HTTP client) and JSON bound by reflection.
public final class PlainReport
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final DynamoDbClient dynamoDb = DynamoDbClient.create();
  private final S3Client s3 = S3Client.create();
  private final SfnClient sfn = SfnClient.create();
  private final ObjectMapper json = new ObjectMapper().findAndRegisterModules();

  /// The response body.
  public static final class Report {
    /// The requested id.
    public String reportId;
    /// All other values.
    public Map<String, String> values;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    var report = new Report();
    report.reportId = event.getPathParameters().get("report_id");
    var item = dynamoDb.getItem(get -> get.tableName(System.getenv("RECORDS_TABLE")).consistentRead(true).key(Map.of(
        "pk", AttributeValue.fromS("id#report-records#" + report.reportId), "sk", AttributeValue.fromS("id")))).item();
    report.values = Map.of("found", String.valueOf(!item.isEmpty()), "with", s3.serviceName() + sfn.serviceName());
    try {
      return new APIGatewayProxyResponseEvent().withStatusCode(item.isEmpty() ? 404 : 200)
          .withBody(json.writeValueAsString(report));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
