package no.rapport.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/// Prints in one line which tests the build skipped, and why. `mvn verify` runs it after all tests.
///
/// The arguments are the project's folder and the time at which the build began, in UTC as `yyyyMMddHHmmss`: reports of
/// earlier builds do not count.
final class SkippedTests {

  private static final DateTimeFormatter BUILD_TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  private SkippedTests() {}

  public static void main(String[] arguments) throws IOException, ParserConfigurationException, SAXException {
    System.out.println(summary(Path.of(arguments[0]),
        LocalDateTime.parse(arguments[1], BUILD_TIME).toInstant(ZoneOffset.UTC)));
  }

  /// Returns the line for the reports below `home` that were written since then.
  static String summary(Path home, Instant since) throws IOException, ParserConfigurationException, SAXException {
    int tests = 0;
    int skips = 0;
    var skipped = new TreeSet<String>();
    var parser = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
    for (Path report : reports(home, since)) {
      var cases = parser.parse(report.toFile()).getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        var test = (Element) cases.item(i);
        tests++;
        if (test.getElementsByTagName("skipped").item(0) instanceof Element skip) {
          skips++;
          String className = test.getAttribute("classname");
          String why = (skip.getAttribute("message") + "\n" + skip.getTextContent()).lines().filter(line -> !line.isBlank())
              .findFirst().orElse("no reason given").replaceFirst("^.*Assumption failed: ", "");
          skipped.add(className.substring(className.lastIndexOf('.') + 1) + " (" + why + ")");
        }
      }
    }
    return "Skipped " + skips + " of " + tests + " tests" + (skipped.isEmpty() ? "." : ": " + String.join("; ", skipped));
  }

  private static List<Path> reports(Path home, Instant since) throws IOException {
    try (Stream<Path> modules = Files.list(home.resolve("functions"))) {
      return modules.map(module -> module.resolve("target/surefire-reports")).filter(Files::isDirectory)
          .flatMap(SkippedTests::files)
          .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
          .filter(file -> !lastModified(file).isBefore(since)).sorted().toList();
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant lastModified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
