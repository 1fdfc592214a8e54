"""Rows of large tables that stand by record id: found and replaced.

Belongs here: looking up few ids among many, where few rows stand among many. Does not
belong here: putting columns together (``spliced``), what the rows mean.

Ids stand in the order of their bytes, as Arrow sorts them.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.columns import RECORD_ID
from dagster_project.linkage.spliced import Seams, spliced


def halved(
    before: Callable[[NDArray[np.int64]], NDArray[np.bool_]], many: int, wanted: int
) -> NDArray[np.int64]:
    """Return how many of ``many`` rows in order stand before each wanted one.

    Halves the place of all wanted ones at once: of a file on the disk only what is on
    the way is read.

    Args:
        before: tells of one place per wanted row whether what is there stands before.
        many: rows.
        wanted: how many are looked up.
    """
    low = np.zeros(wanted, np.int64)
    high = np.full(wanted, many, np.int64)
    while (sought := low < high).any():
        middle = (low + high) // 2
        stands = before(np.minimum(middle, many - 1))
        low = np.where(sought & stands, middle + 1, low)
        high = np.where(sought & ~stands, middle, high)
    return low


def standing(ids: pa.Array, wanted: pa.Array) -> NDArray[np.int64]:
    """Return how many of ``ids`` stand before each wanted one."""

    def before(place: NDArray[np.int64]) -> NDArray[np.bool_]:
        here = ids.take(pa.array(place))
        return pc.less(here, wanted).to_numpy(zero_copy_only=False)

    return halved(before, len(ids), len(wanted))


def runs(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places from each start up to its end, one run after the other."""
    size = end - start
    first = np.cumsum(size) - size
    return np.arange(size.sum()) + np.repeat(start - first, size)


def places(ids: pa.Array, wanted: pa.Array) -> NDArray[np.int64]:
    """Return where each wanted id stands in ``ids``, -1 where it does not."""
    place, stands = _looked_up(ids, wanted)
    return np.where(stands, place, -1)


def _looked_up(
    ids: pa.Array, wanted: pa.Array
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return how many of ``ids`` stand before each wanted one, and if it is there."""
    place = standing(ids, wanted)
    if not len(ids):
        return place, np.zeros(len(wanted), np.bool_)
    here = ids.take(pa.array(np.minimum(place, len(ids) - 1)))
    same = pc.equal(here, wanted).to_numpy(zero_copy_only=False)
    return place, same & (place < len(ids))


def ids_of(table: pa.Table) -> pa.Array:
    """Return the record ids by which a table's rows stand."""
    ours = RECORD_ID in table.column_names
    return _in_one_piece(table[RECORD_ID if ours else "record_id"])


def _in_one_piece(column: pa.ChunkedArray) -> pa.Array:
    # Combining copies, also what is in one piece.
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def rows_of(table: pa.Table, wanted: pa.Array) -> pa.Table:
    """Return the rows that a table has of the wanted ids, in the order of these."""
    place = places(ids_of(table), wanted)
    return table.take(pa.array(place[place >= 0]))


def with_rows(table: pa.Table, rows: pa.Table) -> pa.Table:
    """Return ``table`` with ``rows``, each in the place of the row of its id.

    The columns are those of ``table``, each in one piece.
    """
    start, known = _looked_up(ids_of(table), ids_of(rows))
    seams = Seams(table.num_rows, start, start + known)
    rows = rows.select(table.column_names).cast(table.schema)
    both = zip(table.columns, rows.columns, strict=True)
    columns = [spliced(*map(_in_one_piece, pair), seams) for pair in both]
    return pa.table(columns, table.schema)


def same_rows(one: pa.Table, two: pa.Table) -> NDArray[np.bool_]:
    """Return which rows hold the same; a column that is not there holds nothing."""
    same = np.ones(one.num_rows, np.bool_)
    nothing = pa.nulls(one.num_rows, pa.string())
    for name in sorted({*one.column_names, *two.column_names}):
        left, right = (
            table[name] if name in table.column_names else nothing
            for table in (one, two)
        )
        if left.type != right.type or pa.types.is_null(left.type):
            left, right = left.cast(pa.string()), right.cast(pa.string())
        neither = pc.and_(pc.is_null(left), pc.is_null(right))
        alike = pc.or_(neither, pc.fill_null(pc.equal(left, right), False))
        same &= alike.to_numpy()
    return same
