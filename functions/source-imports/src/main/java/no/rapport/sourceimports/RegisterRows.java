package no.rapport.sourceimports;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Converts a document of the national register to rows with the columns of the other import files, so that the same
/// checks apply to both.
final class RegisterRows {

  private static final Set<String> FOSTER_HOME = Set.of("2.1", "2.2", "2.3", "2.4", "2.99");
  /// The names of elements and of record types differ only in their case.
  private static final Set<String> TYPES = Set.of(
      "melding", "undersokelse", "tiltak", "plan", "flytting", "ettervern");
  private static final Set<String> FREQUENCIES = Set.of("2", "4");
  /// The number of visits a year if no other number was decided.
  private static final String STANDARD_FREQUENCY = "4";

  private final RegisterDocument document;
  private final String orgId;
  private final long position;
  private final List<Row> rows = new ArrayList<>();

  /// @param type the record's type
  /// @param id the record's id; empty if the element has no usable id, which its cells reject
  /// @param cells the content of the element; empty if it is deleted
  record Row(String type, Optional<String> id, Optional<Cells> cells) {

    Optional<String> identity() {
      return id.map(known -> type + "#" + known);
    }
  }

  private RegisterRows(RegisterDocument document, String orgId, long position) {
    this.document = document;
    this.orgId = orgId;
    this.position = position;
  }

  /// @param position the position of the document in its file
  static List<Row> of(RegisterDocument document, String orgId, long position) {
    var rows = new RegisterRows(document, orgId, position);
    rows.read();
    return rows.rows;
  }

  private void read() {
    var sak = new HashMap<String, String>();
    document.birthDate().ifPresent(date -> sak.put("fodt", date));
    add("sak", Optional.of(document.caseId()), document.sak(), document.isDeleted(), sak, List.of());
    for (RegisterElement part : document.sak().children()) {
      switch (part.name()) {
        case "Melding" -> add("melding", part, concluded(part, "mottatt_dato", "konkludert_dato"));
        case "Undersokelse" -> {
          Map<String, String> row = concluded(part, "start", "slutt");
          row.put("utvidet_frist", String.valueOf(part.stream("UtvidetFrist")
              .anyMatch(extended -> extended.attribute("Innvilget").filter("1"::equals).isPresent())));
          add("undersokelse", part, row);
        }
        case "Tiltak" -> tiltak(part);
        case "Plan" -> {
          var row = new HashMap<String, String>();
          put(row, "start", part, "StartDato");
          part.attribute("Plantype").ifPresent(type -> row.put("plan_type", type));
          RegisterDocument.conclusion(part).ifPresent(end -> put(row, "slutt", end, "SluttDato"));
          row.put("evalueringer", part.stream("Evaluering").map(done -> done.attribute("UtfortDato").orElse("-"))
              .map(RegisterDocument::isoDate).collect(Collectors.joining("|")));
          add("plan", part, row);
        }
        case "Flytting" -> {
          var row = new HashMap<String, String>();
          put(row, "dato", part, "SluttDato");
          part.first("ArsakFra").flatMap(reason -> reason.attribute("Kode")).ifPresent(code -> row.put("arsak", code));
          add("flytting", part, row);
        }
        case "Ettervern" -> RegisterDocument.conclusion(part).ifPresent(end -> {
          var row = new HashMap<String, String>();
          put(row, "konkludert", end, "SluttDato");
          end.attribute("Kode").ifPresent(code -> row.put("konklusjon", code));
          RegisterCells cells = add("ettervern", part, row);
          Optional<LocalDate> offered = RegisterDocument.date(part, "TilbudSendtDato");
          Optional<LocalDate> ended = RegisterDocument.date(end, "SluttDato");
          if (offered.isPresent() && ended.filter(offered.get()::isAfter).isPresent()) {
            cells.reject("konkludert", "is before the offer");
          }
        });
        default -> { }
      }
    }
    deletedAndAbsent();
  }

  /// Adds the elements that are declared deleted and are absent from the document.
  private void deletedAndAbsent() {
    Set<String> present = document.sak().children().stream()
        .flatMap(part -> RegisterDocument.id(part).map(id -> part.name() + "#" + id).stream())
        .collect(Collectors.toSet());
    document.deleted().stream().sorted().filter(deleted -> !present.contains(deleted)).forEach(deleted -> {
      String type = deleted.substring(0, deleted.indexOf('#')).toLowerCase(Locale.ROOT);
      if (TYPES.contains(type)) {
        rows.add(new Row(type, Optional.of(deleted.substring(deleted.indexOf('#') + 1)), Optional.empty()));
      }
    });
  }

