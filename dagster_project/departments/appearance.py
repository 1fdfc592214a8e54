"""Say what a file that is of no feed looks like, and what to send in its place.

Belongs here: one sentence for each form that people send by mistake. Does not belong
here: which feed a file is of (``recognise``).

No sentence repeats a word of the file, which may be about people.
"""

import re
from collections.abc import Collection, Sequence

HTML = re.compile(r"<(!doctype\s+)?html", re.IGNORECASE)
XML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
XML_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
"""The first tag; comments, declarations and document types begin otherwise."""
ROOTS = {
    "DEMDataSet": "it is a NEMSIS DEMDataSet, which holds no patient care report",
    "StateDataSet": "it is a NEMSIS StateDataSet, which holds no patient care report",
    "PatientCareReport": "it is a report without the EMSDataSet around it",
    "Envelope": "it is a SOAP message; send the EMSDataSet inside it",
    "Bundle": "it is FHIR in XML; ask for JSON: a bulk export, or Bundles",
    "response": "it is the rows in XML; send them as CSV or JSON",
}
"""Root of an XML document to what to do with it."""
OBJECTS = (
    (
        re.compile(r'"resourceType"\s*:\s*"Bundle"'),
        "it is a FHIR Bundle; no feed of this department takes FHIR",
    ),
    (
        re.compile(r'\A[^"]*"resourceType"\s*:\s*"[A-Z]'),
        "it is one FHIR resource over several lines; send NDJSON, one resource a line",
    ),
    (
        re.compile(r'"type"\s*:\s*"FeatureCollection"'),
        "it is GeoJSON; send CSV or JSON",
    ),
    (re.compile(r'\A\{\s*"(?:error|code|message)"'), "it is a server's error message"),
    (
        re.compile(r"\}\s*\n\s*\{"),
        "it is JSON objects one after another; send them as one array",
    ),
)
"""What marks a JSON object as something in particular."""
WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a workbook of Excel before 2007."""
OF_WORKBOOK = "it is a workbook of Excel; save it as CSV (UTF-8)"
BINARY = (
    ("%PDF", "it is a PDF; ask for the data as a file"),
    (WORKBOOK.decode(errors="replace"), OF_WORKBOOK),
    ("Rar!", "it is a RAR archive; send a zip"),
    ("7z\ufffd\ufffd", "it is a 7-Zip archive; send a zip"),
)
"""How a file begins that is none of text, and what to send in its place."""
TAR = slice(257, 262)
"""Where a tar says of itself that it is one: ``ustar``."""
RESOURCES = re.compile(r'"resourceType"\s*:')
DOCUMENT = re.compile(r"(?i)(read[ _-]?me|licen[cs]e)\b.*|.*\.(pdf|docx?|md|html?|rtf)")
"""What people lay beside the data to explain them."""
SPREADSHEET = re.compile(r"(?i)(xl/workbook\.xml|content\.xml)")


def root_of(text: str) -> str:
    """Return the name of an XML document's root, "" where none begins."""
    root = XML_ROOT.search(XML_COMMENT.sub("", text))
    return root[1] if root else ""


def of_text(text: str) -> str:
    """Say what a file is that begins with this text."""
    if not text:
        return "it is empty"
    if HTML.match(text):
        return "it is a web page, perhaps an error or a log-in form"
    for begins, sentence in BINARY:
        if text.startswith(begins):
            return sentence
    if text[TAR] == "ustar":
        return "it is a tar archive; send a zip"
    if "\0" in text:
        return "it is not text"
    if text[0] == "<":
        return ROOTS.get(root_of(text), "it is XML without them")
    if text[0] == "{":
        told = (sentence for mark, sentence in OBJECTS if mark.search(text))
        return next(told, "it is one JSON object, not an array of rows")
    if text[0] == "[":
        if RESOURCES.search(text):
            return "it is an array of FHIR resources; send NDJSON, one resource a line"
        if not text[1:].strip(" \t\r\n]"):
            return "it is an empty JSON array"
        return "it is a JSON array without them"
    return "it is text without them"


def data_files(names: Sequence[str]) -> tuple[str, ...]:
    """Return the files that may hold data: all but a read-me, if any others are there.

    >>> data_files(("export/cad.csv", "export/README.txt"))
    ('export/cad.csv',)
    """
    data = [n for n in names if not DOCUMENT.fullmatch(n.rsplit("/", 1)[-1])]
    return tuple(data or names)


def of_spreadsheet(names: Collection[str]) -> str:
    """Say what to do with a zip that is a spreadsheet, "" if it is none."""
    is_one = any(map(SPREADSHEET.fullmatch, names))
    return "it is a spreadsheet; save it as CSV (UTF-8)" if is_one else ""


def of_archive(names: Collection[str]) -> str:
    """Say what a zip is that holds files of these names."""
    if sentence := of_spreadsheet(names):
        return sentence
    if len(names) == 1:
        return "the one file in it is none of these"
    return (
        "it is an archive and no export; send its files one by one, or the folder "
        "unpacked"
    )
