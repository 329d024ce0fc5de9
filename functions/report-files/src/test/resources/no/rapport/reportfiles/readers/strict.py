# Prints a sheet as JSON rows. Stricter than the format: every row must have its number, one above the one before it.
import json, sys, zipfile
from xml.etree import ElementTree

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
path, sheet = sys.argv[1:]
rows = []
with zipfile.ZipFile(path) as file:
    if file.testzip() is not None:
        sys.exit("broken entry")
    for row in ElementTree.fromstring(file.read("xl/worksheets/sheet%s.xml" % sheet)).iter(NS + "row"):
        if row.attrib["r"] != str(len(rows) + 1):
            sys.exit("row %d has the number %s" % (len(rows) + 1, row.attrib["r"]))
        rows.append(["".join(text.text or "" for text in cell.iter() if text.tag in (NS + "t", NS + "v"))
                     for cell in row.iter(NS + "c")])
json.dump(rows, sys.stdout)
