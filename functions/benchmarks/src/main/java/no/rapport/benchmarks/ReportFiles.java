package no.rapport.benchmarks;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.ZipFile;
import no.rapport.reportfiles.ReportWriter;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellStyle;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.xssf.streaming.SXSSFWorkbook;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/// Writes the same rows with Rapport's writers and with those of other libraries, each in its own JVM. Prints rows per
/// second of CPU time (including compiler and collector), CPU time and wall time until the first 8 MiB are written (the
/// first part of an upload to S3), file size and peak resident memory.
///
/// Arguments: the numbers of rows (default 100000 and 1000000), then `-Xmx…` for the writers (default `-Xmx256m`).
public final class ReportFiles {

  static final int DISTINCT_ROWS = 2_000;
  private static final int SHARES = 4;
  /// Larger PDFs are not measured.
  private static final int MAX_PDF_ROWS = 100_000;
  private static final int MEGABYTE = 1 << 20;
  private static final String CHILD = "--one";

  private ReportFiles() {}

  private enum Writer {
    XLSX("Rapport XLSX"),
    SXSSF("Apache POI SXSSF"),
    FASTEXCEL("fastexcel"),
    DEFLATE("floor: deflate alone (zlib 1)"),
    CSV("Rapport CSV"),
    JSON("Rapport JSON"),
    PDF("Rapport PDF");

    private final String title;

    Writer(String title) {
      this.title = title;
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0 && args[0].equals(CHILD)) {
      measure(Writer.valueOf(args[1]), Integer.parseInt(args[2]));
      return;
    }
    String memory = "-Xmx256m";
    List<Integer> sizes = new ArrayList<>();
    for (String arg : args) {
      if (arg.startsWith("-Xmx")) {
        memory = arg;
      } else {
        sizes.add(Integer.parseInt(arg));
      }
    }
    System.out.printf("%s, JVM %s, 12 columns of data, %d shares%n", memory, Runtime.version(), SHARES);
    for (int rows : sizes.isEmpty() ? List.of(100_000, 1_000_000) : sizes) {
      System.out.printf(Locale.ROOT, "%n%,d rows%n%-32s %14s %10s %16s %10s %10s%n", rows, "", "rows/CPU-s", "seconds",
          "first 8 MiB, s", "file MB", "peak MB");
      for (Writer writer : Writer.values()) {
        if (writer != Writer.PDF || rows <= MAX_PDF_ROWS) {
          start(writer, rows, memory);
        }
      }
    }
  }

