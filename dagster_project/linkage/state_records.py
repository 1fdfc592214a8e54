"""Which records a state knows: those of the last full run, and those since.

Belongs here: a batch beside what is known, told apart by content. Does not belong here:
linking them (``state_run``).
"""

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.columns import RECORD_ID
from dagster_project.linkage.rows_by_id import ids_of, places, same_rows


def records_since(base: pa.Table, since: pa.Table, batch: pa.Table) -> pa.Table:
    """Return all records since the full run whose content is not the full run's.

    Args:
        base: the records of the full run; all three stand by record id.
        since: those that came after it so far.
        batch: those that come now.
    """
    later = union(since, batch)
    place = places(ids_of(base), ids_of(later))
    again = later.filter(pa.array(place >= 0))
    same = same_rows(again, base.take(pa.array(place[place >= 0])))
    return without(later, ids_of(again.filter(pa.array(same))))


def without(table: pa.Table, ids: pa.Array) -> pa.Table:
    """Return the rows of a table but for those of some ids."""
    known = pc.is_in(table[RECORD_ID], value_set=ids)
    return table.filter(pc.invert(known))


def union(known: pa.Table, batch: pa.Table) -> pa.Table:
    """Return both; a record of the batch takes the place of one that is known.

    A column that one of them lacks is null there.
    """
    both = [without(known, ids_of(batch)), batch]
    both = pa.concat_tables(both, promote_options="default")
    return both.sort_by(RECORD_ID).combine_chunks()
