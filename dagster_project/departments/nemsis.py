"""Read patient care reports (Fire): one NEMSIS 3.5 EMSDataSet, streamed.

Belongs here: XML to one row of text per report. Does not belong here: what codes mean.

Sources: NEMSIS 3.5.1 data dictionary and EMSDataSet_v3.xsd. A nil element carries its
reason: ``NV:`` (no value) or ``PN:`` (pertinent negative). A pertinent negative may
stand *beside* a value ("naloxone: refused"); then the text is ``PN:<code>:<value>``,
so that nobody takes the value for something done. Entities, DTDs and the network are
off: no honest report has them, and every known attack through XML does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
from lxml import etree

from dagster_project.departments import appearance
from dagster_project.departments.errors import Refused
from dagster_project.departments.nemsis_columns import COLUMNS, ELEMENTS
from dagster_project.departments.nemsis_ids import report_id, uuid_of
from dagster_project.departments.nemsis_rules import ONCE, TWICE, faults
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import Batch, Chunk, Facts, Source, only_file

NAMESPACES = (
    "{http://www.nemsis.org}",
    "{http://www.nemsis.org/}",
    "{https://www.nemsis.org}",
    "{http://nemsis.org}",
    "",
)
"""The standard's own first, then what is written in its place; no other data set has a
root of this name."""
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ROOTS = tuple(f"{space}EMSDataSet" for space in NAMESPACES)
REPORTS_OF = tuple(f"{space}PatientCareReport" for space in NAMESPACES)
TAKEN = {
    f"{space}{element}": column
    for space in NAMESPACES
    for element, column in ELEMENTS.items()
}
RELEASE = re.compile(r"(?:release-|/)(3\.\d+\.\d+)")
"""The release inside xsi:schemaLocation, in either style NEMSIS itself uses."""
OLDEST = (3, 5)
"""eDisposition.27 to .32 are new in 3.5; without them nobody met looks like someone."""
NOT_TOLD = "3.5, not told"
"""Version of a document whose schemaLocation names no release."""
BEFORE_3_5 = tuple(f"{space}eDisposition.12" for space in NAMESPACES)
"""What 3.3 and 3.4 write in place of those, and 3.5 does not have."""
AGENCY = "{*}DemographicGroup/{*}dAgency.02"
"""Number of the agency whose reports stand under a header."""
REPORTS = 2_000
"""Reports per batch; a report is about 70 short texts."""


def _parser(
    stream, events: tuple[str, ...], tag: tuple[str, ...] | None
) -> etree.iterparse:
    return etree.iterparse(
        stream,
        events=events,
        tag=tag,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _elements(parser: etree.iterparse) -> Iterator[etree._Element]:
    try:
        for _, element in parser:
            yield element
    except etree.XMLSyntaxError as fault:
        # The parser's own words repeat the text around the fault; its kind does not.
        last = fault.error_log.last_error
        if last.type_name in ("ERR_DOCUMENT_END", "ERR_RESERVED_XML_NAME"):
            reason = (
                "something stands after the end of the document or before its first "
                "line; send each EMSDataSet as a file of its own"
            )
            raise Refused("several_documents", reason, line=fault.lineno) from None
        if last.type_name == "ERR_RESOURCE_LIMIT":
            reason = (
                "an element holds more than 10 MB of text or is nested without end; "
                "ask for the export without attachments"
            )
            raise Refused("xml_limit", reason, line=fault.lineno) from None
        kind = last.type_name.removeprefix("ERR_").replace("_", " ").lower()
        reason = f"the XML is broken or cut off ({kind}); send it again"
        raise Refused("not_well_formed", reason, line=fault.lineno) from None


def facts(source: Source) -> Facts:
    """Read the root elements: whether this is NEMSIS, and of which release.

    Raises:
        Refused: A file is not an EMSDataSet, is older than 3.5, or declares a document
            type.
    """
    releases = set()
    for name in _files(source):
        try:
            with source.parts.open(name) as stream:
                releases.add(_release(stream))
        except Refused as refused:
            raise refused.named("", "", name) from refused.__cause__
    release = NOT_TOLD if NOT_TOLD in releases else min(releases)
    return Facts(mode="delta", schema_version=release)


def _files(source: Source) -> Sequence[str]:
    """Return the files with reports: many systems write one for each into a zip."""
    names = appearance.data_files(source.parts.names)
    if all(name.lower().endswith((".xml", ".xml.gz")) for name in names):
        return names
    return [only_file(source)]


def _release(stream: BinaryIO) -> str:
    """Return the release that a document says it is of."""
    root = next(_elements(_parser(stream, ("start",), None)))
    if root.getroottree().docinfo.doctype:
        reason = "the file declares a document type (DTD), which NEMSIS never does"
        raise Refused("dtd", reason, line=1)
    if root.tag not in ROOTS:
        name = etree.QName(root).localname
        other = "its root element is no EMSDataSet"
        if name == "EMSDataSet":
            other = "its EMSDataSet is not in NEMSIS's namespace, http://www.nemsis.org"
        reason = appearance.ROOTS.get(name, other)
        raise Refused("not_nemsis", reason, line=1)
    found = RELEASE.search(root.get(f"{XSI}schemaLocation", ""))
    if found and tuple(map(int, found[1].split(".")[:2])) < OLDEST:
        raise _too_old(found[1], 1)
    return found[1] if found else NOT_TOLD


def _too_old(release: str, line: int) -> Refused:
    reason = (
        f"this is NEMSIS {release}, which tells who refused what by one code "
        "(eDisposition.12); ask for an EMSDataSet of NEMSIS 3.5, which the same "
        "software writes"
    )
    return Refused("old_format", reason, line=line)


def text_of(element: etree._Element) -> str:
    """Return an element's text with its not-value or pertinent negative, if any."""
    text = (element.text or "").strip()
    if not element.attrib:
        return text
    why = element.get("PN")
    if why:
        return f"PN:{why}:{text}" if text else f"PN:{why}"
    why = element.get("NV")
    return f"NV:{why}" if why and not text else text


