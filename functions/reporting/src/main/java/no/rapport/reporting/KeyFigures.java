package no.rapport.reporting;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.Optional;

/// What a report says beside its rows: totals of the activities, and the period's figures where there are any.
/// Serialised as JSON it is what is sealed with the rows.
public record KeyFigures(
    ActivityTotals totals,
    @JsonSerialize(using = OptionalJson.Writer.class) @JsonDeserialize(using = OptionalJson.Reader.class)
    Optional<FigureSnapshot> snapshot) {}
