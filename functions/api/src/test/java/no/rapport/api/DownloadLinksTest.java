package no.rapport.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class DownloadLinksTest {

  @Test
  void keepsPlainName() {
    assertThat(DownloadLinks.disposition("rapport_org-1042_2025.xlsx"))
        .isEqualTo("attachment; filename=\"rapport_org-1042_2025.xlsx\"");
  }

  @Test
  void writesAsciiAndUtf8FormOfNonAsciiName() {
    assertThat(DownloadLinks.disposition("Kárášjohka 2025.csv")).isEqualTo("attachment; filename=\"K_r__johka 2025.csv\";"
        + " filename*=UTF-8''K%C3%A1r%C3%A1%C5%A1johka%202025.csv");
  }

  @Test
  void removesHeaderBreaksAndPathSegments() {
    assertThat(DownloadLinks.disposition("a\r\nSet-Cookie: b=\"c\".csv"))
        .isEqualTo("attachment; filename=\"a__Set-Cookie_ b=_c_.csv\"");
    assertThat(DownloadLinks.disposition("../../etc/passwd")).doesNotContain("..", "/");
    assertThat(DownloadLinks.disposition("..")).isEqualTo("attachment; filename=\"_\"");
    assertThat(DownloadLinks.disposition("gpj.\u202Eexe")).doesNotContain("\u202E", "%E2%80%AE");
    assertThat(DownloadLinks.disposition("")).isEqualTo("attachment; filename=\"file\"");
  }

  @Test
  void shortensLongNameBeforeExtension() {
    assertThat(DownloadLinks.disposition("x".repeat(300) + ".xlsx"))
        .isEqualTo("attachment; filename=\"" + "x".repeat(145) + ".xlsx\"");
  }

  @Test
  void keepsNameOfMaximalLength() {
    String name = "x".repeat(145) + ".xlsx";
    assertThat(DownloadLinks.disposition(name)).isEqualTo("attachment; filename=\"" + name + "\"");
    assertThat(DownloadLinks.disposition("x" + name)).isEqualTo("attachment; filename=\"" + name + "\"");
  }

  @Test
  void keepsEndOfLongNameOnlyIfItIsAnExtension() {
    assertThat(DownloadLinks.disposition("x".repeat(300) + ".numbers12"))
        .isEqualTo("attachment; filename=\"" + "x".repeat(140) + ".numbers12\"");
    assertThat(DownloadLinks.disposition("x".repeat(300) + ".numbers123"))
        .isEqualTo("attachment; filename=\"" + "x".repeat(150) + "\"");
  }

  @Test
  void shortensAtCodePointBoundary() {
    assertThat(DownloadLinks.disposition("😀".repeat(151)))
        .endsWith("filename*=UTF-8''" + "%F0%9F%98%80".repeat(150));
  }

  /// The first and last character of each masked range, and their neighbours.
  @Test
  void masksExactlyTheMisleadingCharacters() {
    assertThat(DownloadLinks.disposition("a\u0000\u001F\u007F\u0080\u009F\u2028\u2029\uE000b.csv"))
        .isEqualTo("attachment; filename=\"a________b.csv\"");
    assertThat(DownloadLinks.disposition("a\\/:*?\"<>|b.csv")).isEqualTo("attachment; filename=\"a_________b.csv\"");
    assertThat(DownloadLinks.disposition("a !#$&'()+,-;=@[]^_`{}~.csv"))
        .isEqualTo("attachment; filename=\"a !#$&'()+,-;=@[]^_`{}~.csv\"");
    assertThat(DownloadLinks.disposition(" .a. .csv. ")).isEqualTo("attachment; filename=\"_a. .csv_\"");
    assertThat(DownloadLinks.disposition("\u00A0.csv")).endsWith("filename*=UTF-8''%C2%A0.csv");
  }

  @Test
  void signsLinkThatExpiresWithinThirtySecondsAndReturnsExpiry() {
    try (var presigner = S3Presigner.builder().region(Region.EU_NORTH_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"))).build()) {
      var link = new DownloadLinks(presigner, "rapport", new InMemoryRecords(), Clock.systemUTC())
          .to("org-a", "bufdir-exports/exp-1", "exports/org-a/1.csv", "Kárášjohka.csv", "text/csv");
      Map<String, String> query = Arrays.stream(link.url().getRawQuery().split("&")).map(member -> member.split("=", 2))
          .collect(Collectors.toMap(member -> member[0], member -> URLDecoder.decode(member[1], StandardCharsets.UTF_8)));
      assertThat(link.url().toString()).startsWith("https://rapport.s3.eu-north-1.amazonaws.com/exports/org-a/1.csv?");
      assertThat(query).containsKey("X-Amz-Signature").containsEntry("response-content-type", "text/csv")
          .containsEntry("response-content-disposition", DownloadLinks.disposition("Kárášjohka.csv"));
      int seconds = Integer.parseInt(query.get("X-Amz-Expires"));
      assertThat(seconds).isPositive().isLessThan(30);
      assertThat(link.expires()).isEqualTo(DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX")
          .parse(query.get("X-Amz-Date"), Instant::from).plusSeconds(seconds));
    }
  }
}
