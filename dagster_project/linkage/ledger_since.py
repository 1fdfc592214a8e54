"""An identity ledger's state, as that of the last full run and what changed after it.

Belongs here: the part that concerns some records, further events, the whole. Does not
belong here: making events (``identity``), replaying all (``ledger``).

A batch moves few of a million records: what a full run left is never written again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.ledger import LINKS, MINTED, Ledger, in_force
from dagster_project.linkage.rows_by_id import ids_of, rows_of, with_rows


@dataclass(frozen=True)
class LedgerSince:
    """The state of a ledger.

    Attributes:
        base: links and persons as the last full run left them.
        moved: as ``links`` has them, the records that moved since, by record id;
            ``person_id`` is null where a record is nobody's now.
        minted: the persons minted since.
        in_force, last_event, last_at: of the whole, see ``Ledger``.
    """

    base: Ledger
    moved: pa.Table
    minted: pa.Table
    in_force: frozenset[str]
    last_event: int
    last_at: datetime | None

    @classmethod
    def begun(cls, ledger: Ledger, events: pa.Table) -> Self:
        """Return the state after the events of a full run."""
        nothing = LINKS.empty_table(), MINTED.empty_table()
        known = ledger.in_force, ledger.last_event, ledger.last_at
        whole = cls(ledger, *nothing, *known).after(events).whole
        return cls(whole, *nothing, whole.in_force, whole.last_event, whole.last_at)

    @cached_property
    def whole(self) -> Ledger:
        """Return the state in one."""
        links = with_rows(self.base.links, self.moved)
        return Ledger(
            links.filter(links["person_id"].is_valid()).combine_chunks(),
            pa.concat_tables([self.base.minted, self.minted]).combine_chunks(),
            self.in_force,
            self.last_event,
            self.last_at,
        )

    @property
    def persons(self) -> pa.ChunkedArray:
        """Return every person id ever given."""
        both = (self.base.minted, self.minted)
        return pa.concat_tables([minted.select(["person_id"]) for minted in both])[0]

    def concerning(self, records: pa.Array) -> Ledger:
        """Return the links of some records, and their persons as they were minted.

        Args:
            records: record ids in their order, each once.
        """
        links = with_rows(
            rows_of(self.base.links, records), rows_of(self.moved, records)
        )
        links = links.filter(links["person_id"].is_valid()).combine_chunks()
        named = links["person_id"].combine_chunks().unique()
        minted = [
            part.filter(pc.is_in(part["person_id"], value_set=named))
            for part in (self.base.minted, self.minted)
        ]
        return Ledger(
            links,
            pa.concat_tables(minted).combine_chunks(),
            self.in_force,
            self.last_event,
            self.last_at,
        )

    def after(self, events: pa.Table) -> Self:
        """Return the state after further events."""
        if events.num_rows == 0:
            return self
        linked, left = (_moves(events, kind) for kind in ("link", "unlink"))
        left = left.filter(pc.invert(pc.is_in(left[0], value_set=ids_of(linked))))
        nobody = pa.nulls(left.num_rows, pa.string())
        left = left.set_column(1, LINKS.field(1), nobody)
        moves = pa.concat_tables([linked, left]).sort_by(LINKS.names[0])
        minted = events.filter(pc.equal(events["kind"], "mint"))
        minted = minted.select(["person_id", "at"]).rename_columns(MINTED.names)
        return replace(
            self,
            moved=with_rows(self.moved, moves),
            minted=pa.concat_tables([self.minted, minted]).combine_chunks(),
            in_force=in_force(events, self.in_force),
            last_event=events["event_id"][-1].as_py(),
            last_at=events["at"][-1].as_py(),
        )


def _moves(events: pa.Table, kind: str) -> pa.Table:
    """Return what events of a kind say of records, as ``LINKS`` has it."""
    chosen = events.filter(pc.equal(events["kind"], kind))
    chosen = chosen.select(["client_record_id", "person_id", "at"])
    return chosen.rename_columns(LINKS.names)


def new_ledger() -> Ledger:
    """Return the state before the first event."""
    return Ledger(LINKS.empty_table(), MINTED.empty_table(), frozenset(), 0, None)
