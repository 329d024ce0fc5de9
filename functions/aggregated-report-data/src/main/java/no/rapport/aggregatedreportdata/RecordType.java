package no.rapport.aggregatedreportdata;

import java.util.Locale;
import java.util.Optional;
import no.rapport.sourcedata.CaseRecord;

/// The types of record that figures count; visits are two, since figures 27-28 and 29-30 count one each.
enum RecordType {
  SAK,
  MELDING,
  UNDERSOKELSE,
  TILTAK,
  FLYTTING,
  OPPFOLGING,
  TILSYN,
  ETTERVERN,
  STILLING;

  /// The type's word in answers.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Empty for plans: they qualify children whom other records make count.
  static Optional<RecordType> of(CaseRecord record) {
    return switch (record) {
      case CaseRecord.Sak _ -> Optional.of(SAK);
      case CaseRecord.Melding _ -> Optional.of(MELDING);
      case CaseRecord.Undersokelse _ -> Optional.of(UNDERSOKELSE);
      case CaseRecord.Tiltak _ -> Optional.of(TILTAK);
      case CaseRecord.Plan _ -> Optional.empty();
      case CaseRecord.Besok besok -> Optional.of(switch (besok.besokType()) {
        case OPPFOLGING -> OPPFOLGING;
        case TILSYN -> TILSYN;
      });
      case CaseRecord.Flytting _ -> Optional.of(FLYTTING);
      case CaseRecord.Ettervern _ -> Optional.of(ETTERVERN);
      case CaseRecord.Stilling _ -> Optional.of(STILLING);
    };
  }
}
