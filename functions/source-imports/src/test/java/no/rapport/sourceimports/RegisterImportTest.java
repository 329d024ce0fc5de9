package no.rapport.sourceimports;

import static no.rapport.sourceimports.RegisterFile.conclusion;
import static no.rapport.sourceimports.RegisterFile.document;
import static no.rapport.sourceimports.RegisterFile.id;
import static no.rapport.sourceimports.RegisterFile.melding;
import static no.rapport.sourceimports.RegisterFile.tiltak;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Besok;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecords;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourcedata.OrganizationRegister.Numbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class RegisterImportTest {

  private static final String ORG = "org-042";
  private static final String CASE = "7317a453-2d65-465a-9589-519311066579";
  private static final String MONDAY = "2025-06-02T08:00:00Z";
  private static final String TUESDAY = "2025-06-03T08:00:00Z";
  private static final String WEDNESDAY = "2025-06-04T08:00:00Z";

  private final DynamoDbClient dynamoDb = EmbeddedDynamoDb.shared().client();
  private final String table = EmbeddedDynamoDb.shared().newTable("SourceDataTable");
  private final List<String> entries = new ArrayList<>();
  private final OrganizationRegister register = new OrganizationRegister(dynamoDb, table);
  private long files;

  RegisterImportTest() {
    register(RegisterFile.ORGANIZATION, Optional.empty());
  }

  private void register(String number, Optional<String> district) {
    register.enter(ORG, "Kongsvinger", Optional.of(new Numbers(number, district)), Instant.now());
  }

  @Test
  void importsEveryKindOfElementAsRecord() {
    take(document(CASE.toUpperCase(), MONDAY, melding(id(1), "2025-01-01", conclusion("2025-01-08", "2"))
        + tiltak(id(2), "2024-02-01", "2.1", """
            <Tilsyn><Hyppighet Id="%1$s" StartDato="2024-02-01" Kode="4"/><Hyppighet Id="%1$s" StartDato="2024-03-01" Kode="2"/>
              <Utfort Id="%1$s" UtfortDato="2024-05-05"/></Tilsyn>""".formatted(id(11).toUpperCase()))));

    assertThat(records()).hasSize(4);
    assertThat(one(Sak.class)).satisfies(sak -> {
      assertThat(sak.barnId()).isEqualTo(CASE);
      assertThat(sak.fodt()).isEqualTo(LocalDate.of(2010, 1, 2));
      assertThat(sak.sourceSystem()).isEqualTo(RegisterFile.SYSTEM);
      assertThat(sak.updatedAt()).isEqualTo(Instant.parse(MONDAY));
    });
    assertThat(one(Tiltak.class)).satisfies(measure -> {
      assertThat(measure.hyppighetTilsyn()).as("the newest").hasValue(2);
      assertThat(measure.hyppighetOppf()).as("the standard").hasValue(4);
    });
    assertThat(one(Besok.class).recordId()).isEqualTo("tilsyn-" + id(11));
    assertThat(entries).singleElement().asString().contains("hyppighet_oppf", "standard of 4 visits a year");
  }

  @Test
  void withdrawsRecordsMissingFromNewerDocument() {
    take(document(CASE, MONDAY, melding(id(1), "2025-01-01", "") + melding(id(2), "2025-02-01", "")
        + tiltak(id(3), "2024-02-01", "4.1", "<Oppfolging><Utfort Id=\"" + id(4) + "\" UtfortDato=\"2024-03-03\"/></Oppfolging>")));
    assertThat(records()).hasSize(5);

    RegisterProgress.Totals totals = take(document(CASE, TUESDAY, melding(id(2), "2025-02-01", "")));

    assertThat(records()).hasSize(2);
    assertThat(one(Melding.class).recordId()).isEqualTo(id(2));
    assertThat(totals.withdrawnAsMissing()).isEqualTo(3);
  }

  @Test
  void ignoresOlderDocument() {
    take(document(CASE, TUESDAY, melding(id(2), "2025-02-01", "")));
    List<CaseRecord> before = records();

    RegisterProgress.Totals totals = take(document(CASE, MONDAY, melding(id(1), "2025-01-01", "")
        + melding(id(2), "2025-03-01", "")));

    assertThat(records()).isEqualTo(before);
    assertThat(totals.taken()).isZero();
    assertThat(totals.elements()).isEqualTo(3);
    assertThat(totals.elementsTaken() + totals.elementsWithdrawn() + totals.elementsRefused()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ErSlettet=\"true\"", "ErSlettet=\"1\""})
  void withdrawsElementsMarkedDeleted(String mark) {
    take(document(CASE, MONDAY, melding(id(1), "2025-01-01", "") + melding(id(2), "2025-02-01", "")));

    RegisterProgress.Totals totals = take(document(CASE, TUESDAY, melding(id(1), "2025-01-01", "")
        .replace("<Melding ", "<Melding " + mark + " ") + melding(id(2), "2025-02-01", "")));

    assertThat(one(Melding.class).recordId()).isEqualTo(id(2));
    assertThat(totals.elementsWithdrawn()).isEqualTo(1);
    assertThat(totals.withdrawnAsMissing()).isZero();
  }

  @Test
  void withdrawsElementsDeclaredDeletedAndTheirVisits() {
    String measure = tiltak(id(3), "2024-02-01", "4.1",
        "<Oppfolging><Utfort Id=\"" + id(4) + "\" UtfortDato=\"2024-03-03\"/></Oppfolging>");
    take(document(CASE, MONDAY, melding(id(1), "2025-01-01", "") + measure));

    take(document(CASE, TUESDAY, melding(id(1), "2025-01-01", "") + measure
        + "<Slettet Id=\"" + id(3) + "\" Type=\"Tiltak\" SluttDato=\"2025-06-03\"/>"));
    assertThat(records()).hasSize(2).noneMatch(found -> found instanceof Tiltak || found instanceof Besok);
    take(document(CASE, WEDNESDAY, "<Slettet Id=\"" + id(1) + "\" Type=\"Melding\" SluttDato=\"2025-06-03\"/>"));
    assertThat(records()).singleElement().isInstanceOf(Sak.class);
  }

  @Test
  void withdrawsOnlyConclusionMarkedDeleted() {
    String concluded = melding(id(1), "2025-01-01", conclusion("2025-01-05", "2"));
    take(document(CASE, MONDAY, concluded));
    assertThat(one(Melding.class).konkludertDato()).isPresent();

    take(document(CASE, TUESDAY, concluded.replace("<Konklusjon ", "<Konklusjon ErSlettet=\"true\" ")));
    assertThat(one(Melding.class).konkludertDato()).isEmpty();
  }

  @Test
  void withdrawsCaseMarkedDeleted() {
    take(document(CASE, MONDAY, melding(id(1), "2025-01-01", "")));
    take(document(CASE, TUESDAY, "StartDato=\"2012-01-01\" ErSlettet=\"true\"", RegisterFile.ORGANIZATION,
        melding(id(1), "2025-01-01", "")));
    assertThat(records()).isEmpty();
  }

  @Test
  void keepsLastValidVersionOfRejectedElement() {
    take(document(CASE, MONDAY, melding(id(1), "2025-01-01", "") + melding(id(2), "2025-02-01", "")));

    RegisterProgress.Totals totals = take(document(CASE, TUESDAY,
        melding(id(1), "2025-01-01", conclusion("2024-12-31", "2")) + melding(id(2), "2025-02-02", "")));

    assertThat(records()).hasSize(3);
    assertThat(totals.elementsRefused()).isEqualTo(1);
    assertThat(entries).anyMatch(entry -> entry.contains("\"column\":\"konkludert_dato\"")
        && entry.contains("is before the start") && entry.contains("\"line\":7"));
    take(document(CASE, WEDNESDAY, melding(id(2), "2025-02-02", "")));
    assertThat(one(Melding.class).recordId()).isEqualTo(id(2));
  }

  @Test
  void rejectsDocumentsOfAnotherOrganisationAndExplainsRegistration() {
    take(document(CASE, MONDAY, "StartDato=\"2012-01-01\"", "999999999", ""));
    take(document(CASE, MONDAY, "").replace("Organisasjonsnummer", "Bydelsnummer=\"04\" Organisasjonsnummer"));
    assertThat(records()).isEmpty();
    assertThat(entries).hasSize(2).allMatch(entry -> entry.contains("organization.json"))
        .noneMatch(entry -> entry.contains("999999999"));

    register(RegisterFile.ORGANIZATION, Optional.of("04"));
    take(document(CASE, MONDAY, "").replace("Organisasjonsnummer", "Bydelsnummer=\"04\" Organisasjonsnummer"));
    assertThat(records()).hasSize(1);
  }

  @Test
  void rejectsEveryDocumentIfNoNumberIsRegistered() {
    register.enter(ORG, "Kongsvinger", Optional.empty(), Instant.now().plusSeconds(1));
    take(document(CASE, MONDAY, ""));
    assertThat(records()).isEmpty();
    assertThat(entries).singleElement().asString().contains("has not registered its number", "organization_number");
  }

  @Test
  void rejectsDocumentFromTheFuture() {
    take(document(CASE, "2199-01-01T00:00:00Z", ""));
    assertThat(records()).isEmpty();
    assertThat(entries).singleElement().asString().contains("in the future");
  }

  @Test
  void continuesArchiveAfterLastImportedDocument() throws Exception {
    List<String> documents = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      documents.add(document(id(100 + i), MONDAY, melding(id(200 + i), "2025-01-0" + (1 + i), "")));
    }
    byte[] archive = RegisterFile.zip(documents);
    RegisterProgress.Totals totals = RegisterProgress.Totals.NONE;
    var source = new ImportSource(Instant.now().toEpochMilli(), 1);
    boolean done = false;
    for (int runs = 1; !done; runs++) {
      var progress = new RegisterProgress(totals, this::add, this::add);
      int[] asked = {0};
      done = run(archive, true, source, progress, () -> ++asked[0] == 3);
      totals = progress.totals();
      assertThat(totals.documents()).isEqualTo(Math.min(7, runs * 3L));
    }
    assertThat(records()).hasSize(14);
    assertThat(totals.taken()).isEqualTo(7);
    assertThat(totals.elements()).isEqualTo(14).isEqualTo(totals.elementsTaken());
  }

  @Test
  void stopsReadingDamagedOrOverlyCompressedArchive() {
    List<String> documents = List.of(document(id(100), MONDAY, ""), document(id(101), MONDAY, ""),
        document(id(102), MONDAY, "") + " ".repeat(RegisterXml.MAX_BYTES));
    byte[] archive = RegisterFile.zip(documents);
    var progress = new RegisterProgress(RegisterProgress.Totals.NONE, this::add, this::add);

    assertThatThrownBy(() -> run(archive, true, nextFile(), progress, () -> false))
        .hasMessageContaining("Document 3 of the archive is compressed more than 200-fold");
    assertThat(records()).hasSize(2);
    byte[] cut = Arrays.copyOf(RegisterFile.zip(documents.subList(0, 2)), 700);
    assertThatThrownBy(() -> run(cut, true, nextFile(), progress, () -> false))
        .hasMessageContaining("The archive is damaged or encrypted after document");
  }

  @Test
  void rejectsOtherFilesAmongDocuments() throws Exception {
    byte[] archive = RegisterFile.zip(List.of("les meg", document(CASE, MONDAY, ""), "<html/>"));
    var progress = new RegisterProgress(RegisterProgress.Totals.NONE, this::add, this::add);
    run(archive, true, nextFile(), progress, () -> false);

    assertThat(records()).hasSize(1);
    assertThat(progress.totals()).satisfies(totals -> {
      assertThat(totals.documents()).isEqualTo(3);
      assertThat(totals.taken()).isEqualTo(1);
      assertThat(totals.refused()).isEqualTo(2);
    });
    assertThat(entries).allMatch(entry -> entry.startsWith("{\"document\":1") || entry.startsWith("{\"document\":3"));
  }

  @Test
  void storesAndReportsNoIdentityData() {
    take(document(CASE, MONDAY, melding(id(1), "2025-01-01", conclusion("2024-12-01", "2"))
        + melding(id(2), "2025-01-01", "") + tiltak(id(3), "2024-02-01", "2.1", "")));

    String table = dynamoDb.scan(request -> request.tableName(this.table)).items().toString();
    assertThat(table + entries).doesNotContain(RegisterFile.IDENTITY_NUMBER, RegisterFile.DUF_NUMBER,
        RegisterFile.JOURNAL, RegisterFile.FREE_TEXT);
    assertThat(entries.toString()).doesNotContain(CASE, id(1), "2024-12-01");
  }

  @Test
  void completesInterruptedClaim() throws Exception {
    take(document(CASE, MONDAY, melding(id(1), "2025-01-01", "")));
    String document = document(CASE, TUESDAY, melding(id(2), "2025-02-01", ""));
    ImportSource source = nextFile();
    var cases = new RegisterCases(dynamoDb, table, ORG, RowWriter.Pause.FULL_JITTER, false);
    cases.claim(Map.of(CASE, new RegisterCases.Claim(
        source.version(Instant.parse(TUESDAY), 1), Set.of("sak#" + CASE, "melding#" + id(2)))));
    assertThat(one(Melding.class).recordId()).as("nothing was written yet").isEqualTo(id(1));

    var progress = new RegisterProgress(RegisterProgress.Totals.NONE, this::add, this::add);
    run(document.getBytes(StandardCharsets.UTF_8), false, source, progress, () -> false);

    assertThat(one(Melding.class).recordId()).isEqualTo(id(2));
    assertThat(progress.totals().withdrawnAsMissing()).isEqualTo(1);
  }

  @Test
  void newestDocumentRemainsInAnyOrderAndAfterRepetition() throws Exception {
    var random = new Random(7);
    for (int round = 0; round < 6; round++) {
      List<String> documents = new ArrayList<>();
      String caseId = id(1000 + round);
      List<String> expected = List.of();
      for (int version = 0; version < 5; version++) {
        var parts = new StringBuilder();
        var ids = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
          if (random.nextBoolean()) {
            ids.add(id(round * 100 + i));
            parts.append(melding(id(round * 100 + i), "2025-01-0" + (version + 1), ""));
          }
        }
        documents.add(document(caseId, "2025-06-0" + (version + 1) + "T00:00:00Z", parts.toString()));
        expected = ids;
      }
      documents.addAll(documents.subList(0, 2));
      Collections.shuffle(documents, random);
      var work = new ArrayList<Callable<Void>>();
      for (List<String> part : List.of(documents.subList(0, 3), documents.subList(3, documents.size()))) {
        ImportSource source = nextFile();
        work.add(() -> {
          run(RegisterFile.zip(part), true, source,
              new RegisterProgress(RegisterProgress.Totals.NONE, _ -> { }, _ -> { }), () -> false);
          return null;
        });
      }
      try (var executor = Executors.newFixedThreadPool(2)) {
        for (var done : executor.invokeAll(work)) {
          done.get();
        }
      }
      assertThat(records().stream().filter(Melding.class::isInstance).map(Melding.class::cast)
          .filter(found -> found.barnId().equals(caseId)))
          .as("round %d", round)
          .allMatch(found -> found.mottattDato().equals(LocalDate.of(2025, 1, 5)))
          .extracting(Melding::recordId).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void importsSameRecordsAsJsonLines() throws Exception {
    var random = new Random(11);
    var rows = new ArrayList<Map<String, String>>();
    var documents = new ArrayList<String>();
    for (int child = 0; child < 40; child++) {
      List<Map<String, String>> ofCase = RegisterCaseRows.random(random, id(5000 + child), MONDAY, ORG);
      rows.addAll(ofCase);
      documents.add(RegisterFile.of(id(5000 + child), MONDAY, ofCase));
    }
    Collections.shuffle(documents, random);
    var progress = new RegisterProgress(RegisterProgress.Totals.NONE, this::add, this::add);
    run(RegisterFile.zip(documents), true, nextFile(), progress, () -> false);
    Map<String, CaseRecord> fromXml = byIdentity(records());

    var jsonLines = new SourceData();
    var report = jsonLines.importText(jsonLines.casesKey("cases.jsonl"), RegisterFile.jsonLines(rows));

    assertThat(report.at("/rejected").toString()).isEqualTo("[]");
    assertThat(progress.totals().elementsRefused()).isZero();
    assertThat(fromXml).hasSize(rows.size()).isEqualTo(byIdentity(jsonLines.cases()));
  }

  private static Map<String, CaseRecord> byIdentity(List<CaseRecord> records) {
    var byIdentity = new HashMap<String, CaseRecord>();
    // The time of an import is not part of a case's content.
    records.forEach(found -> byIdentity.put(found + found.recordId(), found instanceof Sak sak
        ? new Sak(sak.recordId(), sak.sourceSystem(), sak.updatedAt(), sak.barnId(), sak.fodt(), null) : found));
    return byIdentity;
  }

  private RegisterProgress.Totals take(String document) {
    var progress = new RegisterProgress(RegisterProgress.Totals.NONE, this::add, this::add);
    try {
      run(document.getBytes(StandardCharsets.UTF_8), false, nextFile(), progress, () -> false);
    } catch (IOException | UnreadableDocument e) {
      throw new AssertionError(e);
    }
    RegisterProgress.Totals totals = progress.totals();
    assertThat(totals.elements()).isGreaterThanOrEqualTo(
        totals.elementsTaken() + totals.elementsWithdrawn() + totals.elementsRefused());
    return totals;
  }

  private ImportSource nextFile() {
    return new ImportSource(Instant.now().toEpochMilli(), ++files);
  }

  private boolean run(byte[] file, boolean isArchive, ImportSource source, RegisterProgress progress, BooleanSupplier stop)
      throws IOException, UnreadableDocument {
    return new RegisterImport(dynamoDb, table, RowWriter.Pause.FULL_JITTER, false)
        .run(new ByteArrayInputStream(file), isArchive, ORG, source, progress, stop);
  }

  private void add(ObjectNode entry) {
    entries.add(entry.toString());
  }

  private <T extends CaseRecord> T one(Class<T> type) {
    List<T> found = records().stream().filter(type::isInstance).map(type::cast).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private List<CaseRecord> records() {
    var read = new ArrayList<CaseRecord>();
    var source = new CaseRecords(dynamoDb, table);
    for (int part = 0; part < CaseRecords.PARTS; part++) {
      source.readPart(ORG, part, read::add);
    }
    return read;
  }
}
