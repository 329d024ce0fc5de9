package no.rapport.reportfiles.pdf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import no.rapport.reportfiles.Reports;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/// veraPDF checks reports by the machine-testable rules of PDF/UA-1 (ISO 14289-1).
class PdfAccessibilityTest {

  @BeforeAll
  static void provideValidator() {
    VeraGreenfieldFoundryProvider.initialise();
  }

  @ParameterizedTest
  @EnumSource(ReportLocale.class)
  void everyReportCanBeReadWithAssistivePrograms(ReportLocale locale) throws Exception {
    assertAccessible(Reports.write(ReportFormat.PDF, Reports.aDescription(locale), Reports.aYearOfActivities(300), 2,
        Optional.of(Reports.aSnapshot())));
  }

  @Test
  void reportWithHazardousTextsIsAccessible() throws Exception {
    assertAccessible(Reports.write(ReportFormat.PDF, Reports.aDescription(ReportLocale.NB),
        Reports.hazardousActivities(), 2, Optional.of(Reports.aSnapshot())));
  }

  @Test
  void reportWithoutRowsIsAccessible() throws Exception {
    assertAccessible(Reports.write(ReportFormat.PDF, Reports.aDescription(ReportLocale.EN), List.of(), 0,
        Optional.empty()));
  }

  private static void assertAccessible(byte[] file) throws Exception {
    try (PDFAParser parser = Foundries.defaultInstance()
            .createParser(new ByteArrayInputStream(file), PDFAFlavour.PDFUA_1);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(PDFAFlavour.PDFUA_1, false)) {
      ValidationResult result = validator.validate(parser);
      assertThat(result.getTestAssertions().stream()
          .filter(assertion -> assertion.getStatus() == TestAssertion.Status.FAILED)
          .map(assertion -> assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber() + " "
              + assertion.getMessage()).distinct()).isEmpty();
      assertThat(result.isCompliant()).isTrue();
      assertThat(result.getTotalAssertions()).isGreaterThan(1_000);
    }
  }
}
