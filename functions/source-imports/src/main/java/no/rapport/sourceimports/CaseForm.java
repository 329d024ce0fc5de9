package no.rapport.sourceimports;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
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
import no.rapport.sourcedata.CaseRecordItem;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The rows below `imports/{org_id}/cases/`: every type in one form, as JSON Lines or a CSV file of each type have it.
///
/// A row with `deleted` withdraws the record and needs only `type`, `record_id`, `org_id`, `updated_at` and, where the
/// type has one, `barn_id`.
final class CaseForm implements RowForm {

  private static final Set<String> WITHDRAWAL = Set.of("type", "record_id", "org_id", "updated_at");
  private static final Set<String> REQUIRED = Set.of("type", "record_id", "org_id", "updated_at", "source_system");
  private static final Set<String> COLUMNS = Set.of(
      "type", "record_id", "org_id", "source_system", "updated_at", "deleted", "barn_id", "fodt", "mottatt_dato",
      "konkludert_dato", "konklusjon", "start", "slutt", "utvidet_frist", "kategori", "lov", "kap", "par",
      "hyppighet_oppf", "hyppighet_tilsyn", "plan_type", "evalueringer", "besok_type", "dato", "arsak", "konkludert",
      "stilling_id", "prosent", "besatt", "oppfyller_15_6");
  private static final Set<String> FOSTER_HOME = Set.of("2.1", "2.2", "2.3", "2.4", "2.99");
  private static final Pattern CATEGORY = Pattern.compile("[0-9]{1,2}\\.[0-9]{1,2}");
  private static final String POSITION = "stilling";
  private static final Set<String> TYPES = Set.of(
      "sak", "melding", "undersokelse", "tiltak", "plan", "besok", "flytting", "ettervern", POSITION);
  private static final int ITEM_BYTES = 600;

  @Override
  public RowKind kind() {
    return RowKind.CASES;
  }

  @Override
  public Set<String> columns() {
    return COLUMNS;
  }

  @Override
  public Set<String> requiredColumns(boolean mayWithdraw) {
    return mayWithdraw ? WITHDRAWAL : REQUIRED;
  }

  @Override
  public SourceRow parse(Cells cells, String orgId, ImportSource source) {
    String type = cells.word("type");
    if (!TYPES.contains(type)) {
      cells.reject(
          "type", "must be one of sak, melding, undersokelse, tiltak, plan, besok, flytting, ettervern, stilling");
    }
    String id = cells.id("record_id");
    if (!cells.id("org_id").equals(orgId)) {
      cells.reject("org_id", "is not the organisation of the folder");
    }
    Instant updatedAt = cells.instant("updated_at");
    Version version = source.version(updatedAt, cells.line());
    boolean deleted = cells.optionalBool("deleted").orElse(false);
    String owner = type.equals(POSITION) ? deleted ? "" : cells.id("stilling_id") : cells.pseudonym("barn_id");
    if (deleted) {
      return new SourceRow(type + "#" + id, version, Optional.empty(), ITEM_BYTES);
    }
    String system = cells.word("source_system");
    Optional<CaseRecord> parsed = TYPES.contains(type)
        ? Optional.of(attributes(cells, type, id, system, updatedAt, owner, version))
        : Optional.empty();
    if (cells.isRejected()) {
      // The identity of what is rejected is not used.
      return new SourceRow(type + "#" + id, version, Optional.empty(), ITEM_BYTES);
    }
    CaseRecord caseRecord = parsed.orElseThrow();
    String packed = CaseRecordItem.pack(caseRecord);
    var content = new SourceRow.Content(
        CaseRecordItem.place(caseRecord),
        Map.of(SourceDataTable.ROW, AttributeValue.fromS(packed)),
        CaseRecordItem.fingerprint(caseRecord),
        CaseRecordItem.touches(caseRecord),
        CaseRecordItem.presence(caseRecord));
    return new SourceRow(
        CaseRecordItem.identity(caseRecord), version, Optional.of(content), ITEM_BYTES + 3 * packed.length());
  }

  private static CaseRecord attributes(
      Cells cells, String type, String id, String system, Instant updatedAt, String owner, Version version) {
    return switch (type) {
      case "sak" -> new Sak(id, system, updatedAt, owner, cells.date("fodt"), version);
      case "melding" -> {
        Optional<LocalDate> concluded = cells.optionalDate("konkludert_dato");
        yield new Melding(
            id, system, updatedAt, owner, cells.date("mottatt_dato"), concluded, conclusion(cells, concluded, 10));
      }
      case "undersokelse" -> {
        Optional<LocalDate> end = cells.optionalDate("slutt");
        yield new Undersokelse(
            id, system, updatedAt, owner, cells.date("start"), end, cells.bool("utvidet_frist"),
            conclusion(cells, end, 9));
      }
      case "tiltak" -> {
        String category = cells.code("kategori");
        if (!CATEGORY.matcher(category).matches()) {
          cells.reject("kategori", "must be a category such as 2.1");
        }
        yield new Tiltak(
            id, system, updatedAt, owner, category, cells.code("lov"), cells.code("kap"), cells.code("par"),
            cells.date("start"), cells.optionalDate("slutt"),
            visits(cells, category, "hyppighet_oppf"), visits(cells, category, "hyppighet_tilsyn"));
      }
      case "plan" -> new Plan(
          id, system, updatedAt, owner, cells.integer("plan_type", 1, 99), cells.date("start"),
          cells.optionalDate("slutt"), cells.dates("evalueringer"));
      case "besok" -> new Besok(id, system, updatedAt, owner, visitType(cells), cells.date("dato"));
      case "flytting" -> new Flytting(id, system, updatedAt, owner, cells.date("dato"), cells.code("arsak"));
      case "ettervern" -> new Ettervern(
          id, system, updatedAt, owner, cells.date("konkludert"), cells.integer("konklusjon", 1, 99));
      default -> new Stilling(
          id, system, updatedAt, owner, cells.number("prosent", 200), cells.date("start"), cells.optionalDate("slutt"),
          cells.bool("besatt"), cells.bool("oppfyller_15_6"));
    };
  }

  private static OptionalInt conclusion(Cells cells, Optional<LocalDate> end, int most) {
    OptionalInt conclusion = cells.optionalInteger("konklusjon", 1, most);
    if (end.isPresent() && conclusion.isEmpty()) {
      cells.reject("konklusjon", "is missing where there is a date of conclusion");
    }
    return conclusion;
  }

  private static OptionalInt visits(Cells cells, String category, String column) {
    OptionalInt visits = cells.optionalInteger(column, 0, 1000);
    if (visits.isEmpty() && FOSTER_HOME.contains(category)) {
      cells.reject(column, "is missing for a foster home");
    }
    return visits;
  }

  private static Besokstype visitType(Cells cells) {
    String word = cells.word("besok_type");
    for (Besokstype type : List.of(Besokstype.values())) {
      if (type.word().equals(word)) {
        return type;
      }
    }
    cells.reject("besok_type", "must be oppfolging or tilsyn");
    return Besokstype.OPPFOLGING;
  }
}
