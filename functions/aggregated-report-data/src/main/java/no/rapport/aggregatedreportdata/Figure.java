package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.util.Optional;

/// One figure of a snapshot.
///
/// @param value empty where it cannot be computed
/// @param dataSource the system that delivered all its records, else the catalogue's usual one
record Figure(String fieldKey, Optional<BigDecimal> value, String dataSource) {}
