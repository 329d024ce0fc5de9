# Prints a sheet as JSON rows, read as a stream and as a whole.
import datetime, json, sys, warnings
import openpyxl as reader

warnings.simplefilter("ignore")
path, sheet = sys.argv[1:]

def text(value):
    return "" if value is None else value.date().isoformat() if isinstance(value, datetime.datetime) else str(value)

def rows(read_only):
    workbook = reader.load_workbook(path, read_only=read_only)
    return [[text(value) for value in row] for row in workbook.worksheets[int(sheet) - 1].iter_rows(values_only=True)]

if rows(True) != rows(False):
    sys.exit("the stream differs")
json.dump(rows(True), sys.stdout)
