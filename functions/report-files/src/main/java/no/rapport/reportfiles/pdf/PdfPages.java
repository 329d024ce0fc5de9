package no.rapport.reportfiles.pdf;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.ReportLocale;

/// Writes the pages of a tagged PDF report one by one, with the structure tree for assistive technology. Lengths are in
/// tenths of a point from the lower left corner of a landscape A4 page.
final class PdfPages {

  /// Characters that XML 1.0 cannot contain.
  private static final Pattern CONTROL_CHARACTER = Pattern.compile("[\\x00-\\x1F\\uFFFE\\uFFFF]");

  static final int WIDTH = 8419;
  static final int HEIGHT = 5953;
  static final int MARGIN = 360;
  static final int LEFT = MARGIN;
  static final int RIGHT = WIDTH - MARGIN;
  static final int TOP = HEIGHT - MARGIN;
  static final int BOTTOM = MARGIN + 180;

  private static final int FOOTER_BASELINE = MARGIN - 60;
  private static final int ROOM_FOR_NUMBER = 1_000;
  private static final int PAGES_A_NODE = 64;

  private final PdfObjects objects;
  private final PdfFonts fonts = new PdfFonts();
  private final ReportLocale locale;
  private final String footer;
  private final int pageTree;
  private final int resources;
  private final int total;
  private final int structureRoot;
  private final int parentTree;
  private final Bytes content = new Bytes(1 << 16);
  private final Bytes rules = new Bytes(1 << 12);
  private final Bytes parents = new Bytes(1 << 12);
  private final Bytes parentNumbers = new Bytes(1 << 12);
  private final Bytes nodes = new Bytes(1 << 10);
  private final Bytes nodePages = new Bytes(1 << 10);
  private final Deque<Element> open = new ArrayDeque<>();
  private final List<Bookmark> bookmarks = new ArrayList<>();
  private int node;
  private int pagesOfNode;
  private int page;
  private int pageCount;
  private int marks;
  private boolean inPage;
  /// The top of the next content.
  private int y;

  private record Bookmark(String title, int page, int top) {}

  private static final class Element {
    private final int id;
    private final String type;
    private final String attributes;
    private final Bytes kids = new Bytes(64);

    private Element(int id, String type, String attributes) {
      this.id = id;
      this.type = type;
      this.attributes = attributes;
    }
  }

  PdfPages(PdfObjects objects, ReportLocale locale, String footer) {
    this.objects = objects;
    this.locale = locale;
    this.footer = PdfText.lines(PdfStyle.FOOTER.font(), PdfText.shown(footer),
        PdfStyle.FOOTER.inThousandths(RIGHT - LEFT - ROOM_FOR_NUMBER), 1).getFirst();
    pageTree = objects.reserve();
    resources = objects.reserve();
    total = objects.reserve();
    structureRoot = objects.reserve();
    parentTree = objects.reserve();
    open.push(new Element(objects.reserve(), "Document", ""));
  }

  Bytes content() {
    return content;
  }

  ReportLocale locale() {
    return locale;
  }

  PdfFonts fonts() {
    return fonts;
  }

  int y() {
    return y;
  }

  void moveDown(int by) {
    y -= by;
  }

  /// Returns whether content of that height fits on the page.
  boolean hasRoom(int height) {
    return inPage && y - height >= BOTTOM;
  }

  void newPage() throws IOException {
    endPage();
    page = objects.reserve();
    pageCount++;
    marks = 0;
    inPage = true;
    y = TOP;
  }

  private void endPage() throws IOException {
    if (!inPage) {
      return;
    }
    inPage = false;
    if (rules.length > 0) {
      content.put("/Artifact BMC 0.83 0.86 0.89 RG 0.4 w\n");
      content.put(rules.array, 0, rules.length);
      content.put("S EMC\n");
      rules.length = 0;
    }
    putFooter();
    int stream = objects.reserve();
    objects.stream(stream, "", content.array, content.length);
    content.length = 0;
    if (pagesOfNode == 0) {
      node = objects.reserve();
    }
    int parentArray = objects.reserve();
    Bytes object = objects.begin(page);
    object.put("<</Type/Page/Parent " + node + " 0 R/MediaBox[0 0 841.9 595.3]/Resources " + resources
        + " 0 R/Contents " + stream + " 0 R/StructParents " + (pageCount - 1) + "/Tabs/S>>");
    objects.end();
    object = objects.begin(parentArray);
    object.put('[');
    object.put(parents.array, 0, parents.length);
    object.put(']');
    objects.end();
    parents.length = 0;
    parentNumbers.put((pageCount - 1) + " " + parentArray + " 0 R ");
    nodePages.put(page + " 0 R ");
    if (++pagesOfNode == PAGES_A_NODE) {
      endNode();
    }
  }

