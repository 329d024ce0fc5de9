package no.rapport.aggregatedreportdata;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import no.rapport.sourcedata.CaseRecord;

/// Case records as rows of text, with the attributes' names of the import files; lists have `|` between their entries.
final class CaseRows {

  private CaseRows() {}

  static Map<String, String> row(CaseRecord record) {
    var row = new HashMap<String, String>();
    row.put("updated_at", record.updatedAt().toString());
    if (record instanceof CaseRecord.OfChild ofChild) {
      row.put("barn_id", ofChild.barnId());
    }
    switch (record) {
      case CaseRecord.Sak sak -> {
        row.put("type", "sak");
        row.put("fodt", sak.fodt().toString());
        // The order of the list tells which of two cases is the newer one.
        row.put("updated_at", "");
      }
      case CaseRecord.Melding melding -> {
        row.put("type", "melding");
        row.put("mottatt_dato", melding.mottattDato().toString());
        melding.konkludertDato().ifPresent(date -> row.put("konkludert_dato", date.toString()));
        melding.konklusjon().ifPresent(code -> row.put("konklusjon", String.valueOf(code)));
      }
      case CaseRecord.Undersokelse undersokelse -> {
        row.put("type", "undersokelse");
        row.put("start", undersokelse.start().toString());
        undersokelse.slutt().ifPresent(date -> row.put("slutt", date.toString()));
        row.put("utvidet_frist", String.valueOf(undersokelse.utvidetFrist()));
        undersokelse.konklusjon().ifPresent(code -> row.put("konklusjon", String.valueOf(code)));
      }
      case CaseRecord.Tiltak tiltak -> {
        row.put("type", "tiltak");
        row.put("kategori", tiltak.kategori());
        row.put("lov", tiltak.lov());
        row.put("kap", tiltak.kap());
        row.put("par", tiltak.par());
        row.put("ledd", tiltak.ledd().stream().map(String::valueOf).collect(Collectors.joining("|")));
        row.put("jmfr", String.join("|", tiltak.jmfr()));
        row.put("start", tiltak.start().toString());
        tiltak.slutt().ifPresent(date -> row.put("slutt", date.toString()));
        tiltak.hyppighetOppf().ifPresent(visits -> row.put("hyppighet_oppf", String.valueOf(visits)));
        tiltak.hyppighetTilsyn().ifPresent(visits -> row.put("hyppighet_tilsyn", String.valueOf(visits)));
      }
      case CaseRecord.Plan plan -> {
        row.put("type", "plan");
        row.put("plan_type", String.valueOf(plan.planType()));
        row.put("start", plan.start().toString());
        plan.slutt().ifPresent(date -> row.put("slutt", date.toString()));
        row.put("evalueringer", plan.evalueringer().stream().map(String::valueOf).collect(Collectors.joining("|")));
      }
      case CaseRecord.Besok besok -> {
        row.put("type", "besok");
        row.put("besok_type", besok.besokType().word());
        row.put("dato", besok.dato().toString());
      }
      case CaseRecord.Flytting flytting -> {
        row.put("type", "flytting");
        row.put("dato", flytting.dato().toString());
      }
      case CaseRecord.Ettervern ettervern -> {
        row.put("type", "ettervern");
        row.put("konkludert", ettervern.konkludert().toString());
        row.put("konklusjon", String.valueOf(ettervern.konklusjon()));
      }
      case CaseRecord.Stilling stilling -> {
        row.put("type", "stilling");
        row.put("prosent", stilling.prosent().toPlainString());
        row.put("start", stilling.start().toString());
        stilling.slutt().ifPresent(date -> row.put("slutt", date.toString()));
        row.put("besatt", String.valueOf(stilling.besatt()));
        row.put("oppfyller_15_6", String.valueOf(stilling.oppfyller156()));
      }
    }
    return row;
  }
}
