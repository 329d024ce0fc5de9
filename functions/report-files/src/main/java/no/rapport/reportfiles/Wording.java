package no.rapport.reportfiles;

import no.rapport.reporting.LocalizedText;
import no.rapport.reporting.ReportLocale;

/// Every fixed text of a report file, in Bokmål, Nynorsk, Northern Sami and English. Sami has established words only;
/// what is empty is as in Bokmål, sentences above all.
public enum Wording {
  SUMMARY("Sammendrag", "Samandrag", "Čoahkkáigeassu", "Summary"),
  KEY_FIGURES("Nøkkeltall", "Nøkkeltal", "", "Key figures"),
  ACTIVITIES("Aktiviteter", "Aktivitetar", "Doaimmat", "Activities"),
  ATTACHMENTS("Vedlegg", "Vedlegg", "Mildosat", "Attachments"),
  METHODS("Metode og kilder", "Metode og kjelder", "Metoda ja gáldut", "Methods and sources"),

  PARTICIPANTS("Antall deltakere", "Talet på deltakarar", "Oassálastiid lohku", "Participants"),


  FIELD("Felt", "Felt", "", "Field"),
  VALUE("Verdi", "Verdi", "Árvu", "Value"),
  PRIOR_PERIOD("Forrige periode", "Førre periode", "Ovddit áigodat", "Previous period"),
  CHANGE("Endring", "Endring", "Rievdadus", "Change"),
  UNIT("Enhet", "Eining", "Ovttadat", "Unit"),
  SOURCE("Kilde", "Kjelde", "Gáldu", "Source"),

  REPORT_TITLE("Aktivitetsrapport til Bufdir", "Aktivitetsrapport til Bufdir", "Doaibmaraporta Bufdirii",
      "Activity report to Bufdir"),
  ORGANIZATION("Organisasjon", "Organisasjon", "Organisašuvdna", "Organisation"),
  ORGANIZATION_ID("Organisasjons-ID", "Organisasjons-ID", "Organisašuvnna-ID", "Organisation ID"),
  PERIOD("Periode", "Periode", "Áigodat", "Period"),
  SELECTED_TYPES("Utvalg av aktivitetstyper", "Utval av aktivitetstypar", "", "Selected activity types"),
  ALL_TYPES("Alle", "Alle", "Buot", "All"),
  ROWS("Antall aktiviteter", "Talet på aktivitetar", "Doaimmaid lohku", "Activities"),
  COUNTABLE_ROWS("Aktiviteter som teller", "Aktivitetar som tel", "", "Activities that count"),
  NOT_COUNTED_ROWS("Aktiviteter som ikke teller", "Aktivitetar som ikkje tel", "", "Activities that do not count"),
  HOURS("Timer", "Timar", "Diimmut", "Hours"),
  ATTACHED_FILES("Antall vedlegg", "Talet på vedlegg", "Mildosiid lohku", "Attached files"),
  SUPPRESSION("Skjerming av små tall", "Skjerming av små tal", "", "Suppression of small counts"),
  SUPPRESSION_NONE("Ingen: alle tall er vist", "Inga: alle tal er viste", "", "None: all counts are shown"),
  SUPPRESSION_RULE("Antall fra 1 til %d er vist som «:»", "Tal frå 1 til %d er viste som «:»", "",
      "Counts from 1 to %d are shown as “:”"),
  BY_TYPE("Aktiviteter etter type", "Aktivitetar etter type", "Doaimmat šlája mielde", "Activities by type"),
  BY_MONTH("Aktiviteter etter måned", "Aktivitetar etter månad", "Doaimmat mánu mielde", "Activities by month"),
  BY_MONTH_AND_TYPE("Aktiviteter etter måned og type", "Aktivitetar etter månad og type",
      "Doaimmat mánu ja šlája mielde", "Activities by month and type"),
  MONTH("Måned", "Månad", "Mánnu", "Month"),
  TOTAL("Sum", "Sum", "Oktiibuot", "Total"),
  OTHER_TYPES("Andre typer", "Andre typar", "Eará šlájat", "Other types"),
  FIGURES("Nøkkeltall for barnevernet", "Nøkkeltal for barnevernet", "", "Child-welfare figures"),
  UNIT_ACTIVITIES("aktiviteter", "aktivitetar", "doaimmat", "activities"),
  UNIT_PARTICIPANTS("deltakere", "deltakarar", "oassálastit", "participants"),
  UNIT_HOURS("timer", "timar", "diimmut", "hours"),
  UNIT_FILES("filer", "filer", "fiillat", "files"),
  SOURCE_ACTIVITIES("aktivitetsregisteret", "aktivitetsregisteret", "", "activity register"),
  FILE_NAME("Filnavn", "Filnamn", "Fiilanamma", "File name"),
  NO_ROWS("Ingen aktiviteter i perioden.", "Ingen aktivitetar i perioden.", "Eai leat doaimmat áigodagas.",
      "No activities in the period."),
  CUT("… [avkortet]", "… [avkorta]", "", "… [cut]"),
  PAGE("Side", "Side", "Siidu", "Page"),
  OF("av", "av", "/", "of"),
  CONTINUED("forts.", "framh.", "joatkka", "cont."),

