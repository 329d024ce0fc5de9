package no.rapport.api;

import java.util.Optional;
import java.util.Set;

/// Who calls, as the authorizer found out.
///
/// @param id the key's id, or `anonymous`
/// @param organizations the organisations the key is bound to; empty means all
public record Caller(String id, Role role, Optional<Set<String>> organizations) {

  /// The key's id of a caller without a key (local stack, mode `open`).
  public static final String ANONYMOUS = "anonymous";

  /// Whether the organisation's resources exist for this caller.
  public boolean maySee(String orgId) {
    return organizations.map(set -> set.contains(orgId)).orElse(true);
  }

  /// Whether this caller may use the worker updates of records and re-exports.
  public boolean mayReportAsWorker() {
    return role != Role.ORG;
  }
}
