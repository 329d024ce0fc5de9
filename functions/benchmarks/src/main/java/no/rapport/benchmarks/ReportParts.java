package no.rapport.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// Measures how the time of an export decreases with the number of its parts. A cold JVM renders each part, as a Lambda
/// function does for each task (serial collector, `-Xmx400m`). Another JVM joins the parts and computes the SHA-256.
/// Two JVMs run at a time. The critical path is the time on as many machines as parts: the part with the most CPU time,
/// plus the joining. It excludes the start of the JVM, which a snapshot avoids, reading rows and the network.
///
/// Arguments: a format (default xlsx), a number of rows (default 1000000), `c1` to use the first compiler only (as
/// without a snapshot), then the numbers of parts (default 1 2 4 8 16).
public final class ReportParts {

  private static final int CONCURRENT_PARTS = 2;
  private static final String FIRST_COMPILER = "c1";
  private static final String RENDER = "--render";
  private static final String JOIN = "--join";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ReportDescription DESCRIPTION = new ReportDescription("org-1", "Organisasjonen",
      Period.ofId("2025").orElseThrow(), List.of(), ReportLocale.NB, true, Suppression.NONE);

  private static long startedAt;

  private ReportParts() {}

  /// The measurements that one process reports.
  private record Spent(double cpuSeconds, String peakMegabytes) {}

  public static void main(String... given) throws Exception {
    startedAt = ReportFiles.cpuNanos();
    String[] args = Arrays.stream(given).filter(argument -> !argument.equals(FIRST_COMPILER)).toArray(String[]::new);
    boolean firstCompilerOnly = args.length < given.length;
    if (args.length > 0 && args[0].equals(RENDER)) {
      render(ReportFormat.valueOf(args[1]), Path.of(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]),
          Integer.parseInt(args[5]));
    } else if (args.length > 0 && args[0].equals(JOIN)) {
      join(ReportFormat.valueOf(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
    } else {
      ReportFormat format = ReportFormat.valueOf(args.length > 0 ? args[0].toUpperCase(Locale.ROOT) : "XLSX");
      int rows = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
      int[] counts = args.length > 2 ? Arrays.stream(args).skip(2).mapToInt(Integer::parseInt).toArray()
          : new int[] {1, 2, 4, 8, 16};
      System.out.printf(Locale.ROOT, "%s, %,d rows%n%6s %14s %14s %14s %16s %14s %10s%n", format, rows, "parts",
          "wall, s", "longest, CPU-s", "joining, CPU-s", "critical path, s", "all, CPU-s", "peak, MB");
      for (int parts : counts) {
        measure(format, rows, parts, firstCompilerOnly);
      }
    }
  }

  private static void measure(ReportFormat format, int rows, int parts, boolean firstCompilerOnly)
      throws Exception {
    Path folder = Files.createTempDirectory("rapport-parts");
    long began = System.nanoTime();
    List<Spent> rendered = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(CONCURRENT_PARTS)) {
      List<Callable<Spent>> tasks = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        int index = part;
        tasks.add(() -> run(firstCompilerOnly, RENDER, format.name(), folder.toString(), "" + index, "" + rows,
            "" + parts));
      }
      for (Future<Spent> task : executor.invokeAll(tasks)) {
        rendered.add(task.get());
      }
    }
    Spent joined = run(firstCompilerOnly, JOIN, format.name(), folder.toString(), "" + parts);
    double wall = (System.nanoTime() - began) / 1e9;
    double longest = rendered.stream().mapToDouble(Spent::cpuSeconds).max().orElseThrow();
    double all = rendered.stream().mapToDouble(Spent::cpuSeconds).sum() + joined.cpuSeconds();
    String peak = rendered.stream().map(Spent::peakMegabytes).max(String::compareTo).orElseThrow();
    System.out.printf(Locale.ROOT, "%6d %14.1f %14.2f %14.2f %16.2f %14.1f %10s%n", parts, wall, longest,
        joined.cpuSeconds(), longest + joined.cpuSeconds(), all, peak);
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static Spent run(boolean firstCompilerOnly, String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx400m", "-XX:+UseSerialGC", firstCompilerOnly ? "-XX:TieredStopAtLevel=1" : "-XX:+TieredCompilation",
        "-cp", System.getProperty("java.class.path"), ReportParts.class.getName()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Spent spent = JSON.readValue(process.getInputStream(), Spent.class);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("Command failed: " + command);
    }
    return spent;
  }

  /// Prints the CPU time of this process since it started to work.
  private static void printSpent() throws IOException {
    System.out.println(JSON.writeValueAsString(
        new Spent((ReportFiles.cpuNanos() - startedAt) / 1e9, "%4s".formatted(ReportFiles.peakMegabytes()))));
  }

  private static void render(ReportFormat format, Path folder, int index, int rows, int parts) throws IOException {
    List<Activity> pool = ReportFiles.pool();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(folder.resolve("" + index)), 1 << 16)) {
      ShareWriter share = ReportWriters.of(format).share(out, DESCRIPTION, index,
          (long) rows * index / parts);
      int end = (int) ((long) rows * (index + 1) / parts);
      for (int row = (int) ((long) rows * index / parts); row < end; row++) {
        share.row(pool.get(row % ReportFiles.DISTINCT_ROWS));
      }
      JSON.writeValue(folder.resolve(index + ".json").toFile(), share.finish());
    }
    printSpent();
  }

  private static void join(ReportFormat format, Path folder, int parts) throws IOException, NoSuchAlgorithmException {
    List<ShareSummary> shares = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      shares.add(JSON.readValue(folder.resolve(part + ".json").toFile(), ShareSummary.class));
    }
    ActivityTotals totals = shares.stream().map(ShareSummary::totals).reduce(ActivityTotals.NONE, ActivityTotals::plus);
    try (OutputStream out = new BufferedOutputStream(new DigestOutputStream(
        Files.newOutputStream(folder.resolve("file")), MessageDigest.getInstance("SHA-256")), 1 << 16)) {
      ReportWriters.of(format).assemble(out, DESCRIPTION, new KeyFigures(totals, Optional.empty()), shares,
          (index, offset, length) -> ReportFiles.section(folder.resolve("" + index), offset));
    }
    printSpent();
  }
}
