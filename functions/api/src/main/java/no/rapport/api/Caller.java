package no.rapport.api;

import java.util.Optional;
import java.util.Set;

/// The authenticated caller of a request, as the authorizer reports it.
///
/// @param id the key's id, or `anonymous`
/// @param organizations the organisations that the key is bound to; empty means all
public record Caller(String id, Role role, Optional<Set<String>> organizations) {

  /// The id of a caller without a key (local stack, mode `open`).
  public static final String ANONYMOUS = "anonymous";

  /// Returns whether the caller may see the organisation's resources. To other callers they do not exist.
  public boolean maySee(String orgId) {
    return organizations.map(set -> set.contains(orgId)).orElse(true);
  }

  /// Returns whether the caller may use the worker updates of records and re-exports.
  public boolean mayReportAsWorker() {
    return role != Role.ORG;
  }
}
