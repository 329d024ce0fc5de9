package no.rapport.reporting;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.Optional;

/// The part of a report beside its rows: totals of the activities, and the period's figures if there are any. Its JSON
/// is sealed with the rows.
public record KeyFigures(
    ActivityTotals totals,
    @JsonSerialize(using = OptionalJson.Writer.class) @JsonDeserialize(using = OptionalJson.Reader.class)
    Optional<FigureSnapshot> snapshot) {}
