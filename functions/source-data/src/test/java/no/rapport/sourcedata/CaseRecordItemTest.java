package no.rapport.sourcedata;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaseRecordItemTest {

  private static final Instant UPDATED = Instant.parse("2025-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({"'',''", "2,''", "'',4-12", "'1,3','4-12,4-4'"})
  void readsBackTheLegalBasisOfAMeasure(String ledd, String jmfr) {
    Tiltak measure = aMeasure("BVL",
        ledd.isEmpty() ? List.of() : List.of(ledd.split(",")).stream().map(Integer::valueOf).toList(),
        jmfr.isEmpty() ? List.of() : List.of(jmfr.split(",")));

    assertThat(CaseRecordItem.unpack("hash#tiltak#t#1", CaseRecordItem.pack(measure))).isEqualTo(measure);
  }

  @Test
  void readsAMeasureThatAnEarlierReleaseStored() {
    var stored = "1735689600000000000 6 4 3 3 1 1 19723 -1000000 4 2:systembarn2.1BVL48";

    assertThat(CaseRecordItem.unpack("hash#tiltak#t#1", stored)).isEqualTo(aMeasure("BVL", List.of(), List.of()));
    assertThat(CaseRecordItem.pack(aMeasure("BVL", List.of(), List.of()))).isEqualTo(stored);
  }

  @Test
  void readsBothStoredNamesOfTheActOf1992() {
    var stored = "1735689600000000000 6 4 3 7 1 1 19723 -1000000 4 2:systembarn2.1BVL199248";

    assertThat(CaseRecordItem.unpack("hash#tiltak#t#1", stored)).isEqualTo(aMeasure("BVL", List.of(), List.of()));
  }

  @Test
  void givesMeasuresOfDifferentLegalBasisDifferentFingerprints() {
    assertThat(List.of(
        CaseRecordItem.fingerprint(aMeasure("BVL", List.of(), List.of())),
        CaseRecordItem.fingerprint(aMeasure("BVL", List.of(2), List.of())),
        CaseRecordItem.fingerprint(aMeasure("BVL", List.of(), List.of("4-12"))),
        CaseRecordItem.fingerprint(aMeasure("BVL", List.of(3), List.of("4-12"))))).doesNotHaveDuplicates();
  }

  private static Tiltak aMeasure(String lov, List<Integer> ledd, List<String> jmfr) {
    return new Tiltak("t#1", "system", UPDATED, "barn", "2.1", lov, "4", "8", ledd, jmfr, LocalDate.of(2024, 1, 1),
        Optional.empty(), OptionalInt.of(4), OptionalInt.of(2));
  }
}
