"""Take a client's id out of what no run builds anew: the ledger and stewards' files.

Belongs here: the identity ledger, decisions, statements about consent, the case list.
Does not belong here: delivered rows (``raw_rows``).

These are histories: an event cannot be taken out without a gap, nor a decision without
forging what a steward did. So the id gives way to its keyed hash; the next run unlinks
a record that nobody delivers any more, and persons it held together come apart.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.erasure.orders import write_whole
from dagster_project.locked_file import held

BY_RECORD = ("decisions.jsonl", "consents.jsonl")
"""Files beside the warehouse in whose lines client record ids stand as JSON texts."""
BY_PERSON = ("case_list.csv",)
"""Files in whose cells person ids stand."""


def in_ledger(connection: duckdb.DuckDBPyConnection, instead: Mapping[str, str]) -> int:
    """Put other ids in the place of client record ids; return the events changed.

    Args:
        connection: The warehouse; inside the caller's transaction.
        instead: Client record id to what stands in its place.
    """
    old, new = list(instead), list(instead.values())
    _instead = pa.table({"old": old, "new": new})
    changed = connection.execute(
        "update linkage.identity_events set client_record_id = _instead.new "
        "from _instead where client_record_id = _instead.old"
    ).fetchone()[0]
    stewards = connection.execute(
        "select event_id, evidence from linkage.identity_events "
        "where kind = 'steward' order by event_id"
    ).fetchall()
    for event, evidence in stewards:
        told = json.loads(evidence)
        put = {key: instead.get(value, value) for key, value in told.items()}
        if put != told:
            text = json.dumps(put, sort_keys=True)
            connection.execute(
                "update linkage.identity_events set evidence = ? where event_id = ?",
                [text, event],
            )
            changed += 1
    return changed


def in_files(
    folder: Path, records: Mapping[str, str], persons: Mapping[str, str]
) -> dict[str, int]:
    """Put other ids in the place of some in stewards' files; return lines changed."""
    found = {}
    for name in BY_RECORD:
        told = {
            json.dumps(old, ensure_ascii=ascii_only): json.dumps(new)
            for old, new in records.items()
            for ascii_only in (False, True)
        }
        found[name] = _rewrite(folder / name, told)
    for name in BY_PERSON:
        found[name] = _rewrite(folder / name, persons)
    return {name: lines for name, lines in found.items() if lines}


def put_back(folder: Path, records: Mapping[str, str]) -> None:
    """Put ids back in the place of hashes, for clients whose time was up and who came.

    An objection, a revocation or a decision holds for them as it did before.

    Args:
        folder: Where stewards' files lie.
        records: What stands in a client record id's place, to the id.
    """
    told = {
        json.dumps(old): json.dumps(new, ensure_ascii=False)
        for old, new in records.items()
    }
    for name in BY_RECORD:
        _rewrite(folder / name, told)


def _rewrite(path: Path, instead: Mapping[str, str]) -> int:
    """Rewrite a file by one rename, while nobody may add to it."""
    if not path.exists() or not instead:
        return 0
    descriptor = held(path)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        put = [_put(line, instead) for line in lines]
        changed = sum(old != new for old, new in zip(lines, put, strict=True))
        if changed:
            write_whole(path, "\n".join(put))
    finally:
        os.close(descriptor)
    return changed


def _put(line: str, instead: Mapping[str, str]) -> str:
    for old, new in instead.items():
        line = line.replace(old, new)
    return line
