package no.rapport.access;

import com.amazonaws.services.lambda.runtime.events.IamPolicyResponse;
import java.util.List;
import java.util.Map;

/// What an authorizer answers: who calls, and which methods of the API are open to that caller.
///
/// Handlers read `caller`, `role` and `organizations` (comma-separated, or `*`) from it.
final class Leave {

  private Leave() {}

  /// Leave for every method of the stage: the answer is remembered for the key, whatever route it first came by.
  static IamPolicyResponse forStage(String methodArn, ApiKey key) {
    String[] parts = methodArn.split("/", 3);
    return leave(parts.length < 3 ? methodArn : parts[0] + "/" + parts[1] + "/*", key.id(), key.role().word(),
        key.organizationsWord());
  }

  /// Leave for this one method.
  static IamPolicyResponse forMethod(String methodArn, String caller, String role, String organizations) {
    return leave(methodArn, caller, role, organizations);
  }

  /// What makes API Gateway answer `401`: this message, and no other.
  static RuntimeException refused() {
    return new Refused();
  }

  private static IamPolicyResponse leave(String resource, String caller, String role, String organizations) {
    return IamPolicyResponse.builder()
        .withPrincipalId(caller)
        .withPolicyDocument(IamPolicyResponse.PolicyDocument.builder()
            .withVersion(IamPolicyResponse.VERSION_2012_10_17)
            .withStatement(List.of(IamPolicyResponse.allowStatement(resource)))
            .build())
        .withContext(Map.of("caller", caller, "role", role, "organizations", organizations))
        .build();
  }

  private static final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Refused() {
      super("Unauthorized", null, false, false);
    }
  }
}
