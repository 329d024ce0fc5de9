package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.CaseChangeGroup;
import no.rapport.sourcedata.CaseChanges;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Besok;
import no.rapport.sourcedata.CaseRecord.Ettervern;
import no.rapport.sourcedata.CaseRecord.Flytting;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Plan;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Stilling;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;
import no.rapport.sourcedata.CaseRecordItem;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourceimports.ImportKey.RowFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Checks that equal marks mean equal figures. After random imports, a period whose mark has not changed must have the
/// same records that its figures use. This test derives those records from the rules of the figures, not from the code
/// under test.
class CaseChangesTest {

  private static final List<String> PERIODS = List.of(
      "2023", "2024", "2024-H1", "2024-H2", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025", "2025-Q1");

  private final SourceData data = new SourceData();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void changesMarkOfEveryPeriodWhoseRecordsChanged(long seed) {
    var random = new Random(seed);
    int kept = 0;
    Map<String, String> marks = marks();
    Map<String, List<String>> seen = seen();
    for (int step = 0; step < 25; step++) {
      var lines = new StringBuilder();
      for (int i = random.nextInt(4); i >= 0; i--) {
        lines.append(aRecord(random, step));
      }
      data.importText(data.casesKey("step-" + seed + "-" + step + ".jsonl"), lines.toString());
      Map<String, String> marksNow = marks();
      Map<String, List<String>> seenNow = seen();
      for (String period : PERIODS) {
        if (marksNow.get(period).equals(marks.get(period))) {
          kept++;
          assertThat(seenNow.get(period)).as("%s after step %d", period, step).isEqualTo(seen.get(period));
        }
      }
      marks = marksNow;
      seen = seenNow;
    }
    assertThat(kept).as("unchanged marks").isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(longs = {5})
  void countsEveryChangeOfConcurrentImports(long seed) throws Exception {
    var flaky = new FlakyDynamoDb(data.dynamoDb, seed);
    var importFile = new ImportFile(data.imports, data.s3, flaky, data.table, most -> Thread.yield(), InstantSource.system());
    var random = new Random(seed);
    var keys = new ArrayList<String>();
    for (int file = 0; file < 4; file++) {
      var lines = new StringBuilder();
      for (int i = 0; i < 60; i++) {
        lines.append(aRecord(random, file));
      }
      String key = data.casesKey("at-once-" + file + ".jsonl");
      data.put(key, lines.toString().getBytes(StandardCharsets.UTF_8));
      keys.add(key);
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (String key : keys) {
        running.add(threads.submit(() -> importFile.begin(
            SourceData.BUCKET, (RowFile) ImportKey.of(key).orElseThrow(), Optional.of(SourceData.NOON), () -> false)));
      }
      for (Future<?> run : running) {
        run.get();
      }
    }

    // The counts of live records are updated in the same transactions, so they must match the stored records.
    var counted = new HashMap<String, Long>();
    data.dynamoDb.query(request -> request
        .tableName(data.table)
        .keyConditionExpression("pk = :pk")
        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(
            SourceDataTable.caseChanges(SourceData.ORG))))).items().stream()
        .map(CaseChangeGroup::of)
        .forEach(group -> group.present().forEach((name, count) -> counted.merge(name, count, Long::sum)));
    var live = new HashMap<String, Long>();
    data.cases().forEach(found -> live.merge(CaseRecordItem.presence(found), 1L, Long::sum));
    assertThat(counted).isEqualTo(live);
  }

  private Map<String, String> marks() {
    CaseChanges changes = data.caseRecords.changes(SourceData.ORG);
    var marks = new HashMap<String, String>();
    PERIODS.forEach(id -> marks.put(id, changes.mark(Period.ofId(id).orElseThrow())));
    return marks;
  }

  private Map<String, List<String>> seen() {
    List<CaseRecord> records = data.cases();
    var seen = new HashMap<String, List<String>>();
    for (String id : PERIODS) {
      Period period = Period.ofId(id).orElseThrow();
      var texts = new TreeSet<String>();
      for (CaseRecord found : records) {
        // Whether any record of a type and system exists decides between null and 0, in every period.
        texts.add(CaseRecordItem.presence(found));
        if (isSeen(found, period)) {
          texts.add(CaseRecordItem.identity(found) + CaseRecordItem.fingerprint(found));
        }
      }
      seen.put(id, List.copyOf(texts));
    }
    return seen;
  }

  private static boolean isSeen(CaseRecord found, Period period) {
    return switch (found) {
      case Sak _ -> true;
      case Melding melding -> period.contains(melding.mottattDato())
          || melding.konkludertDato().filter(period::contains).isPresent();
      case Undersokelse undersokelse -> period.contains(undersokelse.start())
          || undersokelse.slutt().filter(period::contains).isPresent();
      case Tiltak tiltak -> !tiltak.start().isAfter(period.to());
      case Plan plan -> !plan.start().isAfter(period.to());
      case Besok besok -> period.contains(besok.dato());
      case Flytting flytting -> period.contains(flytting.dato());
      case Ettervern ettervern -> period.contains(ettervern.konkludert());
      case Stilling stilling -> !stilling.start().isAfter(period.to());
    };
  }

  private static String aRecord(Random random, int step) {
    String type = List
        .of("sak", "melding", "undersokelse", "tiltak", "plan", "besok", "flytting", "ettervern", "stilling")
        .get(Math.min(8, 1 + random.nextInt(11) % 9 - (random.nextInt(30) == 0 ? 1 : 0)));
    LocalDate first = LocalDate.of(2023, 1, 1).plusDays(random.nextInt(1000));
    LocalDate second = first.plusDays(random.nextInt(200));
    String attributes = random.nextInt(5) == 0 ? "'deleted':true" : switch (type) {
      case "sak" -> "'fodt':'2010-01-0%d'".formatted(1 + random.nextInt(9));
      case "melding" -> random.nextBoolean()
          ? "'mottatt_dato':'%s'".formatted(first)
          : "'mottatt_dato':'%s','konkludert_dato':'%s','konklusjon':2".formatted(first, second);
      case "undersokelse" -> "'start':'%s','slutt':'%s','utvidet_frist':false,'konklusjon':1".formatted(first, second);
      case "tiltak" -> "'kategori':'3.1','lov':'BVL2021','kap':'3','par':'1','start':'%s'".formatted(first);
      case "plan" -> "'plan_type':1,'start':'%s','slutt':'%s','evalueringer':[]".formatted(first, second);
      case "besok" -> "'besok_type':'%s','dato':'%s'".formatted(random.nextBoolean() ? "tilsyn" : "oppfolging", first);
      case "flytting" -> "'dato':'%s','arsak':'2.1'".formatted(first);
      case "ettervern" -> "'konkludert':'%s','konklusjon':1".formatted(first);
      default -> "'prosent':100,'start':'%s','besatt':true,'oppfyller_15_6':true".formatted(first);
    };
    return ("{'type':'%s','record_id':'r-%d','org_id':'org-042','source_system':'%s',"
        + "'updated_at':'2025-07-%02dT00:00:00Z','%s':'b-%d',%s}\n").formatted(
            type, random.nextInt(4), random.nextInt(8) == 0 ? "andre" : "fagsystem-cis", 1 + step + random.nextInt(3),
            type.equals("stilling") ? "stilling_id" : "barn_id", random.nextInt(3), attributes).replace('\'', '"');
  }
}
