package no.rapport.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DownloadLinksTest {

  @Test
  void keepsAPlainNameAsItIs() {
    assertThat(DownloadLinks.disposition("rapport_org-1042_2025.xlsx"))
        .isEqualTo("attachment; filename=\"rapport_org-1042_2025.xlsx\"");
  }

  @Test
  void givesBothFormsOfANameThatIsNotAscii() {
    assertThat(DownloadLinks.disposition("Kárášjohka 2025.csv")).isEqualTo("attachment; filename=\"K_r__johka 2025.csv\";"
        + " filename*=UTF-8''K%C3%A1r%C3%A1%C5%A1johka%202025.csv");
  }

  @Test
  void letsNothingOutOfTheHeaderOrTheFolder() {
    assertThat(DownloadLinks.disposition("a\r\nSet-Cookie: b=\"c\".csv"))
        .isEqualTo("attachment; filename=\"a__Set-Cookie_ b=_c_.csv\"");
    assertThat(DownloadLinks.disposition("../../etc/passwd")).doesNotContain("..", "/");
    assertThat(DownloadLinks.disposition("..")).isEqualTo("attachment; filename=\"_\"");
    assertThat(DownloadLinks.disposition("gpj.\u202Eexe")).doesNotContain("\u202E", "%E2%80%AE");
    assertThat(DownloadLinks.disposition("")).isEqualTo("attachment; filename=\"file\"");
  }

  @Test
  void shortensALongNameBeforeItsExtension() {
    assertThat(DownloadLinks.disposition("x".repeat(300) + ".xlsx"))
        .isEqualTo("attachment; filename=\"" + "x".repeat(145) + ".xlsx\"");
  }

  @Test
  void isGoodForLessThanThirtySeconds() {
    assertThat(DownloadLinks.VALIDITY).isLessThan(java.time.Duration.ofSeconds(30));
  }
}
