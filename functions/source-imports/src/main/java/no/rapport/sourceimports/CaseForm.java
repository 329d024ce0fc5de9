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
import no.rapport.sourcedata.CodeList;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourcedata.Version;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The rows of files below `imports/{org_id}/cases/`. All record types share this form, both in JSON Lines and in the
/// CSV files with one type each.
///
/// A row with `deleted` withdraws the record and needs only `type`, `record_id`, `org_id`, `updated_at` and, for types
/// that have one, `barn_id`.
final class CaseForm implements RowForm {

  private static final Set<String> WITHDRAWAL = Set.of("type", "record_id", "org_id", "updated_at");
  private static final Set<String> REQUIRED = Set.of("type", "record_id", "org_id", "updated_at", "source_system");
  private static final Set<String> COLUMNS = Set.of(
      "type", "record_id", "org_id", "source_system", "updated_at", "deleted", "barn_id", "fodt", "mottatt_dato",
      "konkludert_dato", "konklusjon", "start", "slutt", "utvidet_frist", "kategori", "lov", "kap", "par", "ledd", "jmfr",
      "hyppighet_oppf", "hyppighet_tilsyn", "plan_type", "evalueringer", "besok_type", "dato", "arsak", "konkludert",
      "stilling_id", "prosent", "besatt", "oppfyller_15_6");
  private static final Set<String> FOSTER_HOME = Set.of("2.1", "2.2", "2.3", "2.4", "2.99");
  private static final Pattern SECTION = Pattern.compile("[0-9]{1,3}[a-z]{0,2}-[0-9]{1,4}[a-z]{0,2}");
  private static final String ACT_OF_1992 = "BVL";
  /// The second name of the act of 1992 in the register's documents.
  private static final String ACT_OF_1992_SPELLED_OUT = "BVL1992";
  private static final int MAX_LEDD = 99;
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
    cells.requireOrganization(orgId);
    Instant updatedAt = source.updatedAt(cells);
    cells.requireDates(source.earliest(), source.latest());
    Version version = source.version(updatedAt, cells.position());
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
      // The identity of a rejected row is not used.
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
        LocalDate received = cells.date("mottatt_dato");
        Optional<LocalDate> concluded = end(cells, "konkludert_dato", received);
        yield new Melding(id, system, updatedAt, owner, received, concluded,
            conclusion(cells, concluded, CodeList.MELDING_KONKLUSJON));
      }
      case "undersokelse" -> {
        LocalDate start = cells.date("start");
        Optional<LocalDate> end = end(cells, "slutt", start);
        yield new Undersokelse(id, system, updatedAt, owner, start, end, cells.bool("utvidet_frist"),
            conclusion(cells, end, CodeList.UNDERSOKELSE_KONKLUSJON));
      }
      case "tiltak" -> {
        LocalDate start = cells.date("start");
        String category = listed(cells, "kategori", cells.code("kategori"), CodeList.KATEGORI, start);
        String act = cells.code("lov");
        yield new Tiltak(
            id, system, updatedAt, owner, category,
            listed(cells, "lov", act.equals(ACT_OF_1992_SPELLED_OUT) ? ACT_OF_1992 : act, CodeList.LOV, start),
            cells.code("kap"), cells.code("par"), subsections(cells), furtherSections(cells),
            start, end(cells, "slutt", start),
            visits(cells, category, "hyppighet_oppf"), visits(cells, category, "hyppighet_tilsyn"));
      }
      case "plan" -> {
        LocalDate start = cells.date("start");
        int planType = cells.integer("plan_type", 1, CodeList.PLANTYPE.codes().size());
        warnIfOutOfDate(cells, "plan_type", String.valueOf(planType), CodeList.PLANTYPE, start);
        yield new Plan(id, system, updatedAt, owner, planType, start, end(cells, "slutt", start),
            cells.dates("evalueringer"));
      }
      case "besok" -> new Besok(id, system, updatedAt, owner, visitType(cells), cells.date("dato"));
      case "flytting" -> {
        LocalDate date = cells.date("dato");
        yield new Flytting(id, system, updatedAt, owner, date,
            listed(cells, "arsak", cells.code("arsak"), CodeList.FLYTTING_ARSAK, date));
      }
      case "ettervern" -> {
        LocalDate date = cells.date("konkludert");
        int conclusion = cells.integer("konklusjon", 1, CodeList.ETTERVERN_KONKLUSJON.codes().size());
        warnIfOutOfDate(cells, "konklusjon", String.valueOf(conclusion), CodeList.ETTERVERN_KONKLUSJON, date);
        yield new Ettervern(id, system, updatedAt, owner, date, conclusion);
      }
      default -> {
        LocalDate start = cells.date("start");
        yield new Stilling(id, system, updatedAt, owner, cells.number("prosent", 200), start,
            end(cells, "slutt", start), cells.bool("besatt"), cells.bool("oppfyller_15_6"));
      }
    };
  }

  /// Returns the end date. Rejects an end before the start (the register's rules 2a), because figures would count it.
  private static Optional<LocalDate> end(Cells cells, String column, LocalDate start) {
    Optional<LocalDate> end = cells.optionalDate(column);
    if (!cells.isRejected() && end.filter(date -> date.isBefore(start)).isPresent()) {
      cells.reject(column, "is before the start");
    }
    return end;
  }

  private static OptionalInt conclusion(Cells cells, Optional<LocalDate> end, CodeList list) {
    OptionalInt conclusion = cells.optionalInteger("konklusjon", 1, list.codes().size());
    if (end.isPresent() && conclusion.isEmpty()) {
      cells.reject("konklusjon", "is missing where there is a date of conclusion");
    }
    if (end.isPresent() && conclusion.isPresent()) {
      warnIfOutOfDate(cells, "konklusjon", String.valueOf(conclusion.getAsInt()), list, end.get());
    }
    return conclusion;
  }

  private static String listed(Cells cells, String column, String code, CodeList list, LocalDate date) {
    if (!list.contains(code)) {
      cells.reject(column, list == CodeList.KATEGORI
          ? "must be a category of the national register's list, such as 2.1"
          : "must be one of " + String.join(", ", list.codes()));
    }
    warnIfOutOfDate(cells, column, code, list, date);
    return code;
  }

  private static void warnIfOutOfDate(Cells cells, String column, String code, CodeList list, LocalDate date) {
    if (!cells.isRejected() && !list.isValid(code, date)) {
      cells.warn(column, "is a code that was not valid on the date of the record");
    }
  }

  private static List<Integer> subsections(Cells cells) {
    return cells.entries("ledd").stream().map(entry -> {
      int ledd = entry.matches("[0-9]{1,2}") ? Integer.parseInt(entry) : 0;
      if (ledd < 1) {
        cells.reject("ledd", "must be a list of whole numbers from 1 to " + MAX_LEDD);
      }
      return ledd;
    }).toList();
  }

  private static List<String> furtherSections(Cells cells) {
    List<String> sections = cells.entries("jmfr");
    if (!sections.stream().allMatch(section -> SECTION.matcher(section).matches())) {
      cells.reject("jmfr", "must be a list of chapters and sections such as 4-12");
    }
    return sections;
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
