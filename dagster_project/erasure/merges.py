"""Merges that a department tells: two client record ids that are one client.

Belongs here: reading them from delivered rows, and whom they lead to. Does not belong
here: what is done with a client so found (``following``).

Health says it in a patient's links (``replaces`` on the profile that stays,
``replaced-by`` on the one that went), the team log by ``MasterRecordId``. HMIS names no
merge: a profile's enrolments stand under another one from then on. A care report sent
again under another number keeps its UUID, which is one more id of its client.
"""

import json
from collections.abc import Callable, Iterator

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.nemsis_ids import by_uuid
from dagster_project.erasure.client_keys import NAMING, NOBODY, REFERENCE
from dagster_project.erasure.fingerprints import tables

TEAM_LOG, PATIENTS, REPORTS = "dem_team_log", "dph_patient", "fire_epcr"
REPORT_COLUMNS = ("pcr_uuid", "report_id", "_delivery_id", "eresponse_03")
"""Those that ``by_uuid`` asks for; a batch on its way in has no delivery yet."""
MERGING = ("replaces", "replaced-by")
"""Links between two profiles of which one stays; others say "see also"."""

Pair = tuple[str, str]
"""Two client record ids that a department calls one client."""


def told(table: str, rows: pa.Table) -> set[Pair]:
    """Return the merges that rows of a raw table name."""
    if table == TEAM_LOG and "MasterRecordId" in rows.column_names:
        return set(_log_pairs(rows))
    if table == PATIENTS:
        return set(_patient_pairs(rows))
    if table == REPORTS and {"report_id", "pcr_uuid"} <= {*rows.column_names}:
        return set(_report_pairs(rows))
    return set()


def _log_pairs(rows: pa.Table) -> Iterator[Pair]:
    prefix = NAMING[TEAM_LOG].prefix
    both = rows.select(["ContactID", "MasterRecordId"]).drop_null()
    for entry, master in zip(*(column.to_pylist() for column in both), strict=True):
        entry, master = entry.strip(), master.strip()
        if entry and master and entry != master:
            yield prefix + entry, prefix + master


def _patient_pairs(rows: pa.Table) -> Iterator[Pair]:
    naming = NAMING[PATIENTS]
    documents = rows[naming.document]
    linked = pc.fill_null(pc.match_substring(documents, '"link"'), False)
    for text in documents.filter(linked).to_pylist():
        try:
            resource = json.loads(text)
        except ValueError:
            continue
        own, links = resource.get("id"), resource.get("link")
        for link in links if isinstance(links, list) else ():
            if not isinstance(link, dict) or link.get("type") not in MERGING:
                continue
            for found in REFERENCE.finditer(json.dumps(link, ensure_ascii=False)):
                if own and found[3] not in (own, NOBODY):
                    yield naming.prefix + str(own), naming.prefix + found[3]


def _report_pairs(rows: pa.Table) -> Iterator[Pair]:
    """Yield each report beside its UUID, where that tells it from others."""
    prefix = NAMING[REPORTS].prefix
    rows = rows.filter(
        pc.and_(rows["report_id"].is_valid(), rows["pcr_uuid"].is_valid())
    )
    told = [
        rows[c].to_pylist() if c in rows.column_names else [""] * rows.num_rows
        for c in REPORT_COLUMNS
    ]
    found = by_uuid(zip(*told, strict=True))
    for uuid, reports in found.items():
        for report in reports:
            yield prefix + report, prefix + uuid


def led_to(pairs: set[Pair], holds: Callable[[str], bool]) -> dict[str, str]:
    """Return the ids that merges lead to from a client that must go.

    Returns:
        Id that is not held yet, to a held one it was merged with, either way.
    """
    found: dict[str, str] = {}
    for pair in sorted(pairs):
        for known, other in (pair, pair[::-1]):
            if holds(known) and not holds(other):
                found[other] = known
    return found


def closure(connection: duckdb.DuckDBPyConnection, records: set[str]) -> set[str]:
    """Return ids and all that delivered rows merged with them, step by step."""
    there = tables(connection)
    pairs: set[Pair] = set()
    for table, columns in (
        (TEAM_LOG, "ContactID, MasterRecordId"),
        (PATIENTS, NAMING[PATIENTS].document),
        (REPORTS, ", ".join(REPORT_COLUMNS)),
    ):
        if ("raw", table) in there:
            rows = connection.sql(f"select {columns} from raw.{table}")
            pairs |= told(table, rows.to_arrow_table())
    found = set(records)
    while new := led_to(pairs, found.__contains__).keys() - found:
        found |= new
    return found
