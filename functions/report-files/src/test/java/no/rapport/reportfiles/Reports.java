package no.rapport.reportfiles;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// Fixtures: activities, descriptions, and reports written through the whole path of shares and their joining.
public final class Reports {

  public static final List<String> HAZARDS = List.of("=1+1", "0301", "+4722000000", "004722", "3/4", "č đ ŋ š ŧ ž á æøå ÆØÅ",
      "\"quoted\" and 'single'", "two\nlines", "two\r\nlines", "tab\there", " leading and trailing ", "a;b,c", "-5",
      "-1+cmd|' /C calc'!A0", "@SUM(A1)", "<b>&amp;</b>", "]]>", "_x0041_", "😀 astral", "1E5", "TRUE", "#REF!",
      "", "\u00A0no-break\u00A0", "שלום עולם", "مرحبا", "\u202Eright to left", "00", "1 234,5", "31.12.2025", "12:30",
      "c\u030C decomposed", "DDE(\"cmd\";\"/C calc\";\"x\")", "=2+5+cmd|' /C calc'!A0", "％", "＝1+1",
      "+47 22 00 00 00", "=HYPERLINK(\"http://example.org\")", "'apostrophe");

  private Reports() {}

  public static ReportDescription aDescription(ReportLocale locale) {
    return new ReportDescription("org-bufdir-042", "Likepersonforbundet Øst-Finnmark", year(2025), List.of(), locale,
        true, Suppression.NONE);
  }

  public static Period year(int year) {
    return Period.ofId("%04d".formatted(year)).orElseThrow();
  }

  public static Activity anActivity(String id, LocalDate date) {
    return new Activity(id, "org-bufdir-042", "group_session", date, 12, 90, "Tana bru", "5628", "Finnmark",
        "barn og unge", "Samling for søsken", "", List.of(), Instant.parse("2025-12-31T12:00:00Z"));
  }

  public static Activity withTexts(Activity activity, String title, String notes) {
    return new Activity(activity.activityId(), activity.orgId(), activity.activityType(), activity.date(),
        activity.participantCount(), activity.durationMinutes(), activity.location(), activity.municipality(),
        activity.county(), activity.targetGroup(), title, notes, activity.attachments(), activity.updatedAt());
  }

