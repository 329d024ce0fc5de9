package no.rapport.sourcedata;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import no.rapport.reporting.Period;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// What imports have changed in an organisation's case records, as far as a period's figures can tell.
///
/// How to keep a computed thing true: take `mark(period)` **before** reading the first record, keep it with what was
/// computed, and compare it with a mark taken later. Equal marks mean that no committed change between the two can have
/// altered the period's figures; different marks mean that one may have.
///
/// Why that holds. Each record belongs to one of eight groups (by its part). A group has a counter that goes up in the
/// very transaction that changes a record of the group, and notes the counter's value at what the change touched:
///
/// - a date that only counts in the period it lies in (received, concluded, started or ended investigations, visits,
///   moves, aftercare): that quarter, for the record's old and new form;
/// - a date that matters from then on (start of a measure, a plan, a position): every period that ends in that quarter
///   or later;
/// - a child's case (its birth date matters at any age), and the first or last record of a type or of a source system
///   in the group (a figure without records is null, and a figure tells its source): every period.
///
/// A mark is the eight newest values that touch the period. Values only grow, so equal marks mean that nothing that
/// touches the period was committed in any group between the first reading of its counter and the second.
public final class CaseChanges {

  /// How many groups the parts are in.
  public static final int GROUPS = 8;

  private final List<CaseChangeGroup> groups;

  private CaseChanges(List<CaseChangeGroup> groups) {
    this.groups = groups;
  }

  static CaseChanges of(List<Map<String, AttributeValue>> items) {
    return new CaseChanges(items.stream().map(CaseChangeGroup::of).toList());
  }

  /// A text that changes whenever a change may have altered the figures of the period; opaque, at most 200 characters.
  public String mark(Period period) {
    return groups.stream()
        .filter(group -> group.newest(period) > 0)
        .map(group -> group.number() + ":" + group.newest(period))
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
