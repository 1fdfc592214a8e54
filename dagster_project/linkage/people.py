"""The current tables of people: links and persons, from the ledger and a run.

Belongs here: ``client_links`` and ``persons`` as tables. Does not belong here: changing
who is who (``identity``).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes, count_pairs
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
    place = pc.index_in(records, value_set=ledger.links["client_record_id"])
    person = ledger.links["person_id"].combine_chunks().take(place)
    held = np.flatnonzero(person.is_valid().to_numpy(zero_copy_only=False))
    names = person.take(pa.array(held)).unique().sort()
    number = pc.index_in(person.take(pa.array(held)), value_set=names).to_numpy()
    number = number.astype(np.int64)
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
    strict_number = number.copy()
    strict_number[other] = len(names) + np.searchsorted(split_off, piece[other])
    all_names = pa.concat_arrays([names, pa.array(fresh, pa.string())])
    back = np.full(len(records), -1)
    back[held] = np.arange(len(held))
    back = pa.array(back, mask=back < 0)
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
    group, value, count = count_pairs(groups, values)
    order = np.lexsort((value, -count, group))
    first = np.unique(group[order], return_index=True)[1]
    return value[order[first]]


def _codes(column: pa.ChunkedArray | pa.Array) -> NDArray[np.integer]:
    """Return values as numbers in the order of first appearance."""
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    codes = flat.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return codes.astype(np.int64)


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
    named = held["person_id"].combine_chunks()
    person = named.unique().sort()
    number = pc.index_in(named, value_set=person).to_numpy().astype(np.int64)
    count = len(person)
    of_department, left, right, *asked = _people_of(
        held["client_record_id"],
        number,
        departments["client_record_id"],
        *(edges[f"client_record_id_{side}"] for side in "lr"),
        *(review_queue[f"client_record_id_{side}"] for side in "lr"),
    )
    confidence = held["link_confidence"].to_numpy()
    inside = (left == right) & (left >= 0)
    needs_review = np.zeros(count + 1, np.bool_)
    needs_review[np.concatenate(asked)] = True
    minted = pc.index_in(person, value_set=ledger.minted["person_id"].combine_chunks())
    columns = {
        "person_id": person,
        "minted_at": ledger.minted["minted_at"].take(minted),
        "n_client_records": np.bincount(number, minlength=count),
        "departments": _joined(of_department, departments["department"], count),
        "min_link_confidence": _least(number, confidence, count),
        "min_edge": _least(
            left[inside], edges["match_probability"].to_numpy()[inside], count
        ),
        "needs_review": needs_review[:count],
    }
    return pa.table(columns).cast(PERSONS)


def _people_of(
    records: pa.ChunkedArray, person: Codes, *wanted: pa.ChunkedArray
) -> list[Codes]:
    """Return the person of each record wanted, -1 for none; all in one look-up."""
    chunks = [chunk for column in wanted for chunk in column.chunks]
    place = pc.index_in(pa.chunked_array(chunks, pa.string()), value_set=records)
    found = np.append(person, -1)[pc.fill_null(place, -1).to_numpy()]
    return np.split(found, np.cumsum([len(column) for column in wanted])[:-1])


def _least(person: Codes, values: NDArray[np.float64], count: int) -> pa.Array:
    """Return the least value of each person, null where it has none."""
    least = np.full(count, np.inf)
    known = ~np.isnan(values)
    np.minimum.at(least, person[known], values[known])
    return pa.array(least, mask=np.isinf(least))


def _joined(person: Codes, departments: pa.ChunkedArray, count: int) -> pa.Array:
    """Return each person's departments in order, joined by a semicolon."""
    names = departments.unique().drop_null().sort()
    code = pc.fill_null(pc.index_in(departments, value_set=names), -1)
    code = code.to_numpy().astype(np.int64)
    known = (person >= 0) & (code >= 0)
    owner, name, _ = count_pairs(person[known], code[known])
    ends = np.cumsum(np.bincount(owner, minlength=count))
    starts = pa.array(np.append(0, ends), pa.int32())
    lists = pa.ListArray.from_arrays(starts, names.take(pa.array(name)))
    return pc.binary_join(lists, ";")