  private void endNode() throws IOException {
    if (pagesOfNode == 0) {
      return;
    }
    Bytes object = objects.begin(node);
    object.put("<</Type/Pages/Parent " + pageTree + " 0 R/Count " + pagesOfNode + "/Kids[");
    object.put(nodePages.array, 0, nodePages.length);
    object.put("]>>");
    objects.end();
    nodePages.length = 0;
    nodes.put(node + " 0 R ");
    pagesOfNode = 0;
  }

  /// The total number of pages is drawn by one form, which is written when the number is known. Its width is unknown
  /// before, so no text follows it on the line.
  private void putFooter() {
    content.put("/Artifact<</Type/Pagination/Subtype/Footer>>BDC BT ");
    String number = PdfText.shown(Wording.PAGE.in(locale) + " " + pageCount + " " + Wording.OF.in(locale) + " ");
    content.put(PdfStyle.FOOTER.operators());
    putLine(PdfStyle.FOOTER, RIGHT - PdfStyle.FOOTER.width(footer), FOOTER_BASELINE, footer);
    putLine(PdfStyle.FOOTER, LEFT, FOOTER_BASELINE, number);
    content.put("ET q 1 0 0 1 ");
    putTenths(LEFT + PdfStyle.FOOTER.width(number));
    putTenths(FOOTER_BASELINE);
    content.put("cm /Total Do Q EMC\n");
  }

  /// A length in points, and a space.
  void putTenths(int tenths) {
    putTenths(content, tenths);
  }

  static void putTenths(Bytes bytes, int tenths) {
    int rest = tenths;
    if (rest < 0) {
      bytes.put('-');
      rest = -rest;
    }
    bytes.putNumber(rest / 10);
    if (rest % 10 != 0) {
      bytes.put('.');
      bytes.put('0' + rest % 10);
    }
    bytes.put(' ');
  }

  /// A line of shown text within a text object whose font is set.
  void putLine(PdfStyle style, int x, int baseline, String shown) {
    content.put("1 0 0 1 ");
    putTenths(x);
    putTenths(baseline);
    content.put("Tm(");
    PdfText.put(content, PdfText.leftToRight(shown), fonts.used(style));
    content.put(")Tj ");
  }

  /// A text object of one line.
  void putText(PdfStyle style, int x, int baseline, String shown) {
    content.put("BT ");
    content.put(style.operators());
    putLine(style, x, baseline, shown);
    content.put("ET\n");
  }

  void putRectangle(String colour, int x, int bottom, int width, int height) {
    content.put(colour);
    content.put(' ');
    putTenths(x);
    putTenths(bottom);
    putTenths(width);
    putTenths(height);
    content.put("re f\n");
  }

  /// A hairline across the page, drawn as decoration when the page ends.
  void rule(int at) {
    putTenths(rules, LEFT);
    putTenths(rules, at);
    rules.put("m ");
    putTenths(rules, RIGHT);
    putTenths(rules, at);
    rules.put("l\n");
  }

  void beginArtifact() {
    content.put("/Artifact BMC\n");
  }

  void endArtifact() {
    content.put("EMC\n");
  }

  /// Opens an element of the structure that holds others.
  ///
  /// @param attributes further entries of its dictionary
  void open(String type, String attributes) {
    Element element = new Element(objects.reserve(), type, attributes);
    addKid(element.id);
    open.push(element);
  }

  private void addKid(int id) {
    Bytes kids = open.element().kids;
    kids.putNumber(id);
    kids.put(" 0 R ");
  }

  void close() throws IOException {
    Element element = open.pop();
    int parent = open.isEmpty() ? structureRoot : open.element().id;
    Bytes object = objects.begin(element.id);
    object.put("<</Type/StructElem/S/" + element.type + "/P " + parent + " 0 R" + element.attributes + "/K[");
    object.put(element.kids.array, 0, element.kids.length);
    object.put("]>>");
    objects.end();
  }

  /// Begins content that is one element of the structure.
  void beginLeaf(String type, String attributes) throws IOException {
    int id = objects.reserve();
    addKid(id);
    Bytes object = objects.begin(id);
    object.put("<</Type/StructElem/S/");
    object.put(type);
    object.put("/P ");
    object.putNumber(open.element().id);
    object.put(" 0 R/Pg ");
    object.putNumber(page);
    object.put(" 0 R");
    object.put(attributes);
    object.put("/K ");
    object.putNumber(marks);
    object.put(">>");
    objects.end();
    parents.putNumber(id);
    parents.put(" 0 R ");
    content.put('/');
    content.put(type);
    content.put("<</MCID ");
    content.putNumber(marks++);
    content.put(">>BDC ");
  }