def row_of(
    report: etree._Element, agency: str, unknown: Counter[str]
) -> dict[str, str]:
    """Return one report as column to text, repeats joined with ``;`` in order.

    Args:
        report: A patient care report.
        agency: Number of the agency in the header it stands under, "" where none is.
        unknown: Gains the sections that hold an element we do not know, each once.
    """
    row = {"pcr_uuid": uuid_of(report.get("UUID")), "dagency_02": agency}
    sections = set()
    for element in report.iter(etree.Element):
        column = TAKEN.get(element.tag)
        if column is None:
            if not len(element) and (element.text or "").strip():
                sections.add(etree.QName(element).localname.partition(".")[0][:40])
            continue
        text = text_of(element)
        if column in row and column in ONCE:
            if text == row[column]:
                continue
            row.setdefault(TWICE, column)
        row[column] = f"{row[column]};{text}" if column in row else text
    unknown.update(sections)
    agencies = row.get("eresponse_01"), agency
    row["report_id"] = report_id(row.get("erecord_01"), agencies, row["pcr_uuid"])
    return row


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the reports one by one; each is forgotten once its row is built."""
    (table,) = source.feed.tables
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    unknown: Counter[str] = Counter()
    first = 1
    for line, agency, report in _reports(source, facts):
        rows.append(row_of(report, agency, unknown))
        if unknown and not table.drops_unknown:
            section = min(unknown)
            reason = f"{section!r} holds elements that nobody agreed on"
            raise Refused("header_unknown", reason, line=line, column=section)
        lines.append(line)
        report.clear()
        while report.getprevious() is not None:
            del report.getparent()[0]
        if len(rows) == REPORTS:
            yield _judged(table, rows, lines, first, unknown)
            first += len(rows)
            rows, lines, unknown = [], [], Counter()
    if rows:
        yield _judged(table, rows, lines, first, unknown)


def _reports(source: Source, facts: Facts) -> Iterator[tuple[int, str, etree._Element]]:
    """Yield each report of each file, with its line and its header's agency."""
    is_told = facts.schema_version != NOT_TOLD
    for name in _files(source):
        header, agency = None, ""
        try:
            with source.parts.open(name) as stream:
                for report in _elements(_parser(stream, ("end",), REPORTS_OF)):
                    line = report.sourceline or 0
                    if not is_told and next(report.iter(*BEFORE_3_5), None) is not None:
                        raise _too_old("3.4 or older", line)
                    if header is not report.getparent():
                        # What stands before a report is gone once it was read.
                        header = report.getparent()
                        agency = (header.findtext(AGENCY) or "").strip()
                    yield line, agency, report
        except Refused as refused:
            raise refused.named("", "", name) from refused.__cause__


def _judged(table, rows, lines, first, unknown) -> Batch:
    columns = {
        column: pa.array([row.get(column) or None for row in rows], pa.string())
        for column in COLUMNS
    }
    return judge(
        Chunk(
            table=table,
            columns=columns,
            first_row=first,
            line_of=lambda at: lines[at],
            elements_left_out=unknown,
        ),
        also=faults(rows),
    )