  private static Map<String, String> concluded(RegisterElement part, String start, String end) {
    var row = new HashMap<String, String>();
    put(row, start, part, "StartDato");
    RegisterDocument.conclusion(part).ifPresent(conclusion -> {
      put(row, end, conclusion, "SluttDato");
      conclusion.attribute("Kode").ifPresent(code -> row.put("konklusjon", code));
    });
    return row;
  }

  private void tiltak(RegisterElement part) {
    var row = new HashMap<String, String>();
    var warnings = new ArrayList<String>();
    put(row, "start", part, "StartDato");
    RegisterDocument.conclusion(part).ifPresent(end -> put(row, "slutt", end, "SluttDato"));
    String category = part.first("Kategori").flatMap(found -> found.attribute("Kode")).orElse("");
    row.put("kategori", category);
    part.first("Lovhjemmel").ifPresent(basis -> {
      row.put("lov", text(basis, "Lov"));
      row.put("kap", text(basis, "Kapittel"));
      row.put("par", text(basis, "Paragraf"));
      row.put("ledd", basis.stream("Ledd").map(RegisterElement::text).collect(Collectors.joining("|")));
    });
    row.put("jmfr", part.stream("JmfrLovhjemmel")
        .map(basis -> text(basis, "Kapittel") + "-" + text(basis, "Paragraf")).collect(Collectors.joining("|")));
    frequency(part, "Oppfolging", "hyppighet_oppf", category, row, warnings);
    frequency(part, "Tilsyn", "hyppighet_tilsyn", category, row, warnings);
    add("tiltak", RegisterDocument.id(part), part, document.isDeleted(part), row, warnings);
    visits(part, "Oppfolging", "oppfolging");
    visits(part, "Tilsyn", "tilsyn");
  }

  private static void frequency(RegisterElement part, String kind, String column, String category,
      Map<String, String> row, List<String> warnings) {
    Optional<String> newest = part.stream(kind).flatMap(visits -> visits.stream("Hyppighet"))
        .max(Comparator.comparing(frequency -> RegisterDocument.date(frequency, "StartDato").orElse(LocalDate.MIN)))
        .flatMap(frequency -> frequency.attribute("Kode"));
    if (newest.isPresent()) {
      // The register has no other frequency.
      row.put(column, newest.filter(FREQUENCIES::contains).orElse("-"));
    } else if (FOSTER_HOME.contains(category)) {
      row.put(column, STANDARD_FREQUENCY);
      warnings.add(column);
    }
  }

  private void visits(RegisterElement measure, String element, String kind) {
    measure.stream(element).flatMap(visits -> visits.stream("Utfort")).forEach(visit -> {
      var row = new HashMap<String, String>();
      row.put("besok_type", kind);
      put(row, "dato", visit, "UtfortDato");
      add("besok", RegisterDocument.id(visit).map(id -> kind + "-" + id), visit, document.isDeleted(measure), row,
          List.of());
    });
  }

  private RegisterCells add(String type, RegisterElement part, Map<String, String> row) {
    return add(type, RegisterDocument.id(part), part, document.isDeleted(part), row, List.of());
  }

  private RegisterCells add(String type, Optional<String> id, RegisterElement element, boolean deleted,
      Map<String, String> row, List<String> standardFrequencies) {
    row.put("type", type);
    id.ifPresent(known -> row.put("record_id", known));
    row.put("org_id", orgId);
    row.put("barn_id", document.caseId());
    row.put("source_system", document.sourceSystem());
    row.put("updated_at", document.extractedAt().toString());
    var cells = new RegisterCells(element.line(), position, row);
    if (id.isEmpty()) {
      cells.reject("record_id", "lacks the element's Id, or it is not a UUID");
    }
    standardFrequencies.forEach(column -> cells.warn(column,
        "is not in the document: the measure counts with the standard of " + STANDARD_FREQUENCY + " visits a year"));
    rows.add(new Row(type, id, deleted && id.isPresent() ? Optional.empty() : Optional.of(cells)));
    return cells;
  }

  private static void put(Map<String, String> row, String column, RegisterElement element, String attribute) {
    element.attribute(attribute).ifPresent(value -> row.put(column, RegisterDocument.isoDate(value)));
  }

  private static String text(RegisterElement basis, String child) {
    return basis.first(child).map(RegisterElement::text).orElse("");
  }
}
