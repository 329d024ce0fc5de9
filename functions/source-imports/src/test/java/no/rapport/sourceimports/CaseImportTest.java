package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Besok;
import no.rapport.sourcedata.CaseRecord.Besokstype;
import no.rapport.sourcedata.CaseRecord.Ettervern;
import no.rapport.sourcedata.CaseRecord.Flytting;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Plan;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Stilling;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaseImportTest {

  private static final String NATIONAL_ID = "01010750160";
  private static final Instant UPDATED = Instant.parse("2025-07-01T00:00:00Z");
  private static final String SYSTEM = "fagsystem-cis";

  private final SourceData data = new SourceData();
  private int files;

  private static String line(String type, String id, String attributes) {
    return line(type, id, "2025-07-01T00:00:00Z", attributes);
  }

  private static String line(String type, String id, String updatedAt, String attributes) {
    return ("{'type':'%s','record_id':'%s','org_id':'org-042','source_system':'fagsystem-cis','updated_at':'%s',%s}\n")
        .formatted(type, id, updatedAt, attributes).replace('\'', '"');
  }

  private JsonNode put(String... lines) {
    return data.importText(data.casesKey("file-" + files++ + ".jsonl"), String.join("", lines));
  }

  private String mark(String periodId) {
    return data.caseRecords.changes(SourceData.ORG).mark(Period.ofId(periodId).orElseThrow());
  }

  @Test
  void readsEveryRecordTypeUnchanged() {
    JsonNode report = put(
        line("sak", "1", "'barn_id':'b','fodt':'2010-05-06'"),
        line("melding", "1", "'barn_id':'b','mottatt_dato':'2025-01-02','konkludert_dato':'2025-01-08','konklusjon':2"),
        line("melding", "2", "'barn_id':'b','mottatt_dato':'2025-01-02'"),
        line("undersokelse", "1", "'barn_id':'b','start':'2025-01-09','slutt':null,'utvidet_frist':false"),
        line("tiltak", "1", "'barn_id':'b','kategori':'2.1','lov':'BVL1992','kap':'4','par':8,'ledd':[2,3],'jmfr':['4-12'],'start':'2022-01-01',"
            + "'hyppighet_oppf':6,'hyppighet_tilsyn':4"),
        line("plan", "1", "'barn_id':'b','plan_type':4,'start':'2024-02-01',"
            + "'evalueringer':['2024-05-01','2024-08-01']"),
        line("besok", "1", "'barn_id':'b','besok_type':'tilsyn','dato':'2025-03-04'"),
        line("flytting", "1", "'barn_id':'b','dato':'2025-03-05','arsak':'2.3'"),
        line("ettervern", "1", "'barn_id':'b','konkludert':'2025-04-01','konklusjon':1"),
        line("stilling", "1", "'stilling_id':'s','prosent':87.5,'start':'2020-01-01','besatt':true,"
            + "'oppfyller_15_6':false"));

    assertThat(report.at("/rejected").toString()).isEqualTo("[]");
    var none = Optional.<LocalDate>empty();
    assertThat(data.cases()).containsExactlyInAnyOrder(
        new Sak("1", SYSTEM, UPDATED, "b", LocalDate.of(2010, 5, 6), newestCase().version()),
        new Melding("1", SYSTEM, UPDATED, "b", LocalDate.of(2025, 1, 2),
            Optional.of(LocalDate.of(2025, 1, 8)), OptionalInt.of(2)),
        new Melding("2", SYSTEM, UPDATED, "b", LocalDate.of(2025, 1, 2), none, OptionalInt.empty()),
        new Undersokelse("1", SYSTEM, UPDATED, "b", LocalDate.of(2025, 1, 9), none, false, OptionalInt.empty()),
        new Tiltak("1", SYSTEM, UPDATED, "b", "2.1", "BVL", "4", "8", List.of(2, 3), List.of("4-12"),
            LocalDate.of(2022, 1, 1), none, OptionalInt.of(6), OptionalInt.of(4)),
        new Plan("1", SYSTEM, UPDATED, "b", 4, LocalDate.of(2024, 2, 1), none,
            List.of(LocalDate.of(2024, 5, 1), LocalDate.of(2024, 8, 1))),
        new Besok("1", SYSTEM, UPDATED, "b", Besokstype.TILSYN, LocalDate.of(2025, 3, 4)),
        new Flytting("1", SYSTEM, UPDATED, "b", LocalDate.of(2025, 3, 5), "2.3"),
        new Ettervern("1", SYSTEM, UPDATED, "b", LocalDate.of(2025, 4, 1), 1),
        new Stilling("1", SYSTEM, UPDATED, "s", new BigDecimal("87.5"), LocalDate.of(2020, 1, 1), none, true, false));
  }

  @Test
  void readsCsvFileOfOneType() {
    JsonNode report = data.importText(data.casesKey("plan.csv"),
        "type;record_id;org_id;source_system;updated_at;barn_id;plan_type;start;slutt;evalueringer;deleted\r\n"
            + "plan;1;org-042;fagsystem-cis;2025-07-01T00:00:00Z;b;1;2025-01-01;;2025-02-01|2025-03-01;\r\n"
            + "plan;2;org-042;;2025-07-01T00:00:00Z;b;;;;;true\r\n");

    assertThat(report.at("/counts").toString())
        .isEqualTo("{\"read\":2,\"imported\":1,\"unchanged\":0,\"withdrawn\":1,\"rejected\":0,\"warned\":0,\"masked\":0}");
    assertThat(data.cases()).containsExactly(new Plan("1", SYSTEM, UPDATED, "b", 1, LocalDate.of(2025, 1, 1),
        Optional.empty(), List.of(LocalDate.of(2025, 2, 1), LocalDate.of(2025, 3, 1))));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
    "melding ~ 'barn_id':'b','mottatt_dato':'2025-01-02','konkludert_dato':'2025-01-08' ~ konklusjon",
    "melding ~ 'barn_id':'b','mottatt_dato':'2025-01-02','konkludert_dato':'2025-01-08','konklusjon':11 ~ konklusjon",
    "undersokelse ~ 'barn_id':'b','start':'2025-01-02','slutt':'2025-02-01','utvidet_frist':true ~ konklusjon",
    "undersokelse ~ 'barn_id':'b','start':'2025-01-02','utvidet_frist':'kanskje' ~ utvidet_frist",
    "tiltak ~ 'barn_id':'b','kategori':'2.4','lov':'BVL2021','kap':5,'par':1,'start':'2025-01-01',"
        + "'hyppighet_oppf':4 ~ hyppighet_tilsyn",
    "tiltak ~ 'barn_id':'b','kategori':'2.99','lov':'BVL2021','kap':5,'par':1,'start':'2025-01-01',"
        + "'hyppighet_tilsyn':4 ~ hyppighet_oppf",
    "tiltak ~ 'barn_id':'b','kategori':'02.1','lov':'BVL2021','kap':5,'par':1,'start':'2025-01-01' ~ kategori",
    "flytting ~ 'barn_id':'b','dato':'2025-01-01','arsak':'annet' ~ arsak",
    "plan ~ 'barn_id':'b','plan_type':9,'start':'2025-01-01','evalueringer':[] ~ plan_type",
    "sak ~ 'barn_id':'01010750160','fodt':'2010-01-01' ~ barn_id",
    "sak ~ 'barn_id':'010107 50161','fodt':'2010-01-01' ~ barn_id",
    "sak ~ 'fodt':'2010-01-01' ~ barn_id",
    "sak ~ 'barn_id':'b','fodt':'2010-02-30' ~ fodt",
    "besok ~ 'barn_id':'b','besok_type':'annet','dato':'2025-01-01' ~ besok_type",
    "besok ~ 'barn_id':'b','besok_type':'tilsyn','dato':20250101 ~ dato",
    "stilling ~ 'stilling_id':'s','prosent':'mye','start':'2025-01-01','besatt':true,'oppfyller_15_6':true ~ prosent",
    "annet ~ 'barn_id':'b' ~ type",
    "sak ~ 'barn_id':'b','deleted':true,'org_id':'org-043' ~ ",
    "melding ~ 'deleted':true ~ barn_id",
  })
  void rejectsRecordByColumnWithoutQuotingIt(String type, String attributes, String column) {
    JsonNode report = put(
        line(type, "secret-record", attributes), line("sak", "2", "'barn_id':'b2','fodt':'2011-01-01'"));

    assertThat(report.at("/rejected/0/line").asInt()).isEqualTo(1);
    assertThat(report.at("/rejected/0/column").asText(null)).isEqualTo(column);
    assertThat(report.toString()).doesNotContain(NATIONAL_ID, "secret-record", "2010", "20250101", "mye");
    assertThat(data.log).noneMatch(line -> line.contains("secret-record") || line.contains(NATIONAL_ID));
    assertThat(data.cases()).extracting(CaseRecord::recordId).containsExactly("2");
  }

  @Test
  void namesEveryInvalidColumnOfRow() {
    JsonNode report = put(line("melding", "m", "'barn_id':7,'mottatt_dato':'2025-02-30','konklusjon':'to'"));

    assertThat(report.at("/counts/rejected").asInt()).isEqualTo(1);
    assertThat(report.at("/rejected").toString()).isEqualTo(
        "[{\"line\":1,\"column\":\"barn_id\",\"reason\":\"must be text\",\"more\":["
            + "{\"column\":\"mottatt_dato\",\"reason\":\"must be a date such as 2025-01-31 or 31.01.2025\"},"
            + "{\"column\":\"konklusjon\",\"reason\":\"must be a whole number from 1 to 10\"}]}]");
  }

  @Test
  void keepsPrecisionOfPercentages() {
    put(line("stilling", "s", "'stilling_id':'s','prosent':33.333333333333336,'start':'2025-01-01','besatt':true,"
        + "'oppfyller_15_6':true"));

    assertThat(data.cases()).singleElement().isInstanceOfSatisfying(CaseRecord.Stilling.class,
        stilling -> assertThat(stilling.prosent()).isEqualByComparingTo("33.333333333333336"));
  }

  @Test
  void lastImportedCaseIsNewestAmongEqualTimes() {
    put(line("sak", "9", "'barn_id':'b','fodt':'2010-01-01'"), line("sak", "10", "'barn_id':'b','fodt':'2011-01-01'"));
    assertThat(newestCase().recordId()).isEqualTo("10");

    put(line("sak", "2", "'barn_id':'b','fodt':'2012-01-01'"));
    assertThat(newestCase().recordId()).isEqualTo("2");
    put(line("sak", "9", "2025-07-02T00:00:00Z", "'barn_id':'b','fodt':'2010-01-01'"));
    assertThat(newestCase().recordId()).isEqualTo("9");
  }

  private Sak newestCase() {
    return data.cases().stream().filter(Sak.class::isInstance).map(Sak.class::cast)
        .max(Comparator.comparing(Sak::version)).orElseThrow();
  }

  @Test
  void movesRecordToCorrectedChild() {
    put(line("melding", "m", "'barn_id':'b-1','mottatt_dato':'2025-01-02'"));
    put(line("melding", "m", "2025-07-02T00:00:00Z", "'barn_id':'b-2','mottatt_dato':'2025-01-02'"));

    assertThat(data.cases()).singleElement()
        .isInstanceOfSatisfying(Melding.class, melding -> assertThat(melding.barnId()).isEqualTo("b-2"));
  }

  @Test
  void olderRowDoesNotRestoreWithdrawnRecord() {
    put(line("melding", "m", "'barn_id':'b','deleted':true"));
    put(line("melding", "m", "2025-06-01T00:00:00Z", "'barn_id':'b','mottatt_dato':'2025-01-02'"));
    assertThat(data.cases()).isEmpty();

    put(line("melding", "m", "2025-07-02T00:00:00Z", "'barn_id':'b','mottatt_dato':'2025-01-02'"));
    assertThat(data.cases()).hasSize(1);
  }

  @Test
  void changesMarksOnlyOfAffectedPeriods() {
    put(line("melding", "m-0", "'barn_id':'b','mottatt_dato':'2020-01-02'"),
        line("melding", "m-1", "'barn_id':'b','mottatt_dato':'2025-02-02'"),
        line("tiltak", "t-0", "'barn_id':'b','kategori':'3.1','lov':'BVL2021','kap':3,'par':1,'start':'2020-01-01'"),
        line("tiltak", "t-1", "'barn_id':'b','kategori':'3.1','lov':'BVL2021','kap':3,'par':1,'start':'2020-01-01'"));
    String year2024 = mark("2024");
    String firstQuarter = mark("2025-Q1");
    String secondHalf = mark("2025-H2");

    put(line("melding", "m-1", "2025-07-02T00:00:00Z", "'barn_id':'b','mottatt_dato':'2025-08-02'"));
    assertThat(mark("2024")).isEqualTo(year2024);
    assertThat(mark("2025-Q1")).as("its old month").isNotEqualTo(firstQuarter);
    assertThat(mark("2025-H2")).as("its new month").isNotEqualTo(secondHalf);

    secondHalf = mark("2025-H2");
    firstQuarter = mark("2025-Q1");
    put(line("tiltak", "t-1", "2025-07-02T00:00:00Z",
        "'barn_id':'b','kategori':'3.1','lov':'BVL2021','kap':3,'par':1,'start':'2025-04-01'"));
    assertThat(mark("2025-H2")).as("a period that it may cover").isNotEqualTo(secondHalf);
    assertThat(mark("2025-Q1")).as("a period that it no longer covers").isNotEqualTo(firstQuarter);
    assertThat(mark("2019")).as("before all records").isEqualTo(mark("2018"));
  }

  @Test
  void keepsMarksIfNothingChanged() {
    String record = line("melding", "m", "'barn_id':'b','mottatt_dato':'2025-02-02'");
    put(record);
    String before = mark("2025");

    put(record);
    put(line("melding", "m", "2025-07-09T00:00:00Z", "'barn_id':'b','mottatt_dato':'2025-02-02'"));
    put(line("melding", "m", "2025-06-09T00:00:00Z", "'barn_id':'b','mottatt_dato':'2025-03-03'"));

    assertThat(mark("2025")).isEqualTo(before);
  }

  @Test
  void changesAllMarksWhenFirstRecordOfTypeAppearsOrLastIsWithdrawn() {
    String before = mark("2021");
    put(line("ettervern", "e", "'barn_id':'b','konkludert':'2025-04-01','konklusjon':1"));
    String withOne = mark("2021");
    assertThat(withOne).isNotEqualTo(before);

    put(line("ettervern", "e", "2025-07-02T00:00:00Z", "'barn_id':'b','deleted':true"));
    assertThat(mark("2021")).isNotEqualTo(withOne);
  }

  @Test
  void keysContainNoChildPseudonym() {
    put(line("sak", "1", "'barn_id':'pseudonym-77','fodt':'2010-05-06'"));

    var items = data.dynamoDb.scan(request -> request.tableName(data.table)).items();

    assertThat(items).isNotEmpty().allSatisfy(item -> assertThat(item.get("pk").s() + item.get("sk").s())
        .doesNotContain("pseudonym-77"));
    assertThat(data.cases().toString()).isEqualTo("[Sak]");
  }

  @Test
  void registersNameOfOrganisationAndFallsBackToId() {
    var own = "org-" + data.folder;
    assertThat(data.register.nameOf(own)).isEqualTo(own);
    String key = "imports/" + own + "/organization.json";

    data.put(key, "{\"name\": \"Støtteforeningen Sámi Searvi\"}".getBytes(StandardCharsets.UTF_8));
    data.deliver(key, SourceData.NOON, () -> 900_000);
    assertThat(data.register.nameOf(own)).isEqualTo("Støtteforeningen Sámi Searvi");

    data.put(key, "{\"navn\": 1}".getBytes(StandardCharsets.UTF_8));
    data.deliver(key, SourceData.NOON.plusSeconds(1), () -> 900_000);
    assertThat(data.register.nameOf(own)).isEqualTo("Støtteforeningen Sámi Searvi");
    assertThat(data.report(key).at("/status").asText()).isEqualTo("failed");
  }
}
