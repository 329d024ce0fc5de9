package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourcedata.OrganizationRegister.Numbers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Measures how fast an archive of documents is imported, and whether memory grows with its size. Run it with:
///
/// `mvn test -pl functions/source-imports -am -Drapport.excluded.tests= -Dgroups=soak -Dtest=RegisterSpeedTest
/// -Dsurefire.failIfNoSpecifiedTests=false -Drapport.documents=10000`
@Tag("soak")
class RegisterSpeedTest {

  private static final String ORG = "org-042";

  @Test
  void importsArchiveOfTenThousandDocuments() throws Exception {
    int documents = Integer.getInteger("rapport.documents", 10_000);
    var dynamoDb = EmbeddedDynamoDb.shared().client();
    String table = EmbeddedDynamoDb.shared().newTable("SourceDataTable");
    new OrganizationRegister(dynamoDb, table).enter(
        ORG, "Kongsvinger", Optional.of(new Numbers(RegisterFile.ORGANIZATION, Optional.empty())), Instant.EPOCH);
    var progress = new RegisterProgress(RegisterProgress.Totals.NONE, _ -> { }, _ -> { });
    long[] heap = new long[2];
    long begun = System.nanoTime();

    new RegisterImport(dynamoDb, table, RowWriter.Pause.FULL_JITTER, false).run(archive(documents), true, ORG,
        new ImportSource(Instant.now().toEpochMilli(), 1), progress, () -> {
          if (progress.documents() == documents / 10) {
            heap[0] = used();
          } else if (progress.documents() == documents - 1) {
            heap[1] = used();
          }
          return false;
        });

    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.printf(Locale.ROOT, "%,d documents with %,d elements in %.1f s: %.0f documents a second; heap in use "
        + "after a collection %d MB after a tenth, %d MB at the end%n", documents, progress.totals().elements(), seconds,
        documents / seconds, heap[0] >> 20, heap[1] >> 20);
    assertThat(progress.totals().taken()).isEqualTo(documents);
    assertThat(progress.totals().elementsTaken()).isEqualTo(progress.totals().elements());
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /// The archive is written while it is read, so it is never complete in memory or on disk.
  private static InputStream archive(int documents) throws IOException {
    var in = new PipedInputStream(1 << 16);
    var out = new PipedOutputStream(in);
    Thread.ofPlatform().daemon().start(() -> {
      var random = new Random(1);
      try (var zip = new ZipOutputStream(out)) {
        for (int i = 0; i < documents; i++) {
          String caseId = RegisterFile.id(1_000_000 + i);
          zip.putNextEntry(new ZipEntry(i + ".xml"));
          zip.write(RegisterFile.of(caseId, "2025-06-02T08:00:00Z",
              RegisterCaseRows.random(random, caseId, "2025-06-02T08:00:00Z", ORG)).getBytes(StandardCharsets.UTF_8));
          zip.closeEntry();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    return in;
  }
}
