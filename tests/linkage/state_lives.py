"""A state folder that lives through batches, for the tests of ``--state``.

Belongs here: one run after another, and what must hold after every one of them. Does
not belong here: any test.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from dagster_project.linkage.columns import RECORD_ID
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.ledger import Ledger, replay
from dagster_project.linkage.people_result import counted, lasting_links
from dagster_project.linkage.stage_clock import Clock
from dagster_project.linkage.state_files import (
    next_base,
    read_events,
    read_state,
    write_state,
)
from dagster_project.linkage.state_result import StateRun
from dagster_project.linkage.state_run import run_with_state
from dagster_project.linkage.table_decisions import Statement, TableDecision

KEY = b"between us"
MORNING = datetime(2026, 7, 2, 6, tzinfo=UTC)


class Life:
    """A state folder, a day older with every run."""

    def __init__(
        self, folder: Path, config: LinkConfig | None = None, *, lays_aside: bool = True
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.config, self.days = folder, config or LinkConfig(), 0
        self.lays_aside = lays_aside

    def run(
        self,
        batch: pa.Table,
        decided: Sequence[TableDecision] | None = (),
        statements: Mapping[str, Statement] | None = None,
    ) -> StateRun:
        """Link a batch, remember it, and check the books."""
        self.days += 1
        earlier = read_state(self.folder)
        found = run_with_state(
            earlier,
            batch,
            self.config,
            Clock(),
            key=KEY,
            at=MORNING + timedelta(self.days),
            run_id=f"day {self.days}",
            decided=decided,
            statements=statements,
            base_folder=next_base(self.folder) if self.lays_aside else None,
        )
        write_state(self.folder, found.state, found.events, new_base=found.is_full)
        self._check(earlier.ledger.whole if earlier else None, found)
        return found

    def _check(self, before: Ledger | None, found: StateRun) -> None:
        """The files say what the run said, and the events lead from then to now."""
        told, ledger = replay(read_events(self.folder)), found.state.ledger.whole
        for state in (told, read_state(self.folder).ledger.whole):
            assert state.links.equals(ledger.links)
            assert state.minted.equals(ledger.minted)
            assert (state.last_event, state.last_at, state.in_force) == (
                ledger.last_event,
                ledger.last_at,
                ledger.in_force,
            )
        minted = ledger.minted["person_id"].to_pylist()
        assert len(set(minted)) == len(minted)
        links = lasting_links(found.partition, ledger, KEY)
        assert found.links.equals(links)
        assert found.counts == counted(links)
        ids = links["record_id"].to_pylist()
        assert ids == sorted(set(ids), key=str.encode)
        thin = found.partition["cluster"].is_null().to_pylist()
        shown = dict(zip(ids, links["person_id"].to_pylist(), strict=True))
        persons = ledger.person_of()
        lone = {i for i, is_thin in zip(ids, thin, strict=True) if is_thin}
        assert persons == {i: p for i, p in shown.items() if i not in lone}
        assert not {shown[i] for i in lone} & set(minted)
        # Clusters and persons are the same sets of records.
        cluster = clusters(found.partition)
        pairs = {(cluster[record], person) for record, person in persons.items()}
        assert len(pairs) == len({p for _, p in pairs}) == len({c for c, _ in pairs})
        was = before.person_of() if before else {}
        events = found.events.to_pylist()
        kinds = {e["client_record_id"] for e in events if e["kind"] in MOVES}
        assert kinds == {r for r in {*was, *persons} if was.get(r) != persons.get(r)}


MOVES = ("link", "unlink")


def clusters(partition: pa.Table, name: str = "cluster") -> dict[str, str | None]:
    """Return record id -> cluster."""
    ids = partition[RECORD_ID].to_pylist()
    return dict(zip(ids, partition[name].to_pylist(), strict=True))


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    """Return the rows in another order."""
    rows = np.random.default_rng(seed).permutation(table.num_rows)
    return table.take(pa.array(rows))
