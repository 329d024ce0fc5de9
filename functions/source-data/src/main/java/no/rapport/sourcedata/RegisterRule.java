package no.rapport.sourcedata;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The published rules of the national register for which Rapport has the data, with the register's ids, titles,
/// severity and first day of validity.
public enum RegisterRule {
  SAK_1("Sak 1", "Dato innenfor lovlige verdier", Severity.ERROR, 2013),
  SAK_2A("Sak 2a", "StartDato er etter SluttDato", Severity.ERROR, 2013),
  SAK_7("Sak 7", "Klient over 25 år og skal avsluttes i barnevernet", Severity.WARNING, 2013),
  SAK_8("Sak 8", "Klient over 18 år skal ha tiltak", Severity.ERROR, 2013),
  SAK_21("Sak 21", "Klienten skal ha melding, undersøkelse, vedtak, tiltak, plan, ettervern eller oversendelse "
      + "fylkesnemnd", Severity.ERROR, 2013),
  SAK_22("Sak 22", "SlettetType peker til eksisterende element", Severity.WARNING, 2013),
  SAK_23("Sak 23", "Dersom saken er lukket bør alle underelementer være lukket", Severity.INFO, 2013),
  MELDING_2A("Melding 2a", "StartDato er etter SluttDato", Severity.ERROR, 2013),
  MELDING_2C("Melding 2c", "SluttDato er etter sakens SluttDato", Severity.ERROR, 2013),
  MELDING_2E("Melding 2e", "StartDato er før sakens StartDato", Severity.ERROR, 2013),
  MELDING_3("Melding 3", "Fristoverskridelse på behandlingstid", Severity.WARNING, 2013),
  MELDING_19("Melding 19", "Dublett på innhold, men forskjellige identer", Severity.INFO, 2013),
  UNDERSOKELSE_2A("Undersøkelse 2a", "StartDato er etter SluttDato", Severity.ERROR, 2013),
  UNDERSOKELSE_2C("Undersøkelse 2c", "SluttDato er etter sakens SluttDato", Severity.ERROR, 2013),
  UNDERSOKELSE_2E("Undersøkelse 2e", "StartDato er før sakens StartDato", Severity.ERROR, 2013),
  UNDERSOKELSE_11("Undersøkelse 11", "Fristoverskridelse på behandlingstid i forhold til melding sin startdato",
      Severity.WARNING, 2013),
  UNDERSOKELSE_19("Undersøkelse 19", "Dublett på innhold, men forskjellige identer", Severity.ERROR, 2013),
  UNDERSOKELSE_20("Undersøkelse 20", "Undersøkelse skal ha relasjon fra melding", Severity.ERROR, 2013),
  UNDERSOKELSE_21("Undersøkelse 21", "Konkludert Undersøkelse skal ha relasjon til Vedtak", Severity.ERROR, 2013),
  VEDTAK_2A("Vedtak 2a", "StartDato er etter SluttDato", Severity.ERROR, 2022),
  VEDTAK_2C("Vedtak 2c", "SluttDato er etter sakens SluttDato", Severity.ERROR, 2022),
  VEDTAK_2E("Vedtak 2e", "StartDato er før sakens StartDato", Severity.ERROR, 2022),
  VEDTAK_4("Vedtak 4", "Lovhjemmel refererer til feil barnevernlov", Severity.ERROR, 2022),
  VEDTAK_5("Vedtak 5", "Lovhjemmel refererer til feil barnevernlov", Severity.ERROR, 2022),
  VEDTAK_20("Vedtak 20", "Vedtak med status 2 = 'Begjæring oversendt nemnd' skal ha relasjon til "
      + "OversendelseFylkesnemnd", Severity.WARNING, 2022),
  TILTAK_2A("Tiltak 2a", "StartDato er etter SluttDato", Severity.ERROR, 2013),
  TILTAK_2C("Tiltak 2c", "SluttDato er etter sakens SluttDato", Severity.ERROR, 2013),
  TILTAK_2E("Tiltak 2e", "StartDato er før sakens StartDato", Severity.ERROR, 2013),
  TILTAK_5("Tiltak 5", "Barnet er over 7 år og er i barnehage", Severity.WARNING, 2013),
  TILTAK_6("Tiltak 6", "Barnet er over 11 år og i SFO", Severity.WARNING, 2013),
  TILTAK_9("Tiltak 9", "Flere plasseringstiltak er oppgitt i samme tidsperiode", Severity.WARNING, 2013),
  TILTAK_12("Tiltak 12", "Omsorgstiltak med sluttdato krever årsak til opphevelse", Severity.ERROR, 2013),
  TILTAK_13("Tiltak 13", "Individ er over 18 år og har omsorgtiltak", Severity.ERROR, 2013),
  TILTAK_14("Tiltak 14", "Lovhjemmel er fylt ut med tallet 0", Severity.ERROR, 2013),
  TILTAK_19("Tiltak 19", "Dublett på innhold, men forskjellige identer", Severity.WARNING, 2022),
  TILTAK_20("Tiltak 20", "Tiltak skal ha relasjon fra Vedtak", Severity.ERROR, 2022),
  PLAN_2A("Plan 2a", "StartDato er etter SluttDato", Severity.ERROR, 2013),
  PLAN_2C("Plan 2c", "SluttDato er etter sakens SluttDato", Severity.ERROR, 2013),
  PLAN_2E("Plan 2e", "StartDato er før sakens StartDato", Severity.ERROR, 2013),
  PLAN_2F("Plan 2f", "UtfortDato er etter sakens SluttDato", Severity.ERROR, 2013),
  PLAN_2G("Plan 2g", "UtfortDato er før sakens StartDato", Severity.ERROR, 2013),
  PLAN_19("Plan 19", "Dublett på innhold, men forskjellige identer", Severity.INFO, 2013),
  ETTERVERN_2A("Ettervern 2a", "TilbudSendtDato er etter SluttDato", Severity.ERROR, 2022),
  ETTERVERN_2C("Ettervern 2c", "SluttDato er etter sakens SluttDato", Severity.ERROR, 2022),
  ETTERVERN_2E("Ettervern 2e", "TilbudSendtDato er før sakens StartDato", Severity.ERROR, 2022),
  FLYTTING_2C("Flytting 2c", "SluttDato mot sakens SluttDato", Severity.ERROR, 2022),
  FLYTTING_2F("Flytting 2f", "SluttDato mot sakens StartDato", Severity.ERROR, 2022);

