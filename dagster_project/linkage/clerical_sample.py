"""A clerical sample: pairs of records for people to look at, and what they found.

Belongs here: drawing the pairs, laying them side by side, reading the answers. Does not
belong here: which pairs there are (``clerical_frame``), rates (``clerical``), files.

Within each band of probability every pair is as likely to be drawn as any other, by a
hash of its record ids: the same links give the same sample, whatever the order of the
rows. The pairs are then put in an order that tells nothing of their band.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.answered_pairs import read_answers
from dagster_project.linkage.clerical import STRATA
from dagster_project.linkage.clerical_frame import frame
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import codes_of
from dagster_project.linkage.people_file import text_of
from dagster_project.linkage.sampling import keyed_hash
from dagster_project.linkage.text_hash import text_hashes
from dagster_project.spreadsheet_cells import as_it_was, harmless

ANSWERS = {
    "yes": True,
    "no": False,
    "true": True,
    "false": False,
    "1": True,
    "0": False,
}
"""What may stand in ``is_match``; an empty cell is a pair nobody looked at."""

LINKS = ("record_id", "person_id", "link_confidence", "link_status")
EDGES = ("record_id_l", "record_id_r", "match_probability")
"""Columns of ``client_links.parquet`` and ``edges.parquet`` that drawing needs."""


class Drawn(NamedTuple):
    """Record ids of the pairs to look at, in their order, and pairs per band there are.

    ``held`` and ``taken`` count by ``clerical.STRATA``, whatever lies below as the
    first.
    """

    left: pa.Array
    right: pa.Array
    held: NDArray[np.int64]
    taken: NDArray[np.int64]


def draw(links: pa.Table, edges: pa.Table, wanted: int, seed: int) -> Drawn:
    """Draw pairs, as many from every band of probability that holds any.

    A band that holds fewer is taken whole, and the others share what it leaves.

    Args:
        links: ``client_links.parquet``.
        edges: ``edges.parquet``.
        wanted: pairs to draw.
        seed: key of the draw.
    """
    links = links.select(LINKS).set_column(
        0, "record_id", text_of(links["record_id"], "record_id")
    )
    links = links.sort_by("record_id").combine_chunks()
    nobody = pc.equal(links["link_status"], "unlinkable")
    person = pc.if_else(nobody, pa.scalar(None, pa.string()), links["person_id"])
    ids = links["record_id"].combine_chunks()
    held = frame(
        ids,
        codes_of(person)[0],
        pc.fill_null(_number(links, LINKS[2]), np.nan).to_numpy(),
        pa.table(
            {
                **{side: text_of(edges[side], side) for side in EDGES[:2]},
                EDGES[2]: _number(edges, EDGES[2]),
            }
        ),
        LinkConfig().threshold,
    )
    left, right = held.pairs()
    lower = np.array([0.0, *STRATA])
    stratum = np.searchsorted(lower, held.bands(left, right), side="right") - 1
    counts = np.bincount(stratum, minlength=len(lower))
    luck = _luck(ids, left, right, seed)
    chosen = []
    quota = shares(counts, wanted)
    for number, take in enumerate(quota):
        inside = np.flatnonzero(stratum == number)
        order = np.lexsort((right[inside], left[inside], luck[inside]))
        chosen.append(inside[order[:take]])
    rows = np.concatenate(chosen)
    # Hashed again: the smallest hashes of a small band would come last otherwise.
    rows = rows[np.lexsort((right[rows], left[rows], keyed_hash(luck[rows], seed + 1)))]
    sides = (ids.take(pa.array(side[rows])) for side in (left, right))
    return Drawn(*sides, counts, np.array(quota))


def shares(counts: Sequence[int], wanted: int) -> list[int]:
    """Return how many to take of each, as evenly as what there is allows.

    >>> shares([0, 3, 100, 100], 43)
    [0, 3, 20, 20]
    """
    taken = [0] * len(counts)
    left = wanted
    for nth, place in enumerate(sorted(range(len(counts)), key=lambda n: counts[n])):
        taken[place] = min(int(counts[place]), left // (len(counts) - nth))
        left -= taken[place]
    return taken


def _number(table: pa.Table, column: str) -> pa.ChunkedArray:
    return table[column].cast(pa.float64())


def _luck(ids: pa.Array, left: Codes, right: Codes, seed: int) -> NDArray[np.uint64]:
    """Return a number per pair that depends on its record ids and the seed alone."""
    records = text_hashes(ids.to_pylist())
    return keyed_hash(keyed_hash(records[left], seed) ^ records[right], seed)


def side_by_side(drawn: Drawn, records: pa.Table, ids: pa.ChunkedArray) -> list[list]:
    """Return a head and a row per pair, as a spreadsheet shows them without harm.

    Args:
        drawn: the pairs.
        records: the table that was linked, under its own names, without its ids.
        ids: the record id of each of its rows.

    Raises:
        UnreadableRecords: a pair's record is not in the table.
    """
    places = [pc.index_in(side, value_set=ids.combine_chunks()) for side in drawn[:2]]
    for side, place in zip(drawn[:2], places, strict=True):
        if place.null_count:
            lost = side.filter(place.is_null())[0].as_py()
            raise UnreadableRecords(
                f"record {lost!r} of the links is not in the records; name the table "
                "that was linked"
            )
    head = ["record_id_l", "record_id_r", "is_match"]
    columns = [drawn.left.to_pylist(), drawn.right.to_pylist(), [None] * len(places[0])]
    for name in records.column_names:
        for side, place in zip("lr", places, strict=True):
            head.append(f"{name}_{side}")
            columns.append(text_of(records[name].take(place), name).to_pylist())
    rows = [list(map(harmless, row)) for row in zip(*columns, strict=True)]
    return [list(map(harmless, head)), *rows]


def read_sample(
    table: pa.Table, name: str, known: Collection[str]
) -> tuple[pa.Table, list[str]]:
    """Return the pairs that people looked at, and a record that others lack.

    Args:
        table: the file as ``read_people`` gave it.
        name: what the file is called in messages.
        known: the record ids there are; a set, or what is as quick to ask.

    Returns:
        ``record_id_l``, ``record_id_r`` and ``is_match`` of each answered pair of known
        records; and of each further answered pair a record that is not known.

    Raises:
        UnreadableRecords: a column is missing, a row is no answer about two records,
            two rows are about the same two, or nobody answered anything.
    """
    answers = read_answers(table, name, "is_match", ANSWERS, may_be_empty=True)
    if not answers:
        raise UnreadableRecords(f"{name}: is_match is empty in every row")
    seen: dict[frozenset[str], int] = {}
    rows, lacking = [], []
    for answer in answers:
        pair = [as_it_was(record, known) for record in (answer.left, answer.right)]
        first = seen.setdefault(frozenset(pair), answer.row)
        if first != answer.row:
            raise UnreadableRecords(
                f"{name}: row {answer.row:,} names the same two records as row "
                f"{first:,}"
            )
        unknown = [record for record in pair if record not in known]
        lacking += unknown[:1]
        if not unknown:
            rows.append((*pair, ANSWERS[answer.said]))
    columns = list(zip(*rows, strict=True)) or [()] * 3
    kinds = (pa.string(), pa.string(), pa.bool_())
    arrays = [pa.array(c, k) for c, k in zip(columns, kinds, strict=True)]
    return pa.table(arrays, ["record_id_l", "record_id_r", "is_match"]), lacking
