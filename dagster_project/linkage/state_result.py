"""What a run of ``throughline link --state`` found.

Belongs here: its tables, and everybody's person given those that a batch concerns. Does
not belong here: making them (``state_run``), files (``state_files``).
"""

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from dagster_project.linkage.people_result import counted
from dagster_project.linkage.rows_by_id import ids_of, places, same_rows, with_rows
from dagster_project.linkage.state_decisions import Decided
from dagster_project.linkage.state_files import State


@dataclass(frozen=True)
class StateRun:
    """What a run found, a function of all records that the state has seen.

    Attributes:
        state: to be remembered.
        is_full: whether it was a full run.
        events: of identity, new ones.
        anew: partition of the records that were looked at, all of them in a full run.
        links: every record with its person, see ``people_result``.
        counts: of them.
        edges: those of the full run if nothing came since, else of the records that
            were looked at anew since.
        review_queue: whole.
        compared: candidate pairs.
        decided: how a steward's decisions stood.
    """

    state: State
    is_full: bool
    events: pa.Table
    anew: pa.Table
    links: pa.Table
    counts: dict[str, int]
    edges: pa.Table
    review_queue: pa.Table
    compared: int
    decided: Decided

    @property
    def model(self) -> str:
        """Return the text of the model that scored."""
        return self.state.base.model

    @cached_property
    def partition(self) -> pa.Table:
        """Return the partition of all records, as ``link`` gives it."""
        return with_rows(self.state.base.partition, self.anew)


def links_now(earlier: State, links: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """Return every record with its person, and their counts.

    Args:
        earlier: the state before.
        links: the same of the records that may have another person than at the last
            full run: whole people, before and now, so that the counts of the others
            stand.
    """
    place = places(ids_of(earlier.links), ids_of(links))
    before = earlier.links.take(pa.array(place[place >= 0]))
    was, new = counted(before), counted(links)
    counts = {name: earlier.counts[name] - was[name] + new[name] for name in new}
    changed = place < 0
    changed[~changed] = ~same_rows(links.filter(pa.array(~changed)), before)
    return with_rows(earlier.links, links.filter(pa.array(changed))), counts