  private static final Map<String, RegisterRule> BY_ID =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(RegisterRule::id, Function.identity()));

  private final String id;
  private final String title;
  private final Severity severity;
  private final LocalDate validFrom;

  /// The severity of a broken rule in the register's terms, lowest first.
  public enum Severity {
    INFO,
    WARNING,
    ERROR
  }

  RegisterRule(String id, String title, Severity severity, int firstYear) {
    this.id = id;
    this.title = title;
    this.severity = severity;
    this.validFrom = LocalDate.of(firstYear, 1, 1);
  }

  /// Returns the register's id, such as `Tiltak 2c`.
  public String id() {
    return id;
  }

  /// Returns the register's title, in Norwegian.
  public String title() {
    return title;
  }

  /// Returns the published severity.
  public Severity severity() {
    return severity;
  }

  /// Returns the severity, at most `WARNING` for data that was migrated from the register's predecessor.
  public Severity severity(boolean isMigrated) {
    return isMigrated && severity == Severity.ERROR ? Severity.WARNING : severity;
  }

  public boolean isValidOn(LocalDate date) {
    return !date.isBefore(validFrom);
  }

  public static Optional<RegisterRule> ofId(String id) {
    return Optional.ofNullable(BY_ID.get(id));
  }

  /// A broken rule with its severity for the record.
  public record Finding(RegisterRule rule, Severity severity) implements Comparable<Finding> {

    /// Returns `{rule id}/{severity}`.
    @Override
    public String toString() {
      return rule.id + "/" + severity;
    }

    /// Parses the text of [#toString]. Returns empty for a rule that this version does not know.
    public static Optional<Finding> of(String text) {
      int slash = text.indexOf('/');
      return ofId(text.substring(0, Math.max(0, slash)))
          .map(rule -> new Finding(rule, Severity.valueOf(text.substring(slash + 1))));
    }

    @Override
    public int compareTo(Finding other) {
      int byRule = rule.compareTo(other.rule);
      return byRule != 0 ? byRule : other.severity.compareTo(severity);
    }
  }
}