  void endLeaf() {
    content.put("EMC\n");
  }

  /// An element without content, such as an empty cell.
  void emptyLeaf(String type) throws IOException {
    int id = objects.reserve();
    addKid(id);
    objects.put(id, "<</Type/StructElem/S/" + type + "/P " + open.element().id + " 0 R>>");
  }

  /// An entry of the document's outline that leads to the present place.
  void bookmark(String title) {
    bookmarks.add(new Bookmark(title, page, y));
  }

  /// Writes all that is left.
  ///
  /// @param title of the document
  void finish(String title, String author) throws IOException {
    endPage();
    endNode();
    Element document = open.element();
    while (!open.isEmpty()) {
      close();
    }
    objectsOf(pageTree, "<</Type/Pages/Count " + pageCount + "/Kids[", nodes, "]>>");
    objectsOf(parentTree, "<</Nums[", parentNumbers, "]>>");
    objects.put(structureRoot, "<</Type/StructTreeRoot/K " + document.id + " 0 R/ParentTree " + parentTree
        + " 0 R/ParentTreeNextKey " + pageCount + ">>");
    writeTotal();
    objects.put(resources, "<<" + fonts.write(objects) + "/XObject<</Total " + total + " 0 R>>>>");
    int outlines = writeOutlines();
    byte[] metadata = metadata(title, author);
    int metadataId = objects.reserve();
    objects.stream(metadataId, "/Type/Metadata/Subtype/XML", metadata, metadata.length);
    int catalog = objects.put("<</Type/Catalog/Pages " + pageTree + " 0 R/Lang(" + locale.tag()
        + ")/MarkInfo<</Marked true>>/StructTreeRoot " + structureRoot + " 0 R/Outlines " + outlines
        + " 0 R/PageMode/UseOutlines/ViewerPreferences<</DisplayDocTitle true>>/Metadata " + metadataId + " 0 R>>");
    int info = objects.put("<</Title " + PdfText.string(title) + "/Author " + PdfText.string(author)
        + "/Producer(Rapport)>>");
    objects.finish(catalog, info);
  }

  private void objectsOf(int id, String before, Bytes middle, String after) throws IOException {
    Bytes object = objects.begin(id);
    object.put(before);
    object.put(middle.array, 0, middle.length);
    object.put(after);
    objects.end();
  }

  private void writeTotal() throws IOException {
    content.length = 0;
    putText(PdfStyle.FOOTER, 0, 0, ReportDates.format(pageCount, locale));
    objects.stream(total, "/Type/XObject/Subtype/Form/BBox[0 -3 60 10]/Resources " + resources + " 0 R", content.array,
        content.length);
    content.length = 0;
  }

  private int writeOutlines() throws IOException {
    int root = objects.reserve();
    int first = 0;
    int last = 0;
    int[] ids = bookmarks.stream().mapToInt(bookmark -> objects.reserve()).toArray();
    for (int i = 0; i < ids.length; i++) {
      Bookmark bookmark = bookmarks.get(i);
      first = ids[0];
      last = ids[i];
      objects.put(ids[i], "<</Title " + PdfText.string(bookmark.title()) + "/Parent " + root + " 0 R"
          + (i > 0 ? "/Prev " + ids[i - 1] + " 0 R" : "") + (i + 1 < ids.length ? "/Next " + ids[i + 1] + " 0 R" : "")
          + "/Dest[" + bookmark.page() + " 0 R/XYZ 0 " + (bookmark.top() / 10 + 10) + " null]>>");
    }
    objects.put(root, "<</Type/Outlines/First " + first + " 0 R/Last " + last + " 0 R/Count " + ids.length + ">>");
    return root;
  }

  private byte[] metadata(String title, String author) {
    Bytes xml = new Bytes(1024);
    xml.put("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF"
        + " xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\""
        + " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">"
        + "<pdfuaid:part>1</pdfuaid:part><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
    putXml(xml, title);
    xml.put("</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>");
    putXml(xml, author);
    xml.put("</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>" + locale.tag()
        + "</rdf:li></rdf:Bag></dc:language></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>");
    return xml.toByteArray();
  }

  private static void putXml(Bytes xml, String text) {
    xml.put(CONTROL_CHARACTER.matcher(text).replaceAll(" ").replace("&", "&amp;").replace("<", "&lt;")
        .replace(">", "&gt;"));
  }
}
