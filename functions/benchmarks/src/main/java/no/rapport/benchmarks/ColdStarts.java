package no.rapport.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import no.rapport.local.FunctionProcess;
import no.rapport.local.LocalRapport;
import no.rapport.local.Options;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/// Measures the time of a new function instance from the start of its process to its first answer. Instances start as
/// on Lambda and run against the embedded stack. Prints medians of rounds; each round runs every variant once.
///
/// Build the zips first (`mvn -q package -DskipTests`). Arguments: rounds (default 9), then the logical ids of the
/// functions (default: the lightest one, a reading one and the heaviest one of the API).
///
/// | variant | meaning |
/// |---|---|
/// | on demand | as Lambda's managed runtime starts it |
/// | without CDS | the same without the JDK's own class archive |
/// | class path | the zip on the JVM's own class path, as a container image may have it |
/// | AOT cache | that with a cache from a training run (`-XX:AOTCache`) |
/// | restored | under SnapStart: from the end of the snapshot to the answer, primed |
/// | restored, C1 only | the same with the second compiler off |
/// | restored, not primed | the same without priming |
/// | second answer | the second request to a restored instance: the time of the request itself, including the services |
///
/// It also counts the classes that are loaded until the first answer, and between a snapshot and the first answer.
/// These counts do not depend on the machine's load.
public final class ColdStarts {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LOADED = Pattern.compile("\\[(\\d+)ns]\\s+(\\S+) source:.*");
  private static final Path PEER = Path.of("peer");

  private final LocalRapport rapport;
  private final Path folder;

