package no.rapport.sourceimports;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A document of the national register: one complete case, as it was when the document was extracted.
///
/// @param extractedAt when the case system wrote the document, `DatoUttrekk`
/// @param organizationNumber the number of the service that delivers the document
/// @param caseId `Sak/@Id` in lower case
/// @param deleted `{type}#{id}` of the elements that the document declares deleted
record RegisterDocument(
    Instant extractedAt, String sourceSystem, String organizationNumber, Optional<String> districtNumber, String caseId,
    RegisterElement sak, Set<String> deleted) {

  static final ZoneId ZONE = ZoneId.of("Europe/Oslo");
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  private static final int MAX_SOURCE_SYSTEM = 64;

  /// Reads the parts that every document must have.
  static RegisterDocument of(RegisterElement root) throws UnreadableDocument {
    Instant extractedAt = time(root.attribute("DatoUttrekk").orElse(""))
        .orElseThrow(() -> new UnreadableDocument(root.line(), "lacks DatoUttrekk, or it is not a valid time"));
    RegisterElement system = required(root, "Fagsystem");
    String name = system.attribute("Navn").filter(text -> !text.isEmpty())
        .orElseThrow(() -> new UnreadableDocument(system.line(), "lacks Fagsystem/@Navn"));
    RegisterElement sender = required(root, "Avgiver");
    String number = sender.attribute("Organisasjonsnummer").filter(text -> text.matches("[0-9]{9}"))
        .orElseThrow(() -> new UnreadableDocument(
            sender.line(), "lacks Avgiver/@Organisasjonsnummer, or it does not have nine digits"));
    RegisterElement sak = required(root, "Sak");
    String caseId = id(sak).orElseThrow(() -> new UnreadableDocument(sak.line(), "lacks Sak/@Id, or it is not a UUID"));
    return new RegisterDocument(extractedAt, shortened(name), number,
        sender.attribute("Bydelsnummer").filter(text -> !text.isEmpty()), caseId, sak, deleted(sak));
  }

  private static RegisterElement required(RegisterElement root, String child) throws UnreadableDocument {
    List<RegisterElement> found = root.all(child);
    if (found.size() != 1) {
      throw new UnreadableDocument(root.line(), "must have one element " + child + ", not " + found.size());
    }
    return found.getFirst();
  }

  private static String shortened(String name) {
    return name.length() <= MAX_SOURCE_SYSTEM ? name : name.substring(0, MAX_SOURCE_SYSTEM).strip();
  }

  private static Set<String> deleted(RegisterElement sak) {
    var deleted = new HashSet<String>();
    sak.stream("Slettet").forEach(element -> id(element)
        .ifPresent(id -> deleted.add(element.attribute("Type").orElse("") + "#" + id)));
    sak.children().stream().filter(RegisterElement::isMarkedDeleted)
        .forEach(element -> id(element).ifPresent(id -> deleted.add(element.name() + "#" + id)));
    return Set.copyOf(deleted);
  }

  /// Returns the day of `DatoUttrekk`.
  LocalDate extractedOn() {
    return LocalDate.ofInstant(extractedAt, ZONE);
  }

  /// Returns whether the whole case is deleted.
  boolean isDeleted() {
    return sak.isMarkedDeleted();
  }

  boolean isDeleted(RegisterElement element) {
    return isDeleted() || element.isMarkedDeleted()
        || id(element).filter(id -> deleted.contains(element.name() + "#" + id)).isPresent();
  }

  /// Returns the parts of the case that have a name and are not deleted.
  List<RegisterElement> live(String name) {
    return sak.stream(name).filter(element -> !isDeleted(element)).toList();
  }

  /// Returns the birth date from the newest `Personalia`. Before version 2.0 it was an attribute of `Sak`.
  Optional<String> birthDate() {
    return live("Personalia").stream()
        .max(Comparator.comparing(element -> date(element, "StartDato").orElse(LocalDate.MIN)))
        .flatMap(element -> element.attribute("Fodseldato"))
        .or(() -> sak.attribute("Fodseldato"))
        .map(RegisterDocument::isoDate);
  }

  /// Returns an element's id in lower case, or empty if it is not a UUID.
  static Optional<String> id(RegisterElement element) {
    return element.attribute("Id").map(id -> id.toLowerCase(Locale.ROOT)).filter(id -> ID.matcher(id).matches());
  }

  /// Returns the conclusion of a part, or empty if it has none or its conclusion is deleted.
  static Optional<RegisterElement> conclusion(RegisterElement part) {
    return part.stream("Konklusjon").filter(element -> !element.isMarkedDeleted()).findFirst();
  }

  static Optional<LocalDate> date(RegisterElement element, String attribute) {
    return element.attribute(attribute).flatMap(RegisterDocument::date);
  }

  /// Returns a date in the form of the import files; returns any other text unchanged.
  static String isoDate(String text) {
    return date(text).map(LocalDate::toString).orElse(text);
  }

  private static Optional<LocalDate> date(String text) {
    try {
      if (text.indexOf('T') > 0) {
        return time(text).map(time -> LocalDate.ofInstant(time, ZONE));
      }
      // A date may have an offset, which is ignored: it is a day in Norway.
      boolean zoned = text.length() > 10 && "Z+-".indexOf(text.charAt(10)) >= 0;
      return Optional.of(LocalDate.parse(zoned ? text.substring(0, 10) : text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// Parses a time. A time without an offset is in Norwegian time.
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      // It may be a time without an offset.
    }
    try {
      return Optional.of(LocalDateTime.parse(text).atZone(ZONE).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// Contains nothing about the case.
  @Override
  public String toString() {
    return "RegisterDocument";
  }
}
