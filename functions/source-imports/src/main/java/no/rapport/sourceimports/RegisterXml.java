package no.rapport.sourceimports;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Parses a document of the national register.
///
/// It keeps only the attributes that are named below. Identity numbers, names, journal numbers and free text never
/// leave the parser. Nothing outside the document is read: a document type declaration is rejected, and so are all
/// entities except the five of XML itself.
final class RegisterXml {

  /// Larger than any real case: one with every detail of 25 years has a few hundred kilobytes.
  static final int MAX_BYTES = 8 * 1024 * 1024;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ELEMENTS = 40_000;
  private static final int MAX_VALUE = 300;
  private static final int MAX_TEXT = 16;
  /// The depth of the children of `Sak`, the parts whose content is compared.
  private static final int PART_DEPTH = 3;
  private static final String ROOT = "Barnevern";
  private static final String IDENTITY = "Id";
  private static final String MIGRATED = "MigrertId";

  private static final Set<String> KEPT_ATTRIBUTES = Set.of(
      IDENTITY, "StartDato", "SluttDato", "Kode", "ErSlettet", "UtfortDato", "Innvilget", "Plantype", "TilbudSendtDato",
      "FraId", "FraType", "TilId", "TilType", "Type", "Fodseldato", "DatoUttrekk", "Navn", "Organisasjonsnummer",
      "Bydelsnummer", "EndretDato");
  private static final Set<String> KEPT_TEXTS = Set.of("Lov", "Kapittel", "Paragraf", "Ledd", "Punktum");

  private static final XMLInputFactory FACTORY = factory();

  private final XMLStreamReader reader;
  private final MessageDigest digest;
  private int elements;

  private RegisterXml(XMLStreamReader reader) {
    this.reader = reader;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is not available", e);
    }
  }

  private static XMLInputFactory factory() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setXMLResolver((_, _, _, _) -> {
      throw new XMLStreamException("Nothing outside the document is read");
    });
    return factory;
  }

  /// Parses the root element and everything below it.
  static RegisterElement read(byte[] document) throws UnreadableDocument {
    if (document.length > MAX_BYTES) {
      throw new UnreadableDocument(0, "is larger than " + MAX_BYTES / (1024 * 1024) + " MB");
    }
    XMLStreamReader reader = null;
    try {
      reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(document));
      return new RegisterXml(reader).document();
    } catch (XMLStreamException | RuntimeException e) {
      // The parser's own message quotes the document, and for some damage the parser throws undeclared exceptions.
      throw new UnreadableDocument(
          reader == null ? 0 : Math.max(0, reader.getLocation().getLineNumber()), "is not well-formed XML");
    } finally {
      close(reader);
    }
  }

  private static void close(XMLStreamReader reader) {
    try {
      if (reader != null) {
        reader.close();
      }
    } catch (XMLStreamException e) {
      // The reader reads from memory, so no resource stays open.
    }
  }

  private RegisterElement document() throws XMLStreamException, UnreadableDocument {
    RegisterElement root = null;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (!reader.getLocalName().equals(ROOT)) {
            throw unreadable("is not a document of the national register: its root element is not Barnevern");
          }
          root = element(1);
        }
        case XMLStreamConstants.DTD -> throw unreadable("must not have a document type declaration");
        case XMLStreamConstants.ENTITY_REFERENCE -> throw unreadable("must not use entities of its own");
        default -> { }
      }
    }
    if (root == null) {
      throw unreadable("is not well-formed XML");
    }
    return root;
  }

  private RegisterElement element(int depth) throws XMLStreamException, UnreadableDocument {
    if (depth > MAX_DEPTH) {
      throw unreadable("has elements more than " + MAX_DEPTH + " deep");
    }
    if (++elements > MAX_ELEMENTS) {
      throw unreadable("has more than " + MAX_ELEMENTS + " elements");
    }
    String name = reader.getLocalName();
    long line = reader.getLocation().getLineNumber();
    Map<String, String> attributes = attributes(name, depth);
    List<RegisterElement> children = new ArrayList<>();
    var text = new StringBuilder();
    boolean keepsText = KEPT_TEXTS.contains(name);
    int event = reader.next();
    while (event != XMLStreamConstants.END_ELEMENT) {
      switch (event) {
        case XMLStreamConstants.START_ELEMENT -> children.add(element(depth + 1));
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (keepsText && text.length() + reader.getTextLength() <= MAX_TEXT) {
            text.append(reader.getText());
          } else if (keepsText) {
            throw unreadable("has a legal basis with more than " + MAX_TEXT + " characters");
          }
        }
        case XMLStreamConstants.ENTITY_REFERENCE -> throw unreadable("must not use entities of its own");
        default -> { }
      }
      event = reader.next();
    }
    hash(depth, "/" + name + "=" + text.toString().strip());
    String contentHash = depth == PART_DEPTH ? HexFormat.of().formatHex(digest.digest()) : "";
    return new RegisterElement(
        name, line, Map.copyOf(attributes), List.copyOf(children), text.toString().strip(), contentHash);
  }

  private Map<String, String> attributes(String name, int depth) throws UnreadableDocument {
    var kept = new HashMap<String, String>();
    var hashed = new TreeMap<String, String>();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String attribute = reader.getAttributeLocalName(i);
      String value = reader.getAttributeValue(i).strip();
      if (!attribute.equals(IDENTITY) && !attribute.equals(MIGRATED)) {
        hashed.put(attribute, value);
      }
      if (attribute.equals(MIGRATED)) {
        kept.put(MIGRATED, "");
      } else if (KEPT_ATTRIBUTES.contains(attribute)) {
        if (value.length() > MAX_VALUE) {
          throw unreadable("has an attribute " + attribute + " with more than " + MAX_VALUE + " characters");
        }
        kept.put(attribute, value);
      }
    }
    hash(depth, name + hashed);
    return kept;
  }

  private void hash(int depth, String content) {
    if (depth == PART_DEPTH) {
      // The hash so far belongs to the part before.
      if (!content.startsWith("/")) {
        digest.reset();
      }
    }
    if (depth >= PART_DEPTH) {
      digest.update(content.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
  }

  private UnreadableDocument unreadable(String reason) {
    return new UnreadableDocument(Math.max(0, reader.getLocation().getLineNumber()), reason);
  }
}