  private ColdStarts(LocalRapport rapport, Path folder) {
    this.rapport = rapport;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws IOException {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 9;
    List<String> functions = arguments.length > 1 ? Arrays.asList(arguments).subList(1, arguments.length)
        : List.of("RouteNotFoundFunction", "GetReportRecordFunction", "CreateBufdirExportFunction");
    Path folder = Files.createTempDirectory("cold-starts-");
    try (var rapport = LocalRapport.start(Options.onFreePorts())) {
      new ColdStarts(rapport, folder).measure(rounds, functions);
    } finally {
      try (var files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    System.exit(0); // DynamoDB Local leaves threads running
  }

  private void measure(int rounds, List<String> functions) throws IOException {
    var variants = new LinkedHashMap<String, Supplier<Double>>();
    for (String function : functions) {
      var start = FunctionProcess.asOnLambda(rapport, function, folder);
      byte[] event = event(function);
      String name = function.replace("Function", "");
      variants.put(name + " | on demand", () -> coldStart(function, start, event));
      variants.put(name + " | without CDS", () -> coldStart(function, start.withJvm("-Xshare:off"), event));
      var flat = onClassPath(start);
      variants.put(name + " | class path", () -> coldStart(function, flat, event));
      var cached = withoutCds(flat, "-XX:AOTCache=" + train(function, flat, event));
      variants.put(name + " | AOT cache", () -> coldStart(function, cached, event));
      variants.put(name + " | restored", () -> restored(function, start.forSnapshot(), event));
      variants.put(name + " | restored, not primed",
          () -> restored(function, withoutHooks(start).forSnapshot(), event));
      variants.put(name + " | restored, C1 only",
          () -> restored(function, start.forSnapshot().withJvm("-XX:TieredStopAtLevel=1"), event));
      variants.put(name + " | second answer", () -> second(function, start.forSnapshot(), event));
    }
    String peer = "GetReportRecordFunction";
    var plain = peer(FunctionProcess.asOnLambda(rapport, peer, folder));
    byte[] event = event(peer);
    variants.put("plain SDK handler | on demand", () -> coldStart(peer, plain, event));
    variants.put("plain SDK handler | restored", () -> restored(peer, plain.forSnapshot(), event));

    var times = new LinkedHashMap<String, List<Double>>();
    for (int round = 0; round <= rounds; round++) {
      for (var variant : variants.entrySet()) {
        double time = variant.getValue().get();
        if (round > 0) { // the first round only fills the file cache
          times.computeIfAbsent(variant.getKey(), _ -> new ArrayList<>()).add(time);
        }
      }
    }
    System.out.printf("%-52s %8s %8s %8s%n", "start to first answer, ms", "median", "least", "most");
    times.forEach((name, values) -> {
      var sorted = values.stream().sorted().toList();
      System.out.printf("%-52s %8.0f %8.0f %8.0f%n", name, sorted.get(sorted.size() / 2), sorted.getFirst(),
          sorted.getLast());
    });
    System.out.printf("%n%-32s %8s", "loaded on demand, classes (ms)", "all");
    for (String owner : List.of("JDK", "runtime", "SDK", "JSON", "own", "other")) {
      System.out.printf(" %14s", owner);
    }
    System.out.println();
    for (String function : functions) {
      printLoadingTimes(function, FunctionProcess.asOnLambda(rapport, function, folder), event(function));
    }
    printLoadingTimes("plain SDK handler", plain, event);

    System.out.printf("%n%-32s %8s %11s%n", "loaded after the snapshot", "primed", "not primed");
    for (String function : functions) {
      var start = FunctionProcess.asOnLambda(rapport, function, folder);
      System.out.printf("%-32s %8d %11d%n", function.replace("Function", ""),
          loadedAfterSnapshot(function, start, event(function)),
          loadedAfterSnapshot(function, withoutHooks(start), event(function)));
    }
    System.out.printf("%-32s %8s %11d%n", "plain SDK handler", "", loadedAfterSnapshot(peer, plain, event));
  }

  private byte[] event(String function) throws IOException {
    String file = function.replace("Function", "").replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-")
        .toLowerCase(java.util.Locale.ROOT) + ".json";
    // Compact JSON, like Lambda's events.
    return JSON.writeValueAsBytes(
        JSON.readTree(Path.of(System.getProperty("rapport.home", "."), "events", file).toFile()));
  }

  private double coldStart(String function, FunctionProcess.Start start, byte[] event) {
    long began = System.nanoTime();
    try (var process = FunctionProcess.start(rapport, id(function), start)) {
      process.invoke(event);
      return (System.nanoTime() - began) / 1e6;
    }
  }

  private double restored(String function, FunctionProcess.Start start, byte[] event) {
    try (var process = FunctionProcess.start(rapport, id(function), start)) {
      process.awaitCheckpoint();
      long began = System.nanoTime();
      process.restore();
      process.invoke(event);
      return (System.nanoTime() - began) / 1e6;
    }
  }

  private double second(String function, FunctionProcess.Start start, byte[] event) {
    try (var process = FunctionProcess.start(rapport, id(function), start)) {
      process.awaitCheckpoint();
      process.restore();
      process.invoke(event);
      long began = System.nanoTime();
      process.invoke(event);
      return (System.nanoTime() - began) / 1e6;
    }
  }

  /// Returns the number of classes that are loaded between the snapshot and the first answer.
  private long loadedAfterSnapshot(String function, FunctionProcess.Start start, byte[] event) throws IOException {
    Path log = folder.resolve("classes.log");
    try (var process = FunctionProcess.start(rapport, id(function),
        start.forSnapshot().withJvm("-Xlog:class+load:file=" + log + ":none:filecount=0"))) {
      process.awaitCheckpoint();
      long before = lines(log);
      process.restore();
      process.invoke(event);
      return lines(log) - before;
    }
  }

  private static long lines(Path file) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines.count();
    }
  }

  private static String id(String function) {
    return function.endsWith("Function") ? function : "GetReportRecordFunction";
  }

  /// Removes the setting without which the managed runtime does not call the hooks before the snapshot.
  private static FunctionProcess.Start withoutHooks(FunctionProcess.Start start) {
    return new FunctionProcess.Start(start.taskRoot(), start.handler(), start.environment(),
        start.jvmArguments().stream().filter(argument -> !argument.startsWith("-Dorg.crac")).toList(),
        start.classPath(), start.snapStart());
  }

  /// Replaces the class archive on the command line by the option `more`, since the JVM accepts either an archive or an
  /// AOT cache.
  private static FunctionProcess.Start withoutCds(FunctionProcess.Start start, String more) {
    return new FunctionProcess.Start(start.taskRoot(), start.handler(), start.environment(),
        Stream.concat(start.jvmArguments().stream().filter(argument -> !argument.startsWith("-Xshare")), Stream.of(more))
            .toList(), start.classPath(), start.snapStart());
  }

  /// Puts the whole zip on the JVM's own class path, the only classes that the JVM's archives can hold. The working
  /// folder is empty.
  private FunctionProcess.Start onClassPath(FunctionProcess.Start start) throws IOException {
    try (var jars = Files.list(start.taskRoot().resolve("lib"))) {
      Path classes = folder.resolve(start.handler() + ".jar");
      jar(start.taskRoot(), classes);
      var classPath = new ArrayList<Path>(List.of(classes));
      jars.sorted().forEach(classPath::add);
      Path empty = Files.createDirectories(folder.resolve("empty"));
      return new FunctionProcess.Start(empty, start.handler(), start.environment(), start.jvmArguments(),
          List.copyOf(classPath), start.snapStart());
    }
  }

  /// Packs a folder as a JAR, because an archive cannot hold classes from a folder.
  private static void jar(Path taskRoot, Path jar) throws IOException {
    try (var out = new java.util.jar.JarOutputStream(Files.newOutputStream(jar)); var files = Files.walk(taskRoot)) {
      for (Path file : files.filter(Files::isRegularFile).filter(f -> !f.startsWith(taskRoot.resolve("lib"))).toList()) {
        out.putNextEntry(new java.util.zip.ZipEntry(taskRoot.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }

  /// Creates an AOT cache in one training run.
  private Path train(String function, FunctionProcess.Start start, byte[] event) {
    Path cache = folder.resolve(function + ".aot");
    var process = FunctionProcess.start(rapport, function, withoutCds(start, "-XX:AOTCacheOutput=" + cache));
    try (process) {
      process.invoke(event);
    }
    if (!Files.exists(cache)) {
      throw new IllegalStateException("The training run did not create an AOT cache");
    }
    return cache;
  }

  /// Prints the classes that are loaded until the answer, and the time from each to the next, which covers reading,
  /// verifying and running.
  private void printLoadingTimes(String name, FunctionProcess.Start start, byte[] event) throws IOException {
    Path log = folder.resolve("classes.log");
    coldStart(name, start.withJvm("-Xlog:class+load:file=" + log + ":uptimenanos:filecount=0"), event);
    var count = new TreeMap<String, Integer>();
    var time = new TreeMap<String, Double>();
    String before = "JDK";
    long at = 0;
    for (String line : Files.readAllLines(log)) {
      var match = LOADED.matcher(line);
      if (match.matches()) {
        long now = Long.parseLong(match.group(1));
        time.merge(before, (now - at) / 1e6, Double::sum);
        before = owner(match.group(2));
        count.merge(before, 1, Integer::sum);
        at = now;
      }
    }
    System.out.printf("%-32s %8d", name.replace("Function", ""), count.values().stream().mapToInt(i -> i).sum());
    for (String owner : List.of("JDK", "runtime", "SDK", "JSON", "own", "other")) {
      System.out.printf(" %14s", count.getOrDefault(owner, 0) + " (" + Math.round(time.getOrDefault(owner, 0.0)) + ")");
    }
    System.out.println();
  }

  private static String owner(String type) {
    return switch (type) {
      case String t when t.startsWith("software.amazon.awssdk.") -> "SDK";
      case String t when t.startsWith("com.fasterxml.jackson.") -> "JSON";
      case String t when t.startsWith("no.rapport.") -> "own";
      case String t when t.startsWith("com.amazonaws.") -> "runtime";
      case String t when t.startsWith("java.") || t.startsWith("jdk.") || t.startsWith("sun.") || t.startsWith("com.sun.")
          || t.startsWith("javax.") -> "JDK";
      default -> "other";
    };
  }

  /// Unpacks the peer's zip: its class, the libraries of a function that has them all, and the SDK's default HTTP
  /// client.
  private FunctionProcess.Start peer(FunctionProcess.Start like) throws IOException {
    Path root = Files.createDirectories(folder.resolve(PEER).resolve("lib")).getParent();
    Path all = FunctionProcess.asOnLambda(rapport, "CreateBufdirExportFunction", folder).taskRoot().resolve("lib");
    try (var jars = Files.list(all)) {
      for (Path jar : jars.filter(file -> !file.getFileName().toString().startsWith("url-connection-client")).toList()) {
        Files.createSymbolicLink(root.resolve("lib").resolve(jar.getFileName()), jar);
      }
    }
    for (Class<?> type : List.of(Apache5HttpClient.class, org.apache.hc.client5.http.classic.HttpClient.class,
        org.apache.hc.core5.http2.HttpVersionPolicy.class,
        org.apache.hc.core5.http.HttpHost.class)) {
      Path jar = location(type);
      Files.createSymbolicLink(root.resolve("lib").resolve(jar.getFileName()), jar);
    }
    Path classes = Files.createDirectories(root.resolve("no/rapport/benchmarks"));
    for (String name : List.of("PlainReport.class", "PlainReport$Report.class")) {
      try (var in = PlainReport.class.getResourceAsStream(name)) {
        Files.copy(in, classes.resolve(name));
      }
    }
    return new FunctionProcess.Start(root, PlainReport.class.getName(), like.environment(), like.jvmArguments(),
        List.of(), false);
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
