package no.rapport.sourceimports;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Creates random cases as rows of text that both a register document and JSON Lines can express.
final class RegisterCaseRows {

  private static final List<String> CATEGORIES = List.of(
      "1.1", "1.99", "2.1", "2.2", "2.4", "2.5", "2.99", "3.10", "4.1", "6.3", "8.1", "8.2", "8.4", "8.5");
  private static final List<String> BASES = List.of("BVL2021 5 1", "BVL2021 4 2", "BVL2021 3 1", "BVL 4 12", "BVL 4 8",
      "BVL 4 6", "BVL 4 25", "BL1981 4 12");

  private final Random random;
  private final String caseId;
  private final String extractedAt;
  private final String orgId;
  private final List<Map<String, String>> rows = new ArrayList<>();

  private RegisterCaseRows(Random random, String caseId, String extractedAt, String orgId) {
    this.random = random;
    this.caseId = caseId;
    this.extractedAt = extractedAt;
    this.orgId = orgId;
  }

  static List<Map<String, String>> random(Random random, String caseId, String extractedAt, String orgId) {
    var rows = new RegisterCaseRows(random, caseId, extractedAt, orgId);
    rows.fill();
    return rows.rows;
  }

  private void fill() {
    row("sak", caseId).put("fodt", LocalDate.of(2003, 1, 1).plusDays(random.nextInt(6000)).toString());
    for (int i = random.nextInt(3); i >= 0; i--) {
      LocalDate start = day();
      ended(row("melding", id()), "mottatt_dato", "konkludert_dato", start, 12, 10);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      Map<String, String> row = row("undersokelse", id());
      ended(row, "start", "slutt", day(), 250, 9);
      row.put("utvidet_frist", String.valueOf(random.nextInt(3) == 0));
    }
    boolean hasMeasure = false;
    for (int i = random.nextInt(4); i > 0; i--) {
      hasMeasure = true;
      Map<String, String> row = row("tiltak", id());
      String[] basis = BASES.get(random.nextInt(BASES.size())).split(" ");
      row.put("kategori", CATEGORIES.get(random.nextInt(CATEGORIES.size())));
      row.put("lov", basis[0]);
      row.put("kap", basis[1]);
      row.put("par", basis[2]);
      row.put("ledd", random.nextBoolean() ? "" : random.nextBoolean() ? "2" : "1|3");
      row.put("jmfr", random.nextBoolean() ? "" : random.nextBoolean() ? "4-12" : "4-4|4-11");
      row.put("hyppighet_oppf", random.nextBoolean() ? "4" : "2");
      row.put("hyppighet_tilsyn", random.nextBoolean() ? "4" : "2");
      ended(row, "start", "slutt", day(), 700, 0);
    }
    for (int i = hasMeasure ? random.nextInt(6) : 0; i > 0; i--) {
      String kind = random.nextBoolean() ? "oppfolging" : "tilsyn";
      Map<String, String> row = row("besok", kind + "-" + id());
      row.put("besok_type", kind);
      row.put("dato", day().toString());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      Map<String, String> row = row("plan", id());
      row.put("plan_type", String.valueOf(random.nextBoolean() ? 1 : 4));
      row.put("evalueringer", random.nextBoolean() ? "" : day() + "|" + day());
      ended(row, "start", "slutt", day(), 500, 0);
    }
    if (random.nextInt(3) == 0) {
      Map<String, String> row = row("flytting", id());
      row.put("dato", day().toString());
      row.put("arsak", "1.1." + (1 + random.nextInt(5)));
    }
    if (random.nextInt(3) == 0) {
      Map<String, String> row = row("ettervern", id());
      row.put("konkludert", day().toString());
      row.put("konklusjon", String.valueOf(1 + random.nextInt(3)));
    }
  }

  private void ended(Map<String, String> row, String start, String end, LocalDate first, int maxDays, int conclusions) {
    row.put(start, first.toString());
    if (random.nextInt(3) > 0) {
      row.put(end, first.plusDays(random.nextInt(maxDays)).toString());
      if (conclusions > 0) {
        row.put("konklusjon", String.valueOf(1 + random.nextInt(conclusions)));
      }
    }
  }

  private LocalDate day() {
    return LocalDate.of(2022, 10, 1).plusDays(random.nextInt(900));
  }

  private String id() {
    return RegisterFile.id(random.nextLong(1L << 40));
  }

  private Map<String, String> row(String type, String id) {
    var row = new HashMap<String, String>();
    row.put("type", type);
    row.put("record_id", id);
    row.put("org_id", orgId);
    row.put("barn_id", caseId);
    row.put("source_system", RegisterFile.SYSTEM);
    row.put("updated_at", extractedAt);
    rows.add(row);
    return row;
  }
}
