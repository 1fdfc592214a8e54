"""Which clients a delivered row is about, table by table.

Belongs here: the columns and elements that name a client, and what else of a row
mentions one. Does not belong here: whose rows must go (``door``, ``raw_rows``).

An id is told as a client record id, spelled as staging spells it: ``hsh:hmis:100``.
Calls for service, dispatch and 311 name no client.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.feeds import FEEDS, HMIS_TABLES

Holds = Callable[[str], bool]
"""Says whether a client record id is one of those that must go."""

REFERENCE = re.compile(
    r'("reference"\s*:\s*")((?:urn:uuid:|(?:[^"\\]*/)?Patient/)?)'
    r'([A-Za-z0-9._-]+)((?:/_history/[^"\\]*)?")'
)
"""A reference to a patient, as ``reference_id`` (dbt) understands one."""
NOBODY = "expunged"
"""What a reference in another client's document then points at."""
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Naming:
    """How a raw table names clients.

    Attributes:
        prefix: Department and system, as client record ids begin.
        columns: Columns that hold a department's own id of the client.
        document: Column with a FHIR resource, "" for none.
        only: Column and value of the rows that name a client; None for all.
    """

    prefix: str
    columns: tuple[str, ...] = ()
    document: str = ""
    only: tuple[str, str] | None = None


def _fhir(feed: str = "dph_fhir") -> dict[str, Naming]:
    tables = next(f for f in FEEDS if f.name == feed).tables
    found = {
        t.name: Naming(
            "dph:fhir:", ("id",) if t.source == "Patient" else (), t.document
        )
        for t in tables
        if t.document
    }
    # Of a deletion only the type and the id are told.
    return found | {
        "dph_deleted": Naming("dph:fhir:", ("id",), only=("resource_type", "Patient"))
    }


NAMING: Mapping[str, Naming] = {
    **{
        table.name: Naming("hsh:hmis:", ("PersonalID",))
        for table in HMIS_TABLES
        if "PersonalID" in table.columns
    },
    # A report sent again under another number keeps its UUID.
    "fire_epcr": Naming("fire:epcr:", ("report_id", "pcr_uuid")),
    **_fhir(),
    # An entry merged into another's is that client's.
    "dem_team_log": Naming("dem:team_log:", ("ContactID", "MasterRecordId")),
}
"""Every raw table that names clients."""


def source_id(client_record_id: str) -> str:
    """Return a department's own id.

    >>> source_id("hsh:hmis:100")
    '100'
    """
    return client_record_id.split(":", 2)[-1]


def columns_read(table: str) -> tuple[str, ...]:
    """Return the columns of a raw table that ``judge`` needs."""
    naming = NAMING[table]
    told = (*naming.columns, naming.document, naming.only[0] if naming.only else "")
    return tuple(dict.fromkeys(column for column in told if column))


def judge(
    table: str, rows: pa.Table, holds: Holds
) -> tuple[pa.ChunkedArray | pa.Array, dict[int, str]]:
    """Return which rows are about a client that must go, and documents to change.

    Args:
        table: Raw table.
        rows: Its rows, with the columns of ``columns_read`` as far as they landed.
        holds: Whether a client record must go.

    Returns:
        A mask over the rows, and for rows that stay but mention such a client, their
        place and their document without the mention.
    """
    naming = NAMING[table]
    out = pa.repeat(False, rows.num_rows)
    for column in naming.columns:
        if column in rows.column_names:
            values = pc.drop_null(pc.unique(rows[column])).to_pylist()
            gone = [v for v in values if holds(naming.prefix + v.strip())]
            if gone:
                named = pc.is_in(rows[column], pa.array(gone, pa.string()))
                out = pc.or_(out, named)
    if naming.only:
        column, value = naming.only
        out = pc.and_(out, pc.fill_null(pc.equal(rows[column], value), False))
    if not naming.document or naming.document not in rows.column_names:
        return out, {}
    return _judge_documents(naming, rows[naming.document].to_pylist(), out, holds)


def _judge_documents(
    naming: Naming, documents: list[str | None], out: pa.Array, holds: Holds
) -> tuple[pa.Array, dict[int, str]]:
    is_out, changed = out.to_pylist(), {}
    for at, text in enumerate(documents):
        if is_out[at] or not text:
            continue
        gone = {
            m[3]
            for m in REFERENCE.finditer(text)
            if m[3] != NOBODY and holds(naming.prefix + m[3])
        }
        if not gone:
            continue
        if gone & clients_of(text):
            is_out[at] = True
        else:
            changed[at] = without_mention(text, gone)
    return pa.array(is_out, pa.bool_()), changed


def clients_of(text: str) -> set[str]:
    """Return the ids of the patients that a FHIR resource is about.

    Its subject or patient; for a patient itself, and the profile that replaced it.

    >>> sorted(clients_of('{"subject": {"reference": "Patient/D1/_history/2"}}'))
    ['D1']
    """
    try:
        resource = json.loads(text)
    except ValueError:
        return set()
    if not isinstance(resource, dict):
        return set()
    told = [resource.get("subject"), resource.get("patient")]
    found = set()
    if resource.get("resourceType") == "Patient":
        found.add(str(resource.get("id")))
        links = resource.get("link")
        told += [
            link.get("other")
            for link in (links if isinstance(links, list) else [])
            if isinstance(link, dict) and link.get("type") == "replaced-by"
        ]
    return found | {i for reference in told for i in _referred(reference)}


def _referred(reference: Any) -> set[str]:
    text = json.dumps(reference, ensure_ascii=False)
    return {match[3] for match in REFERENCE.finditer(text)}


def without_mention(text: str, gone: set[str]) -> str:
    """Return a document whose references to some patients point at nobody."""

    def mended(match: re.Match) -> str:
        if match[3] not in gone:
            return match[0]
        return f'{match[1]}Patient/{NOBODY}"'

    return REFERENCE.sub(mended, text)


def mentions(table: str, text: str, holds: Holds) -> bool:
    """Say whether a row in quarantine names a client that must go.

    Its text is what could be kept of a row that could not be read, so where no key
    stands in its place, every word of it is taken for one.
    """
    naming = NAMING.get(table)
    if naming is None:
        return False
    try:
        row = json.loads(text)
    except ValueError:
        row = None
    if isinstance(row, dict) and not naming.document:
        keys = [row[c] for c in naming.columns if isinstance(row.get(c), str)]
        if keys:
            return any(holds(naming.prefix + key.strip()) for key in keys)
    return any(holds(naming.prefix + word) for word in TOKEN.findall(text))
