"""A table with a few rows of another one between its own, in one piece.

Belongs here: how columns are put together. Does not belong here: which rows go where
(``rows_by_id``).

Arrow could join slices of both tables, but thousands of slices cost more than the
million rows in them. Here the bytes of a text column are copied run by run, and all
else is taken by its place.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

MOST_BYTES = np.iinfo(np.int32).max
"""Of a text column in one piece."""


class Seams:
    """Where rows of a second table stand among those of a first.

    Attributes:
        first: [run, 2] place and end of each run of rows of the first table.
        second: the same of the second; one follows each run of the first but the last.
        order: of each row of the result, its place in the first table followed by the
            second.
    """

    def __init__(
        self, rows: int, start: NDArray[np.int64], end: NDArray[np.int64]
    ) -> None:
        """Find the seams.

        Args:
            rows: of the first table.
            start: per row of the second, how many of the first stand before it.
            end: the same and those in the place of which it stands.
        """
        many = len(start)
        begins = np.ones(many, np.bool_)
        begins[1:] = start[1:] != end[:-1]  # else both follow one another in the first
        one = np.flatnonzero(begins)
        other = np.append(one[1:], many)[: len(one)]
        self.second = np.column_stack([one, other])
        self.first = np.column_stack(
            [np.append(0, end[other - 1]), np.append(start[one], rows)]
        )
        replaced = end - start
        is_second = np.zeros(rows + many - int(replaced.sum()), np.bool_)
        before = np.cumsum(replaced) - replaced
        is_second[start - before + np.arange(many)] = True
        is_left = np.ones(rows, np.bool_)
        is_left[start[replaced > 0]] = False
        self.order = np.empty(len(is_second), np.int64)
        self.order[is_second] = rows + np.arange(many)
        self.order[~is_second] = np.flatnonzero(is_left)


def spliced(one: pa.Array, two: pa.Array, seams: Seams) -> pa.Array:
    """Return a column of the first table with that of the second between its rows."""
    if not pa.types.is_string(one.type):
        return pa.concat_arrays([one, two]).take(pa.array(seams.order))
    (starts, letters), (new_starts, new_letters) = _laid_out(one), _laid_out(two)
    if len(letters) + len(new_letters) > MOST_BYTES:
        raise pa.ArrowCapacityError("a column of texts is too long for one piece")
    pieces = [letters[:0]] * (len(seams.first) + len(seams.second))
    pieces[::2] = [letters[a:b] for a, b in starts[seams.first].tolist()]
    pieces[1::2] = [new_letters[a:b] for a, b in new_starts[seams.second].tolist()]
    sizes = np.concatenate([np.diff(starts), np.diff(new_starts)])[seams.order]
    found = np.zeros(len(sizes) + 1, np.int32)
    np.cumsum(sizes, out=found[1:])
    told = None
    if one.null_count or two.null_count:
        told = pa.concat_arrays([one.is_valid(), two.is_valid()])
        told = told.take(pa.array(seams.order)).buffers()[1]
    laid_out = (pa.py_buffer(part) for part in (found, np.concatenate(pieces)))
    return pa.Array.from_buffers(one.type, len(sizes), [told, *laid_out])


def _laid_out(texts: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return where each text starts, one more at the end, and the bytes of all."""
    _, starts, letters = texts.buffers()
    if not len(texts):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    starts = np.frombuffer(starts, np.int32)[texts.offset :][: len(texts) + 1]
    return starts, np.frombuffer(letters or b"", np.uint8)
