package no.rapport.sourcedata;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import no.rapport.reporting.Period;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The changes that imports have made to an organisation's case records, to detect outdated figures of a period.
///
/// How to use it: take `mark(period)` **before** reading the first record, store it with the figures, and compare it
/// with a later mark. Equal marks mean that no change that was committed between the two can affect the period's
/// figures. Different marks mean that a change may affect them.
///
/// Each record belongs to one of eight groups, by its part. The transaction that changes a record also increments the
/// counter of its group, and stores the new value for each set of periods that the change touches:
///
/// - a date that counts only in its own period (received, concluded, started or ended investigations, visits, moves,
///   aftercare): that quarter, for the record before and after the change;
/// - a date that counts from then on (start of a measure, a plan, a position): every period that ends in that quarter
///   or
///   later;
/// - a child's case, because the birth date counts at any age, and the first or last record of a type or source system
///   in
///   the group, because a figure without records is null and a figure names its source: every period.
///
/// A mark consists of the eight newest values that touch the period. Values only increase. So if the marks are equal,
/// no group had a commit that touches the period between the two readings of its counter.
public final class CaseChanges {

  /// Number of groups.
  public static final int GROUPS = 8;

  private final List<CaseChangeGroup> groups;

  private CaseChanges(List<CaseChangeGroup> groups) {
    this.groups = groups;
  }

  static CaseChanges of(List<Map<String, AttributeValue>> items) {
    return new CaseChanges(items.stream().map(CaseChangeGroup::of).toList());
  }

  /// Returns an opaque text of at most 200 characters. It changes with every change that may affect the period's
  /// figures.
  public String mark(Period period) {
    return groups.stream()
        .filter(group -> group.newest(period) > 0)
        .map(group -> group.number() + ":" + group.newest(period))
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
