package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.util.List;
import no.rapport.sourceimports.Cells.Rejection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaseFormTest {

  private static final String SECRET_CODE = "geheim";

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'kategori':'2.10'            | kategori",
    "'kategori':'02.1'            | kategori",
    "'kategori':'9.9'             | kategori",
    "'kategori':'8'               | kategori",
    "'kategori':'3.1','lov':'bvl' | lov",
    "'kategori':'3.1','lov':'BVL2022' | lov",
    "'kategori':'3.1','ledd':[0]  | ledd",
    "'kategori':'3.1','ledd':['a'] | ledd",
    "'kategori':'3.1','ledd':[100] | ledd",
    "'kategori':'3.1','jmfr':['4'] | jmfr",
    "'kategori':'3.1','jmfr':['4-12','§ 4-4'] | jmfr",
    "'kategori':'3.1','slutt':'2024-01-31' | slutt"
  })
  void rejectsMeasureWithValueOutsideLists(String attributes, String column) {
    Cells cells = parse(aMeasure("2024-02-01", attributes));

    assertThat(cells.rejections()).extracting(Rejection::column).containsExactly(column);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "2024-02-01 | 'kategori':'8.2'                 | ",
    "2025-12-31 | 'kategori':'8.2'                 | ",
    "2026-01-01 | 'kategori':'8.2'                 | kategori",
    "2025-12-31 | 'kategori':'8.4'                 | kategori",
    "2026-01-01 | 'kategori':'8.5'                 | ",
    "2020-12-31 | 'kategori':'2.5','lov':'BVL'     | ",
    "2022-12-31 | 'kategori':'3.1','lov':'BVL1992' | ",
    "2023-01-01 | 'kategori':'3.1','lov':'BVL'     | lov",
    "2022-12-31 | 'kategori':'3.1','lov':'BVL2021' | lov",
    "2023-01-01 | 'kategori':'3.1','lov':'BVL2021' | ",
    "2024-01-01 | 'kategori':'3.1','lov':'BL1981'  | "
  })
  void warnsOfCodeThatWasInvalidWhenMeasureBegan(String start, String attributes, String column) {
    Cells cells = parse(aMeasure(start, attributes));

    assertThat(cells.rejections()).isEmpty();
    assertThat(cells.warnings()).extracting(Rejection::column).isEqualTo(column == null ? List.of() : List.of(column));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "melding      | 'mottatt_dato':'2025-12-30','konkludert_dato':'2025-12-31','konklusjon':1    | ",
    "melding      | 'mottatt_dato':'2025-12-30','konkludert_dato':'2026-01-01','konklusjon':1    | konklusjon",
    "melding      | 'mottatt_dato':'2025-12-30','konkludert_dato':'2025-12-31','konklusjon':10   | konklusjon",
    "undersokelse | 'start':'2025-12-01','slutt':'2026-01-01','utvidet_frist':false,'konklusjon':5 | konklusjon",
    "undersokelse | 'start':'2025-12-01','slutt':'2026-01-01','utvidet_frist':false,'konklusjon':9 | ",
    "plan         | 'plan_type':3,'start':'2023-01-01','evalueringer':[]                         | plan_type",
    "ettervern    | 'konkludert':'2021-12-31','konklusjon':1                                     | konklusjon",
    "flytting     | 'dato':'2021-12-31','arsak':'1.1.1'                                          | arsak"
  })
  void warnsOfCodeThatWasInvalidOnDateOfRecord(String type, String attributes, String column) {
    Cells cells = parse("{'type':'" + type + "'," + attributes + "}");

    assertThat(cells.rejections()).isEmpty();
    assertThat(cells.warnings()).extracting(Rejection::column).isEqualTo(column == null ? List.of() : List.of(column));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "melding      | 'mottatt_dato':'2025-01-02','konkludert_dato':'2025-01-01','konklusjon':2       | konkludert_dato",
    "undersokelse | 'start':'2025-01-02','slutt':'2025-01-01','utvidet_frist':false,'konklusjon':1  | slutt",
    "plan         | 'plan_type':1,'start':'2025-01-02','slutt':'2025-01-01','evalueringer':[]       | slutt",
    "stilling     | 'prosent':100,'start':'2025-01-02','slutt':'2025-01-01','besatt':true,"
        + "'oppfyller_15_6':true | slutt",
    "flytting     | 'dato':'2025-01-01','arsak':'3'                                                 | arsak",
    "ettervern    | 'konkludert':'2025-01-01','konklusjon':4                                        | konklusjon",
    "undersokelse | 'start':'2025-01-02','utvidet_frist':false,'konklusjon':10                      | konklusjon"
  })
  void rejectsEndBeforeStartAndUnknownCode(String type, String attributes, String column) {
    Cells cells = parse("{'type':'" + type + "'," + attributes + "}");

    assertThat(cells.rejections()).extracting(Rejection::column).containsExactly(column);
  }

  @Test
  void doesNotQuoteCodes() {
    Cells cells = parse(aMeasure("2024-01-01", "'kategori':'" + SECRET_CODE + "','lov':'" + SECRET_CODE + "'"));

    assertThat(cells.rejections()).hasSize(2);
    assertThat(cells.rejections().toString()).doesNotContain(SECRET_CODE);
  }

  private static String aMeasure(String start, String attributes) {
    String act = attributes.contains("'lov'") ? "" : "'lov':'BVL2021',";
    return "{'type':'tiltak'," + act + "'kap':'3','par':'1','start':'" + start + "'," + attributes + "}";
  }

  private static Cells parse(String json) {
    try {
      var cells = new JsonCells(1, JsonRows.MAPPER.readTree(json.replace('\'', '"').replaceFirst("\\{",
          "{\"record_id\":\"r\",\"org_id\":\"org-042\",\"source_system\":\"s\",\"updated_at\":\"2026-01-05T00:00:00Z\","
              + "\"barn_id\":\"b\",\"stilling_id\":\"p\",")));
      new CaseForm().parse(cells, "org-042", new ImportSource(Instant.parse("2026-03-01T00:00:00Z").toEpochMilli(), 1));
      return cells;
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
