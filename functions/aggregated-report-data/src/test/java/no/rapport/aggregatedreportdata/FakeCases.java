package no.rapport.aggregatedreportdata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.CaseRecord;

/// Case records in memory; every change moves the mark of every period of the organisation.
final class FakeCases implements CaseSource {

  private static final int PARTS = 20;

  private final Map<String, List<CaseRecord>> records = new ConcurrentHashMap<>();
  private final Map<String, Long> changes = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Long>> register = new ConcurrentHashMap<>();
  private final Map<String, String> names = new ConcurrentHashMap<>();

  void replace(String orgId, List<CaseRecord> live) {
    records.put(orgId, List.copyOf(live));
    changes.merge(orgId, 1L, Long::sum);
  }

  void add(String orgId, CaseRecord record) {
    var more = new ArrayList<>(records.getOrDefault(orgId, List.of()));
    more.add(record);
    replace(orgId, more);
  }

  void name(String orgId, String name) {
    names.put(orgId, name);
  }

  @Override
  public int parts() {
    return PARTS;
  }

  @Override
  public void readPart(String orgId, int part, Consumer<CaseRecord> consumer) {
    records.getOrDefault(orgId, List.of()).stream()
        .filter(record -> Math.floorMod(key(record).hashCode(), PARTS) == part)
        .sorted((a, b) -> key(a).compareTo(key(b)))
        .forEach(consumer);
  }

  /// What one case that came in the register's form counts.
  void registerCase(String orgId, Map<String, Long> counts) {
    register.put(orgId, Map.copyOf(counts));
  }

  @Override
  public void readRegisterPart(String orgId, int part, Consumer<Map<String, Long>> consumer) {
    if (part == 0 && register.containsKey(orgId)) {
      consumer.accept(register.get(orgId));
    }
  }

  @Override
  public Function<Period, String> marks(String orgId) {
    String mark = String.valueOf(changes.getOrDefault(orgId, 0L));
    return _ -> mark;
  }

  @Override
  public String nameOf(String orgId) {
    return names.getOrDefault(orgId, orgId);
  }

  private static String key(CaseRecord record) {
    return record instanceof CaseRecord.OfChild ofChild ? ofChild.barnId() : record.recordId();
  }
}
