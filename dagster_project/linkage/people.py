"""The current tables of people: links and persons, from the ledger and a run.

Belongs here: ``client_links`` and ``persons`` as tables. Does not belong here: changing
who is who (``identity``).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.ledger import Ledger
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
        ("min_edge", pa.float64()),
        ("needs_review", pa.bool_()),
    ]
)


def client_links(result: LinkResult, ledger: Ledger, key: bytes) -> pa.Table:
    """Return one row per client record of the run: its person, and how sure.

    Args:
        result: the run whose partition is the ledger's state.
        ledger: the state after this run's events.
        key: the secret of the person ids, for the strict pieces of a person.

    ``person_id_loose`` is the person of most records in the loose cluster (ties to the
    first id); ``person_id_strict`` is the person's own id for its largest strict piece
    and a fresh id of the same form for the others.
    """
    rows = result.partition
    records = rows["client_record_id"].combine_chunks()
    person = ledger.persons_of(records)
    held = np.flatnonzero(person.is_valid().to_numpy(zero_copy_only=False))
    names = person.take(pa.array(held)).unique().sort()
    number = pc.index_in(person, value_set=names).take(pa.array(held)).to_numpy()
    loose = _codes(rows["cluster_loose"].take(pa.array(held)))
    strict = rows["cluster_strict"].take(pa.array(held)).combine_chunks()
    pieces = strict.dictionary_encode()
    piece = _codes(strict)
    largest = _most(number, piece)
    other = np.flatnonzero(piece != largest[number])
    split_off = np.unique(piece[other])
    taken = set(names.to_pylist())
    fresh = [
        person_id(key, f"strict\n{label}", taken)
        for label in pieces.dictionary.take(pa.array(split_off)).to_pylist()
    ]
    strict_number = number.astype(np.int64)
    strict_number[other] = len(names) + np.searchsorted(split_off, piece[other])
    all_names = pa.concat_arrays([names, pa.array(fresh, pa.string())])
    back = pc.index_in(pa.array(np.arange(len(records))), value_set=pa.array(held))
    place = pc.index_in(records, value_set=ledger.links["client_record_id"])
    columns = {
        "client_record_id": records,
        "person_id": person,
        "link_confidence": rows["link_confidence"],
        "link_status": rows["link_status"],
        "linked_at": ledger.links["linked_at"].take(place),
        "model_id": pa.repeat(result.model_id, len(records)),
        "person_id_loose": names.take(pa.array(_most(loose, number)[loose])).take(back),
        "person_id_strict": all_names.take(pa.array(strict_number)).take(back),
    }
    return pa.table(columns).cast(CLIENT_LINKS)


def _most(groups: NDArray[np.integer], values: NDArray[np.integer]) -> NDArray:
    """Return for each group the value with most rows in it, ties to the smallest."""
    pairs, count = np.unique(
        np.column_stack([groups, values]), axis=0, return_counts=True
    )
    order = np.lexsort((pairs[:, 1], -count, pairs[:, 0]))
    first = np.unique(pairs[order, 0], return_index=True)[1]
    return pairs[order[first], 1]


def _codes(column: pa.ChunkedArray | pa.Array) -> NDArray[np.integer]:
    """Return values as numbers in the order of first appearance."""
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return flat.dictionary_encode().indices.to_numpy(zero_copy_only=False)


def persons(
    links: pa.Table,
    ledger: Ledger,
    departments: pa.Table,
    edges: pa.Table,
    review_queue: pa.Table,
) -> pa.Table:
    """Return one row per person with records now.

    Args:
        links: ``client_links``.
        ledger: the state after this run's events.
        departments: ``client_record_id`` and ``department``.
        edges: ``edges``; the least probable one inside a person is its ``min_edge``.
        review_queue: open questions; a person in one of them needs review.
    """
    held = links.filter(links["person_id"].is_valid())
    people = held.select(["client_record_id", "person_id", "link_confidence"])
    counted = people.group_by("person_id").aggregate(
        [("client_record_id", "count"), ("link_confidence", "min")]
    )
    counted = counted.sort_by("person_id")
    person = counted["person_id"].combine_chunks()

    def of(records: pa.ChunkedArray) -> pa.ChunkedArray:
        place = pc.index_in(records, value_set=held["client_record_id"])
        return held["person_id"].take(place)

    seen = (
        pa.table(
            {
                "person_id": of(departments["client_record_id"]),
                "department": departments["department"],
            }
        )
        .group_by(["person_id", "department"])
        .aggregate([])
        .sort_by([("person_id", "ascending"), ("department", "ascending")])
        .drop_null()
        .group_by("person_id", use_threads=False)
        .aggregate([("department", "list")])
    )
    left = of(edges["client_record_id_l"])
    inside = pc.fill_null(pc.equal(left, of(edges["client_record_id_r"])), False)
    weakest = (
        pa.table({"person_id": left, "p": edges["match_probability"]})
        .filter(inside)
        .group_by("person_id")
        .aggregate([("p", "min")])
    )
    asked = pa.chunked_array(
        [
            *of(review_queue["client_record_id_l"]).chunks,
            *of(review_queue["client_record_id_r"]).chunks,
        ],
        pa.string(),
    )

    def beside(table: pa.Table, column: str) -> pa.ChunkedArray:
        place = pc.index_in(person, value_set=table["person_id"].combine_chunks())
        return table[column].take(place)

    said = pc.binary_join(beside(seen, "department_list"), ";")
    columns = {
        "person_id": person,
        "minted_at": beside(ledger.minted, "minted_at"),
        "n_client_records": counted["client_record_id_count"],
        "departments": pc.fill_null(said, ""),
        "min_link_confidence": counted["link_confidence_min"],
        "min_edge": beside(weakest, "p_min"),
        "needs_review": pc.is_in(person, value_set=asked),
    }
    return pa.table(columns).cast(PERSONS)
