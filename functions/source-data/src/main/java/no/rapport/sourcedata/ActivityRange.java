package no.rapport.sourcedata;

/// A range of an organisation's activities in report order (date, then activity_id). One part of an export reads one
/// range.
///
/// The ranges of one plan are adjacent and cover the whole period, so that exactly one of them includes a row that is
/// imported after the planning.
///
/// @param after sort key before the range, exclusive (`{date}#{activity_id}`, or a date alone)
/// @param upTo last sort key of the range, inclusive
/// @param rows number of activities of the requested types at the time of planning
public record ActivityRange(String after, String upTo, long rows) {}
