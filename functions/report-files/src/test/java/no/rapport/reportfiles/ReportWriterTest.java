package no.rapport.reportfiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportWriterTest {

  @Test
  void expectsRowsBeforeEachShareAndBeginsAnotherSheetWhereOneIsFull() {
    assertThat(ReportWriter.rowsBefore(List.of(50_000L, 70_000L, 1L))).containsExactly(0L, 50_000L, 120_000L);
    assertThat(ReportWriter.rowsBefore(List.of(1_000_000L, 48_575L, 1L, 5L)))
        .containsExactly(0L, 1_000_000L, 0L, 1L);
    assertThat(ReportWriter.rowsBefore(List.of())).isEmpty();
  }
}
