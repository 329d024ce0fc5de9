package no.rapport.access;

import com.amazonaws.services.lambda.runtime.events.IamPolicyResponse;
import java.util.List;
import java.util.Map;

/// Builds an authorizer's policy: the caller, and the methods of the API that the caller may invoke.
///
/// Handlers read `caller`, `role` and `organizations` (comma-separated, or `*`) from its context.
final class AuthorizerPolicy {

  private AuthorizerPolicy() {}

  /// Returns a policy for every method of the stage, because API Gateway caches it for the key, regardless of the first
  /// route.
  static IamPolicyResponse forStage(String methodArn, ApiKey key) {
    String[] parts = methodArn.split("/", 3);
    return allow(parts.length < 3 ? methodArn : parts[0] + "/" + parts[1] + "/*", key.id(), key.role().word(),
        key.organizationsText());
  }

  /// Returns a policy for this method only.
  static IamPolicyResponse forMethod(String methodArn, String caller, String role, String organizations) {
    return allow(methodArn, caller, role, organizations);
  }

  /// Returns the exception that makes API Gateway answer `401`. It does so for this message only.
  static RuntimeException refused() {
    return new Refused();
  }

  private static IamPolicyResponse allow(String resource, String caller, String role, String organizations) {
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
