package no.rapport.aggregatedreportdata;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import no.rapport.reporting.RuleSet;

/// What some children's (and positions') records add up to: exact sums and nothing of any child. Tallies of disjoint
/// children add up to the tally of all of them, in any order and grouping.
///
/// @param ruleVersion the rule set that counted, see [RuleSet]
/// @param records how many live records there are by type, of any date
/// @param sums what is not zero
/// @param excluded how many of the records that a sum considers it leaves out, by reason; what is not zero
/// @param bemannet sum of `prosent` of the positions that 33 counts
/// @param kvalifisert sum of `prosent` of those that meet the competence requirement (34)
/// @param register what the cases that came in the register's form add up to, by [RegisterCase]'s names
/// @param sources the source systems of all live records by type, at most two of each: two are as good as many
record Tally(
    int ruleVersion,
    SortedMap<RecordType, Long> records,
    SortedMap<Sum, Long> sums,
    SortedMap<Sum, SortedMap<Exclusion, Long>> excluded,
    // Text, since a workflow's expressions know binary numbers only.
    @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal bemannet,
    @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal kvalifisert,
    SortedMap<RecordType, SortedSet<String>> sources,
    SortedMap<String, Long> register) {

  static final Tally NOTHING = new Tally(RuleSet.CURRENT, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(),
      BigDecimal.ZERO, BigDecimal.ZERO, new TreeMap<>(), new TreeMap<>());

  private static final int SOURCES_KEPT = 2;

  Tally {
    // A run that an earlier release began lacks what it did not count.
    register = register == null ? new TreeMap<>() : register;
    records = records == null ? new TreeMap<>() : records;
    excluded = excluded == null ? new TreeMap<>() : excluded;
  }

  Tally plus(Tally other) {
    var addition = new Addition();
    addition.add(this);
    addition.add(other);
    return addition.total();
  }

  static Tally total(List<Tally> tallies) {
    var addition = new Addition();
    tallies.forEach(addition::add);
    return addition.total();
  }

  long count(Sum sum) {
    return sums.getOrDefault(sum, 0L);
  }

  /// How many live records there are of the type, of any date.
  long records(RecordType type) {
    return records.getOrDefault(type, 0L);
  }

  /// How many of the records that the sum considers it leaves out for that reason.
  long excluded(Sum sum, Exclusion reason) {
    return excluded.getOrDefault(sum, new TreeMap<>()).getOrDefault(reason, 0L);
  }

  /// Whether there is a live record of the type, of any date.
  boolean has(RecordType type) {
    return sources.containsKey(type);
  }

  /// A tally in the making.
  static final class Addition {

    private final long[] records = new long[RecordType.values().length];
    private final long[] sums = new long[Sum.values().length];
    private final long[][] excluded = new long[Sum.values().length][Exclusion.values().length];
    private final Map<RecordType, SortedSet<String>> sources = new EnumMap<>(RecordType.class);
    private final SortedMap<String, Long> register = new TreeMap<>();
    private BigDecimal bemannet = BigDecimal.ZERO;
    private BigDecimal kvalifisert = BigDecimal.ZERO;

    void add(Sum sum, long count) {
      sums[sum.ordinal()] = Math.addExact(sums[sum.ordinal()], count);
    }

    /// Counts one record that the sum considers, or leaves it out for a reason.
    void count(Sum sum, Exclusion reason) {
      if (reason == Exclusion.NONE) {
        sums[sum.ordinal()]++;
      } else {
        excluded[sum.ordinal()][reason.ordinal()]++;
      }
    }

    void addIf(boolean condition, Sum sum) {
      if (condition) {
        add(sum, 1);
      }
    }

    void addStilling(BigDecimal prosent, boolean oppfyllerKrav) {
      bemannet = bemannet.add(prosent);
      if (oppfyllerKrav) {
        kvalifisert = kvalifisert.add(prosent);
      }
    }

    /// Adds one live record of the type.
    void addRecord(RecordType type, String source) {
      records[type.ordinal()]++;
      addSource(type, source);
    }

    private void addSource(RecordType type, String source) {
      SortedSet<String> known = sources.computeIfAbsent(type, _ -> new TreeSet<>());
      if (known.add(source) && known.size() > SOURCES_KEPT) {
        known.removeLast();
      }
    }

    void addRegister(Map<String, Long> counts) {
      counts.forEach((name, count) -> register.merge(name, count, Math::addExact));
    }

    /// @throws IllegalStateException when another rule set counted: such counts do not add up
    void add(Tally tally) {
      if (tally.ruleVersion != RuleSet.CURRENT) {
        throw new IllegalStateException("Counted by rule set " + tally.ruleVersion + ", not " + RuleSet.CURRENT);
      }
      addRegister(tally.register);
      tally.records.forEach((type, count) ->
          records[type.ordinal()] = Math.addExact(records[type.ordinal()], count));
      tally.excluded.forEach((sum, reasons) -> reasons.forEach((reason, count) -> excluded[sum.ordinal()]
          [reason.ordinal()] = Math.addExact(excluded[sum.ordinal()][reason.ordinal()], count)));
      tally.sums.forEach(this::add);
      bemannet = bemannet.add(tally.bemannet);
      kvalifisert = kvalifisert.add(tally.kvalifisert);
      tally.sources.forEach((type, names) -> names.forEach(name -> addSource(type, name)));
    }

    Tally total() {
      var nonZero = new TreeMap<Sum, Long>();
      for (Sum sum : Sum.values()) {
        if (sums[sum.ordinal()] != 0) {
          nonZero.put(sum, sums[sum.ordinal()]);
        }
      }
      var live = new TreeMap<RecordType, Long>();
      for (RecordType type : RecordType.values()) {
        if (records[type.ordinal()] != 0) {
          live.put(type, records[type.ordinal()]);
        }
      }
      var leftOut = new TreeMap<Sum, SortedMap<Exclusion, Long>>();
      for (Sum sum : Sum.values()) {
        for (Exclusion reason : sum.exclusions()) {
          long count = excluded[sum.ordinal()][reason.ordinal()];
          if (count != 0) {
            leftOut.computeIfAbsent(sum, _ -> new TreeMap<>()).put(reason, count);
          }
        }
      }
      var copied = new TreeMap<RecordType, SortedSet<String>>();
      sources.forEach((type, names) -> copied.put(type, new TreeSet<>(names)));
      return new Tally(RuleSet.CURRENT, live, nonZero, leftOut, bemannet, kvalifisert, copied,
          new TreeMap<>(register));
    }
  }

  /// The one system that delivered all live records of these types, or empty.
  Optional<String> onlySource(Set<RecordType> types) {
    var all = new TreeSet<String>();
    types.forEach(type -> all.addAll(sources.getOrDefault(type, new TreeSet<>())));
    return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
  }
}