  TOPIC("Tema", "Tema", "Fáddá", "Topic"),
  EXPLANATION("Forklaring", "Forklaring", "Čilgehus", "Explanation"),
  METHOD_ROWS_TOPIC("Aktivitetene", "Aktivitetane", "", "The activities"),
  METHOD_ROWS(
      "Hver rad er én aktivitet som organisasjonen har registrert med dato i perioden. Radene er sortert etter dato "
          + "og deretter aktivitets-ID. Er en aktivitet levert flere ganger, gjelder den sist oppdaterte utgaven; "
          + "tilbaketrukne aktiviteter er ikke med. Tekst over 32 767 tegn er avkortet og merket med «… [avkortet]».",
      "Kvar rad er éin aktivitet som organisasjonen har registrert med dato i perioden. Radene er sorterte etter dato "
          + "og deretter aktivitets-ID. Er ein aktivitet levert fleire gonger, gjeld den sist oppdaterte utgåva; "
          + "aktivitetar som er trekte tilbake, er ikkje med. Tekst over 32 767 teikn er avkorta og merkt med "
          + "«… [avkorta]».",
      "",
      "Each row is one activity that the organisation has registered with a date in the period. Rows are ordered by "
          + "date and then activity ID. Where an activity was delivered more than once, the most recently updated "
          + "version applies; withdrawn activities are left out. Text above 32,767 characters is cut and marked with "
          + "“… [cut]”."),
  METHOD_COUNTING_TOPIC("Hva som teller", "Kva som tel", "", "What counts"),
  METHOD_COUNTING(
      "Etter Bufdirs regler for likepersonsarbeid teller en gruppe (gruppesamling, støttegruppe, barnegruppe) når den "
          + "har minst 3 deltakere og varer i minst 45 minutter. Andre aktiviteter teller alltid. Rader som ikke "
          + "teller, er med i rapporten; siste kolonne i aktivitetslisten sier hvorfor de ikke teller.",
      "Etter reglane til Bufdir for likepersonsarbeid tel ei gruppe (gruppesamling, støttegruppe, barnegruppe) når ho "
          + "har minst 3 deltakarar og varer i minst 45 minutt. Andre aktivitetar tel alltid. Rader som ikkje tel, er "
          + "med i rapporten; siste kolonne i aktivitetslista seier kvifor dei ikkje tel.",
      "",
      "By Bufdir's rules for peer support a group (group session, support group, children's group) counts when it has "
          + "at least 3 participants and lasts at least 45 minutes. Other activities always count. Rows that do not "
          + "count are in the report; the last column of the activities says why they do not count."),
  METHOD_TOTALS_TOPIC("Summer", "Summar", "", "Totals"),
  METHOD_TOTALS(
      "Summene omfatter alle rader i rapporten, også de som ikke teller. Timer er summen av varigheten i minutter delt "
          + "på 60, avrundet til én desimal. Deltakere er summen over aktivitetene; en person som er med flere ganger, "
          + "er talt hver gang.",
      "Summane omfattar alle rader i rapporten, også dei som ikkje tel. Timar er summen av varigheita i minutt delt på "
          + "60, avrunda til éin desimal. Deltakarar er summen over aktivitetane; ein person som er med fleire "
          + "gonger, er talt kvar gong.",
      "",
      "Totals cover all rows of the report, those that do not count included. Hours are the sum of the durations in "
          + "minutes divided by 60, rounded to one decimal. Participants are summed over the activities; a person who "
          + "takes part several times is counted each time."),
  METHOD_FIGURES_TOPIC("Nøkkeltall for barnevernet", "Nøkkeltal for barnevernet", "", "Child-welfare figures"),
  METHOD_FIGURES(
      "Tallene er beregnet av fagsystemenes data etter definisjonene i KOSTRA skjema 15 og Barnevernsregisteret. "
          + "Andeler og gjennomsnitt har én desimal. Et tomt felt betyr at tallet ikke kan beregnes. Forrige periode "
          + "er samme slags periode ett år tidligere.",
      "Tala er rekna ut av data frå fagsystema etter definisjonane i KOSTRA skjema 15 og Barnevernsregisteret. Delar i "
          + "prosent og gjennomsnitt har éin desimal. Eit tomt felt tyder at talet ikkje kan reknast ut. Førre "
          + "periode er same slags periode eitt år tidlegare.",
      "",
      "The figures are computed from the case systems' data by the definitions of KOSTRA form 15 and the national "
          + "child-welfare register. Percentages and means have one decimal. An empty field means that the figure "
          + "cannot be computed. The previous period is the same kind of period one year earlier."),
  NOT_COMPARABLE("Forrige periode kan ikke sammenlignes, så endringen er ikke vist.",
      "Førre periode kan ikkje samanliknast, så endringa er ikkje vist.", "",
      "The previous period cannot be compared, so no change is shown."),
  RULES_CHANGED("Reglene for tallet er endret siden forrige periode.",
      "Reglane for talet er endra sidan førre periode.", "",
      "The rules of the figure have changed since the previous period."),
  METHOD_SUPPRESSION_TOPIC("Skjerming av små tall", "Skjerming av små tal", "", "Suppression of small counts"),
  METHOD_SUPPRESSION_NONE(
      "Ingen tall i denne rapporten er skjermet.",
      "Ingen tal i denne rapporten er skjerma.",
      "",
      "No counts in this report are suppressed."),
  METHOD_SUPPRESSION(
      "Regelen %s er brukt: antall fra 1 til %d i nøkkeltallene for barnevernet er vist som «:». Det samme gjelder "
          + "andeler der telleren, resten eller nevneren er skjermet, og gjennomsnitt og andre antall som ellers ville "
          + "røpet et skjermet antall. Null er vist. Skjermingen gjelder innenfor denne filen: flere rapporter kan "
          + "sammen røpe et skjermet tall, for eksempel et år og dets halvår eller kvartaler. Summer av aktiviteter og "
          + "deltakere er ikke skjermet.",
      "Regelen %s er brukt: tal frå 1 til %d i nøkkeltala for barnevernet er viste som «:». Det same gjeld delar i "
          + "prosent der teljaren, resten eller nemnaren er skjerma, og gjennomsnitt og andre tal som elles ville røpt "
          + "eit skjerma tal. Null er vist. Skjerminga gjeld innanfor denne fila: fleire rapportar kan saman røpe eit "
          + "skjerma tal, til dømes eit år og halvåra eller kvartala i det. Summar av aktivitetar og deltakarar er "
          + "ikkje skjerma.",
      "",
      "The rule %s was used: counts from 1 to %d among the child-welfare figures are shown as “:”. So are percentages "
          + "whose numerator, complement or denominator is hidden, and means and other counts that would otherwise "
          + "give a hidden count away. Zero is shown. Suppression holds within this file: several reports together can "
          + "give a hidden count away, for example a year and its halves or quarters. Totals of activities and "
          + "participants are not suppressed."),
  METHOD_PRIVACY_TOPIC("Personvern", "Personvern", "", "Privacy"),
  METHOD_PRIVACY(
      "Fødselsnummer, D-nummer og DUF-nummer i fritekst er erstattet med stjerner da dataene ble lest inn. Rapporten "
          + "inneholder ingen opplysninger om enkeltbarn i barnevernet.",
      "Fødselsnummer, D-nummer og DUF-nummer i fritekst vart bytte ut med stjerner då dataa vart lesne inn. Rapporten "
          + "inneheld ingen opplysningar om einskilde barn i barnevernet.",
      "",
      "National identity numbers, D numbers and DUF numbers in free text were replaced by asterisks when the data were "
          + "read. The report holds no information about individual children in child welfare."),
  METHOD_CHARACTERS_TOPIC("Skrifttegn", "Skriftteikn", "", "Characters"),
  METHOD_CHARACTERS(
      "Noen tegn i rapporten finnes ikke i skriftene og er tegnet som en erstatning. Tekst som kopieres fra "
          + "dokumentet, har tegnene som de ble skrevet, unntatt emoji og andre tegn som Excel-, CSV- og JSON-utgaven har.",
      "Nokre teikn i rapporten finst ikkje i skriftene og er teikna som ei erstatning. Tekst som blir kopiert frå "
          + "dokumentet, har teikna slik dei vart skrivne, unnateke emoji og andre teikn som Excel-, CSV- og "
          + "JSON-utgåva har.",
      "",
      "Some characters of the report are not in its fonts and are drawn as a replacement. Text copied from the "
          + "document has them as they were written, but for emoji and others that the Excel, CSV and JSON editions have."),
  METHOD_SOURCES_TOPIC("Kilder", "Kjelder", "", "Sources"),
  METHOD_SOURCES(
      "Aktiviteter: organisasjonens egne registreringer. Nøkkeltall: kilden står ved hvert tall.",
      "Aktivitetar: registreringane til organisasjonen. Nøkkeltal: kjelda står ved kvart tal.",
      "",
      "Activities: the organisation's own registrations. Figures: the source is given beside each figure.");

  private final LocalizedText text;

  Wording(String nb, String nn, String se, String en) {
    this.text = new LocalizedText(nb, nn, se, en);
  }

  public String in(ReportLocale locale) {
    return text.in(locale);
  }
}
