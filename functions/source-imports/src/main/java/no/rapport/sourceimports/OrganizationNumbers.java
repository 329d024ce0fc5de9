package no.rapport.sourceimports;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import no.rapport.sourcedata.OrganizationRegister.Numbers;

/// The official numbers in an `organization.json`. The organisation declares them itself: they prevent mix-ups and give
/// no rights.
///
/// @param numbers empty if the file has none
record OrganizationNumbers(Optional<Numbers> numbers) {

  /// Reads the numbers, or returns empty if they are invalid.
  static Optional<OrganizationNumbers> of(JsonNode object) {
    JsonNode organization = object.path("organization_number");
    JsonNode district = object.path("district_number");
    if (isAbsent(organization)) {
      return isAbsent(district) ? Optional.of(new OrganizationNumbers(Optional.empty())) : Optional.empty();
    }
    if (!organization.asText().matches("[0-9]{9}") || !isAbsent(district) && !district.asText().matches("[0-9]{2}")) {
      return Optional.empty();
    }
    return Optional.of(new OrganizationNumbers(Optional.of(new Numbers(
        organization.asText(), isAbsent(district) ? Optional.empty() : Optional.of(district.asText())))));
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