  private static void start(Writer writer, int rows, String memory) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), memory,
        "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), ReportFiles.class.getName(), CHILD,
        writer.name(), "" + rows).inheritIO().start();
    if (process.waitFor() != 0) {
      System.out.printf("%-32s failed%n", writer.title);
    }
  }

  private static void measure(Writer writer, int rows) throws IOException {
    List<Activity> pool = pool();
    Path folder = Files.createTempDirectory("rapport-benchmark");
    long cpu = cpuNanos();
    long start = System.nanoTime();
    FirstPart firstPart = new FirstPart(cpu, start);
    long bytes = switch (writer) {
      case XLSX -> rapport(ReportFormat.XLSX, pool, rows, folder, firstPart);
      case CSV -> rapport(ReportFormat.CSV, pool, rows, folder, firstPart);
      case JSON -> rapport(ReportFormat.JSON, pool, rows, folder, firstPart);
      case PDF -> rapport(ReportFormat.PDF, pool, rows, folder, firstPart);
      case SXSSF -> sxssf(pool, rows);
      case FASTEXCEL -> fastexcel(pool, rows);
      case DEFLATE -> {
        byte[] xml = sheetXml(pool);
        // Excludes the time of generating the bytes.
        cpu = cpuNanos();
        start = System.nanoTime();
        yield deflate(xml, rows);
      }
    };
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "%-32s %,14.0f %10.2f %16s %10.1f %10s%n", writer.title, rows / cpuSeconds, seconds,
        firstPart, bytes / (double) MEGABYTE, peakMegabytes());
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /// Returns the peak resident memory of the process, as Linux reports it.
  static String peakMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return "-";
    }
    try (var lines = Files.lines(status)) {
      return lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
          .map(line -> "" + Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024).orElse("-");
    }
  }

  static List<Activity> pool() {
    String[][] places = {{"Tana bru", "5628", "Finnmark"}, {"Oslo", "0301", "Oslo"}, {"Kárášjohka", "5610", "Finnmark"},
        {"Bodø", "1804", "Nordland"}, {"Ålesund", "1508", "Møre og Romsdal"}, {"Kristiansand", "4204", "Agder"}};
    String[] titles = {"Samling for søsken", "Åpen kveld med middag og prat", "Kurs for likepersoner", "Telefonvakt",
        "Joavkočoahkkin čakčat", "Tur til hytta; overnatting", "Foredrag: Å være pårørende"};
    String[] groups = {"barn 6–12", "unge 13–18", "foreldre og foresatte", "søsken"};
    SplittableRandom random = new SplittableRandom(1);
    List<Activity> pool = new ArrayList<>();
    for (int i = 0; i < DISTINCT_ROWS; i++) {
      String[] place = places[random.nextInt(places.length)];
      pool.add(new Activity("akt-%08x".formatted(random.nextInt()), "org-1",
          ActivityTypes.codes().get(random.nextInt(12)), LocalDate.of(2025, 1, 1).plusDays(random.nextInt(365)),
          random.nextInt(1, 40), 15 * random.nextInt(1, 16), place[0], place[1], place[2],
          groups[random.nextInt(groups.length)], titles[random.nextInt(titles.length)] + " " + random.nextInt(1000),
          random.nextInt(4) == 0 ? "Godt oppmøte (" + random.nextInt(100) + "). Neste gang: husk kaffe & kake." : "",
          random.nextInt(10) == 0 ? List.of("bilde-" + random.nextInt(10_000) + ".jpg") : List.of(), Instant.EPOCH));
    }
    pool.sort(Comparator.comparing(Activity::date).thenComparing(Activity::activityId));
    return pool;
  }

  /// Measures the time until the first 8 MiB of shares were written: CPU seconds and, in brackets, wall seconds.
  private static final class FirstPart {

    private static final long BYTES = 8L * MEGABYTE;

    private final long cpu;
    private final long start;
    private long written;
    private String told = "-";

    private FirstPart(long cpu, long start) {
      this.cpu = cpu;
      this.start = start;
    }

    private OutputStream counting(OutputStream out) {
      return new FilterOutputStream(out) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          out.write(bytes, offset, length);
          if (written < BYTES && written + length >= BYTES) {
            told = String.format(Locale.ROOT, "%.2f (%.2f)", (cpuNanos() - cpu) / 1e9, (System.nanoTime() - start) / 1e9);
          }
          written += length;
        }
      };
    }

    @Override
    public String toString() {
      return told;
    }
  }

  private static long rapport(ReportFormat format, List<Activity> pool, int rows, Path folder, FirstPart firstPart)
      throws IOException {
    ReportDescription description = new ReportDescription("org-1", "Organisasjonen", Period.ofId("2025").orElseThrow(),
        List.of(), ReportLocale.NB, true, Suppression.NONE);
    ReportWriter writer = ReportWriters.of(format);
    List<ShareSummary> shares = new ArrayList<>();
    ActivityTotals totals = ActivityTotals.NONE;
    int row = 0;
    for (int i = 0; i < SHARES; i++) {
      try (OutputStream out = new BufferedOutputStream(
          firstPart.counting(Files.newOutputStream(folder.resolve("" + i))), 1 << 16)) {
        ShareWriter share = writer.share(out, description, i, row);
        for (int end = (int) ((long) rows * (i + 1) / SHARES); row < end; row++) {
          share.row(pool.get(row % DISTINCT_ROWS));
        }
        ShareSummary summary = share.finish();
        shares.add(summary);
        totals = totals.plus(summary.totals());
      }
    }
    Path file = folder.resolve("file");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      writer.assemble(out, description, new KeyFigures(totals, Optional.empty()), shares,
          (index, offset, length) -> section(folder.resolve("" + index), offset));
    }
    return Files.size(file);
  }

  static InputStream section(Path file, long offset) throws IOException {
    RandomAccessFile access = new RandomAccessFile(file.toFile(), "r");
    access.seek(offset);
    return Channels.newInputStream(access.getChannel());
  }

  private static long sxssf(List<Activity> pool, int rows) throws IOException {
    CountingOutput out = new CountingOutput();
    try (SXSSFWorkbook workbook = new SXSSFWorkbook(100)) {
      CellStyle date = workbook.createCellStyle();
      date.setDataFormat(workbook.createDataFormat().getFormat("dd\\.mm\\.yyyy"));
      CellStyle text = workbook.createCellStyle();
      text.setDataFormat(workbook.createDataFormat().getFormat("@"));
      Sheet sheet = workbook.createSheet("Aktiviteter");
      sheet.createRow(0).createCell(0).setCellValue("Aktivitets-ID");
      for (int i = 0; i < rows; i++) {
        Activity activity = pool.get(i % DISTINCT_ROWS);
        Row row = sheet.createRow(i + 1);
        String[] texts = texts(activity);
        int column = 0;
        for (String value : texts) {
          if (column == 2) {
            Cell cell = row.createCell(column++);
            cell.setCellValue(activity.date());
            cell.setCellStyle(date);
            row.createCell(column++).setCellValue(activity.participantCount());
            row.createCell(column++).setCellValue(activity.durationMinutes());
          }
          if (!value.isEmpty()) {
            Cell cell = row.createCell(column);
            cell.setCellValue(value);
            cell.setCellStyle(text);
          }
          column++;
        }
      }
      workbook.write(out);
    }
    return out.count;
  }

  private static long fastexcel(List<Activity> pool, int rows) throws IOException {
    CountingOutput out = new CountingOutput();
    try (Workbook workbook = new Workbook(out, "Rapport", "1.0")) {
      Worksheet sheet = workbook.newWorksheet("Aktiviteter");
      sheet.value(0, 0, "Aktivitets-ID");
      for (int i = 0; i < rows; i++) {
        Activity activity = pool.get(i % DISTINCT_ROWS);
        int column = 0;
        for (String value : texts(activity)) {
          if (column == 2) {
            sheet.value(i + 1, column, activity.date());
            sheet.style(i + 1, column++).format("dd\\.mm\\.yyyy").set();
            sheet.value(i + 1, column++, activity.participantCount());
            sheet.value(i + 1, column++, activity.durationMinutes());
          }
          if (!value.isEmpty()) {
            sheet.inlineString(i + 1, column, value);
          }
          column++;
        }
        if (i % 1_000 == 999) {
          sheet.flush();
        }
      }
      sheet.finish();
    }
    return out.count;
  }

  private static String[] texts(Activity activity) {
    return new String[] {activity.activityId(), ActivityTypes.name(activity.activityType(), ReportLocale.NB),
        activity.location(), activity.municipality(), activity.county(), activity.targetGroup(), activity.title(),
        activity.notes(), String.join("|", activity.attachments())};
  }

  /// Returns the uncompressed rows of Rapport's own sheet of activities.
  private static byte[] sheetXml(List<Activity> pool) throws IOException {
    Path folder = Files.createTempDirectory("rapport-benchmark");
    rapport(ReportFormat.XLSX, pool, DISTINCT_ROWS, folder, new FirstPart(0, 0));
    ByteArrayOutputStream xml = new ByteArrayOutputStream();
    try (ZipFile zip = new ZipFile(folder.resolve("file").toFile());
        InputStream in = zip.getInputStream(zip.getEntry("xl/worksheets/sheet3.xml"))) {
      in.transferTo(xml);
    }
    return xml.toByteArray();
  }

  private static long deflate(byte[] xml, int rows) throws IOException {
    CountingOutput out = new CountingOutput();
    byte[] buffer = new byte[1 << 16];
    try (Deflater deflater = new Deflater(Deflater.BEST_SPEED, true)) {
      for (int done = 0; done < rows; done += DISTINCT_ROWS) {
        InputStream in = new ByteArrayInputStream(xml, 0,
            (int) ((long) xml.length * Math.min(DISTINCT_ROWS, rows - done) / DISTINCT_ROWS));
        byte[] chunk = new byte[1 << 16];
        for (int count = in.read(chunk); count > 0; count = in.read(chunk)) {
          deflater.setInput(chunk, 0, count);
          while (!deflater.needsInput()) {
            out.write(buffer, 0, deflater.deflate(buffer));
          }
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
    }
    return out.count;
  }

  private static final class CountingOutput extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }
  }
}
