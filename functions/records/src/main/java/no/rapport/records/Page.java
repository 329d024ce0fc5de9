package no.rapport.records;

import java.util.List;
import java.util.Optional;

/// One page of a list, newest first.
///
/// @param total the exact number of resources that match the list's filters
/// @param nextCursor where the next page begins; empty at the end
public record Page(List<Entry> entries, long total, Optional<String> nextCursor) {}
