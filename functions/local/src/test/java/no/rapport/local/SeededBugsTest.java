package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/// Tests that the test suite catches known bugs. `seeded-bugs.txt` lists code changes; a test must fail for each of
/// them.
///
/// `mvn verify` checks only that the list fits the source. This command applies all changes, one at a time, each in its
/// own JVM (about ten minutes):
///
///     mvn test -pl functions/local -am -Drapport.excluded.tests=none -Dgroups=soak -Dtest=SeededBugsTest
///       -Dsurefire.failIfNoSpecifiedTests=false
///
/// `-Drapport.bug=<pattern>` applies only those whose description contains the pattern.
class SeededBugsTest {

  private static final Path HOME = Options.home().toAbsolutePath();

  /// @param module of the test that must fail
  private record Bug(String what, Path file, String module, String test, String right, String wrong) {

    String source() throws IOException {
      return Files.readString(HOME.resolve(file));
    }

    String seeded() throws IOException {
      return source().replace(right, wrong);
    }
  }

  private static List<Bug> bugs() throws IOException {
    try (var in = SeededBugsTest.class.getResourceAsStream("seeded-bugs.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Bug> bugs = new ArrayList<>();
      Stream.of(text.split("\n\n")).skip(1).map(block -> block.strip().split("\n")).forEach(lines -> {
        assertThat(lines).as(lines[0]).hasSize(5);
        String[] caught = lines[2].substring("caught by ".length()).split(" ");
        bugs.add(new Bug(lines[0], Path.of(lines[1].substring("in ".length())), caught[0], caught[1],
            lines[3].substring(2), lines[4].substring(2)));
      });
      return bugs;
    }
  }

  @Test
  void everyBugStillFitsTheSource() throws IOException {
    assertThat(bugs()).hasSizeGreaterThanOrEqualTo(30);
    for (Bug bug : bugs()) {
      assertThat(bug.source().split(Pattern.quote(bug.right()), -1)).as(bug.what()).hasSize(2);
      String name = bug.test().replace('.', '/') + ".java";
      assertThat(HOME.resolve("functions").resolve(bug.module()).resolve("src/test/java").resolve(name)).exists();
    }
  }

  @Test
  @Tag("soak")
  void everyBugIsCaught(@TempDir Path folder) throws Exception {
    List<Bug> chosen = bugs().stream()
        .filter(bug -> Pattern.compile(System.getProperty("rapport.bug", "")).matcher(bug.what()).find()).toList();
    for (String test : new TreeSet<>(chosen.stream().map(bug -> bug.module() + " " + bug.test()).toList())) {
      String[] words = test.split(" ");
      assertThat(run(Files.createDirectories(folder.resolve("none")), words[0], words[1]))
          .as(test + " without a bug").isZero();
    }
    var missed = new ArrayList<String>();
    int number = 0;
    for (Bug bug : chosen) {
      Path classes = Files.createDirectories(folder.resolve("bug" + ++number));
      compile(bug, classes);
      int exit = run(classes, bug.module(), bug.test());
      System.out.println((exit == 1 ? "caught: " : "MISSED (" + exit + "): ") + bug.what());
      if (exit != 1) {
        missed.add(bug.what());
      }
    }
    System.out.println(chosen.size() + " bugs, " + (chosen.size() - missed.size()) + " caught");
    assertThat(missed).isEmpty();
  }

  private static void compile(Bug bug, Path classes) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    String name = bug.file().getFileName().toString();
    String seeded = bug.seeded();
    var source = new SimpleJavaFileObject(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return seeded;
      }
    };
    assertThat(compiler.getTask(null, null, null,
        List.of("-d", classes.toString(), "-classpath", classPath(), "-proc:none", "-nowarn"), null, List.of(source)).call())
        .as("compiles: " + bug.what()).isTrue();
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static int run(Path classes, String module, String test) throws IOException, InterruptedException {
    Path tests = HOME.resolve("functions").resolve(module).resolve("target/test-classes");
    String path = String.join(File.pathSeparator, classes.toString(), tests.toString(), classPath());
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g", "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", "-Drapport.home=" + HOME, "-Drapport.faults.single=60", "-Drapport.faults.pairs=0",
        "-classpath", path, SeededBugsTest.class.getName(), test)
        .directory(HOME.resolve("functions").resolve(module).toFile())
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      return 1; // a test that does not end would fail the build too
    }
    return process.exitValue();
  }

  /// Runs one test class. Exits with 0 if all tests pass, 1 if a test fails, 2 if none could be run.
  public static void main(String[] test) {
    var listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
        .selectors(DiscoverySelectors.selectClass(test[0])).filters(TagFilter.excludeTags("soak")).build(), listener);
    var summary = listener.getSummary();
    Runtime.getRuntime().halt(summary.getTestsStartedCount() == 0 ? 2 : summary.getTotalFailureCount() > 0 ? 1 : 0);
  }
}
