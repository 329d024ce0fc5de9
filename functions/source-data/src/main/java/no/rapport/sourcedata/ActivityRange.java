package no.rapport.sourcedata;

/// A stretch of an organisation's activities in report order (date, then activity_id), as a part of an export reads it.
///
/// The ranges of one plan touch each other and cover the whole period, so that rows imported after planning are read by
/// exactly one of them.
///
/// @param after the sort key (`{date}#{activity_id}`, or a bare date) after which the range begins, itself not in it
/// @param upTo the last sort key of the range, in it
/// @param rows how many activities of the types asked for it held when it was planned
public record ActivityRange(String after, String upTo, long rows) {}