  /// Rows of a year in their order, hazards among them; the same for the same seed.
  public static List<Activity> someActivities(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> types = new ArrayList<>(ActivityTypes.codes());
    types.add("unknown_type");
    List<Activity> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(new Activity("act-%06d".formatted(i), "org-bufdir-042", types.get(random.nextInt(types.size())),
          LocalDate.of(2025, 1, 1).plusDays(random.nextInt(365)), random.nextInt(40), random.nextInt(240),
          text(random), random.nextBoolean() ? "0301" : "5628", random.nextBoolean() ? "Oslo" : "Finnmark",
          text(random), text(random), random.nextInt(3) == 0 ? text(random) : "",
          random.nextInt(5) == 0 ? List.of("bilde æ.jpg", "=liste;1.pdf") : List.of(), Instant.EPOCH));
    }
    rows.sort(Comparator.comparing(Activity::date).thenComparing(Activity::activityId));
    return rows;
  }

  /// The hazards one by one in every column of text, numbers and dates at their edges, and texts that are very long.
  public static List<Activity> hazardousActivities() {
    List<LocalDate> dates = List.of(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 12, 31), LocalDate.of(2025, 1, 1),
        LocalDate.of(2025, 3, 30), LocalDate.of(2025, 10, 26), LocalDate.of(2025, 12, 31));
    List<Integer> counts = List.of(0, 1, 2, 3, 999, 1_000, 1_234_567, Integer.MAX_VALUE);
    List<Activity> rows = new ArrayList<>();
    for (int i = 0; i < HAZARDS.size(); i++) {
      String hazard = HAZARDS.get(i);
      rows.add(new Activity("0%03d".formatted(i), "org-bufdir-042", i % 5 == 4 ? "unknown_type"
          : ActivityTypes.codes().get(i % 12), dates.get(i % dates.size()), counts.get(i % counts.size()),
          counts.get((i + 3) % counts.size()), hazard, hazard, hazard, hazard, hazard, hazard,
          i % 3 == 0 ? List.of(hazard + ".pdf", "bilde æ.jpg") : List.of(), Instant.EPOCH));
    }
    rows.add(withTexts(anActivity("long", LocalDate.of(2025, 6, 1)), "Čáhcesuolu ".repeat(300), "ž".repeat(32_767)));
    rows.sort(Comparator.comparing(Activity::date).thenComparing(Activity::activityId));
    return rows;
  }

  /// A year of an organisation as one might be, the same each time.
  public static List<Activity> aYearOfActivities(int count) {
    String[][] places = {{"Tana bru", "5628", "Finnmark"}, {"Oslo", "0301", "Oslo"}, {"Kárášjohka", "5610", "Finnmark"},
        {"Bodø", "1804", "Nordland"}, {"Ålesund", "1508", "Møre og Romsdal"}, {"Kristiansand", "4204", "Agder"}};
    String[] titles = {"Samling for søsken", "Åpen kveld med middag og prat", "Kurs for likepersoner", "Telefonvakt",
        "Joavkočoahkkin čakčat", "Tur til hytta med overnatting", "Foredrag: Å være pårørende"};
    String[] groups = {"barn 6–12", "unge 13–18", "foreldre og foresatte", "søsken"};
    SplittableRandom random = new SplittableRandom(2025);
    List<Activity> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String[] place = places[random.nextInt(places.length)];
      int month = 1 + (random.nextInt(12) + random.nextInt(12)) / 2;
      rows.add(new Activity("akt-%06d".formatted(random.nextInt(1_000_000)), "org-bufdir-042",
          ActivityTypes.codes().get(Math.min(random.nextInt(12), random.nextInt(12))),
          LocalDate.of(2025, month, 1 + random.nextInt(28)), 1 + random.nextInt(30), 15 * random.nextInt(1, 13),
          place[0], place[1], place[2], groups[random.nextInt(groups.length)], titles[random.nextInt(titles.length)],
          random.nextInt(4) == 0 ? "Godt oppmøte. Neste gang: husk kaffe & kake, og spør om flere kan kjøre." : "",
          random.nextInt(10) == 0 ? List.of("bilde-" + random.nextInt(100) + ".jpg") : List.of(), Instant.EPOCH));
    }
    rows.sort(Comparator.comparing(Activity::date).thenComparing(Activity::activityId));
    return rows;
  }

  /// All 34 figures, some of which could not be computed.
  public static FigureSnapshot aSnapshot() {
    SplittableRandom random = new SplittableRandom(34);
    return new FigureSnapshot("snap-1", "2025", FigureCatalogue.figures().stream().map(figure ->
        new FigureSnapshot.Figure(figure.key(), value(figure, random), value(figure, random),
            figure.defaultDataSource())).toList());
  }

  private static Optional<BigDecimal> value(FigureCatalogue.Figure figure, SplittableRandom random) {
    return switch (figure.unit()) {
      case COUNT, CHILDREN, YOUNG_PEOPLE -> random.nextInt(9) == 0 ? Optional.empty()
          : Optional.of(BigDecimal.valueOf(random.nextInt(2_500)));
      case PERCENT, DAYS, FULL_TIME_EQUIVALENTS -> Optional.of(BigDecimal.valueOf(random.nextInt(1_000), 1));
    };
  }

  private static String text(SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      return HAZARDS.get(random.nextInt(HAZARDS.size()));
    }
    int length = random.nextInt(30);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (random.nextInt(8) == 0 ? random.nextInt(0xA1, 0x250) : random.nextInt(0x21, 0x7F)));
    }
    return text.toString();
  }

  /// The file of these rows, rendered in that many shares.
  public static byte[] write(ReportFormat format, ReportDescription description, List<Activity> rows, int shares,
      Optional<FigureSnapshot> snapshot) {
    return write(format, description, rows, shares, snapshot, share -> (long) rows.size() * share / shares);
  }

  /// The same, where so many rows are expected before each share.
  public static byte[] write(ReportFormat format, ReportDescription description, List<Activity> rows, int shares,
      Optional<FigureSnapshot> snapshot, IntToLongFunction rowsBefore) {
    ReportWriter writer = ReportWriters.of(format);
    List<byte[]> rendered = new ArrayList<>();
    List<ShareSummary> summaries = new ArrayList<>();
    ActivityTotals totals = ActivityTotals.NONE;
    try {
      for (int i = 0; i < shares; i++) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ShareWriter share = writer.share(out, description, i, rowsBefore.applyAsLong(i));
        for (Activity row : rows.subList(rows.size() * i / shares, rows.size() * (i + 1) / shares)) {
          share.row(row);
        }
        ShareSummary summary = share.finish();
        summaries.add(summary);
        rendered.add(out.toByteArray());
        totals = totals.plus(summary.totals());
      }
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      writer.assemble(file, description, new KeyFigures(totals, snapshot), summaries,
          (index, offset, length) -> new ByteArrayInputStream(rendered.get(index), (int) offset, (int) length));
      return file.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
