"""The current tables of people: links and persons, from the ledger and a run.

Belongs here: ``client_links`` and ``persons`` as tables. Does not belong here: changing
who is who (``identity``).
"""

import pyarrow as pa

from dagster_project.linkage.identity import replay
from dagster_project.linkage.person_ids import person_id
from dagster_project.linkage.tables import LinkResult

CLIENT_LINKS = pa.schema(
    [
        ("client_record_id", pa.string()),
        ("person_id", pa.string()),
        ("link_confidence", pa.float64()),
        ("link_status", pa.string()),
        ("linked_at", pa.timestamp("us", tz="UTC")),
        ("model_id", pa.string()),
        ("person_id_loose", pa.string()),
        ("person_id_strict", pa.string()),
    ]
)
PERSONS = pa.schema(
    [
        ("person_id", pa.string()),
        ("minted_at", pa.timestamp("us", tz="UTC")),
        ("n_client_records", pa.int64()),
        ("departments", pa.string()),
        ("min_link_confidence", pa.float64()),
        ("needs_review", pa.bool_()),
    ]
)


def client_links(result: LinkResult, events: pa.Table, key: bytes) -> pa.Table:
    """Return one row per client record of the run: its person, and how sure.

    Args:
        result: the run whose partition is the ledger's state.
        events: the whole ledger, this run's events included.
        key: the secret of the person ids, for the strict pieces of a person.

    ``person_id_loose`` is the person of most records in the loose cluster (ties to the
    first id); ``person_id_strict`` is the person's own id for its largest strict piece
    and a fresh id of the same form for the others.
    """
    person_of = replay(events).person_of
    linked_at = {
        row["client_record_id"]: row["at"]
        for row in events.sort_by("event_id").to_pylist()
        if row["kind"] == "link"
    }
    rows = result.partition.to_pylist()
    loose = _largest(rows, "cluster_loose", person_of)
    pieces = _largest_pieces(rows, person_of)
    taken = set(person_of.values())
    out = []
    for row in rows:
        record = row["client_record_id"]
        person = person_of.get(record)
        strict = person
        if person is not None and pieces[person] != row["cluster_strict"]:
            strict = person_id(key, f"strict\n{row['cluster_strict']}", taken)
        out.append(
            {
                "client_record_id": record,
                "person_id": person,
                "link_confidence": row["link_confidence"],
                "link_status": row["link_status"],
                "linked_at": linked_at.get(record) if person else None,
                "model_id": result.model_id,
                "person_id_loose": loose.get(row["cluster_loose"]),
                "person_id_strict": strict,
            }
        )
    return pa.Table.from_pylist(out, schema=CLIENT_LINKS)


def _largest(
    rows: list[dict], column: str, person_of: dict[str, str]
) -> dict[str, str]:
    """Return cluster -> the person with most records in it."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        person = person_of.get(row["client_record_id"])
        if person is not None:
            inside = counts.setdefault(row[column], {})
            inside[person] = inside.get(person, 0) + 1
    return {
        cluster: min(inside, key=lambda person: (-inside[person], person))
        for cluster, inside in counts.items()
    }


def _largest_pieces(rows: list[dict], person_of: dict[str, str]) -> dict[str, str]:
    """Return person -> the strict cluster that holds most of its records."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        person = person_of.get(row["client_record_id"])
        if person is not None:
            inside = counts.setdefault(person, {})
            piece = row["cluster_strict"]
            inside[piece] = inside.get(piece, 0) + 1
    return {
        person: min(inside, key=lambda piece: (-inside[piece], piece))
        for person, inside in counts.items()
    }


def persons(
    links: pa.Table,
    events: pa.Table,
    departments: dict[str, str],
    review_queue: pa.Table,
) -> pa.Table:
    """Return one row per person with records now.

    Args:
        links: ``client_links``.
        events: the whole ledger.
        departments: client record -> department.
        review_queue: open questions; a person in one of them needs review.
    """
    minted = {
        row["person_id"]: row["at"]
        for row in events.to_pylist()
        if row["kind"] == "mint"
    }
    asked = set(review_queue["client_record_id_l"].to_pylist())
    asked |= set(review_queue["client_record_id_r"].to_pylist())
    found: dict[str, list[dict]] = {}
    for row in links.to_pylist():
        if row["person_id"] is not None:
            found.setdefault(row["person_id"], []).append(row)
    out = []
    for person in sorted(found):
        records = found[person]
        sure = [
            r["link_confidence"] for r in records if r["link_confidence"] is not None
        ]
        ids = [r["client_record_id"] for r in records]
        out.append(
            {
                "person_id": person,
                "minted_at": minted[person],
                "n_client_records": len(records),
                "departments": ";".join(
                    sorted({departments[i] for i in ids if i in departments})
                ),
                "min_link_confidence": min(sure, default=None),
                "needs_review": any(i in asked for i in ids),
            }
        )
    return pa.Table.from_pylist(out, schema=PERSONS)
