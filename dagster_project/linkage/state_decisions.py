"""What a state folder remembers of a steward's decisions, and what is new in them.

Belongs here: decisions of this run beside those of the last full run. Does not belong
here: reading decisions (``table_decisions``), linking (``state_run``, ``increment``).

Only a full run takes up or gives up a decision, and a record that a decision names is
linked by a full run too. So later runs merely keep to the decisions among the records
they touch.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import pyarrow as pa

from dagster_project.linkage.decisions import WITHDRAWN, Decision
from dagster_project.linkage.rows_by_id import places
from dagster_project.linkage.table_decisions import TableDecision, about, records_of

DECISIONS, WITHDRAWN_ONES = "decisions", "withdrawn_decisions"
"""Where the settings of a state keep the decisions of the last full run, and those that
were withdrawn while the identity ledger still says that they hold."""


@dataclass(frozen=True)
class Decided:
    """The decisions as they stand in a run.

    Attributes:
        stand: those on two records that the state knows.
        lacking: a record that each other decision names and the state does not know.
        withdrawn: those of the last full run that were not given again.
        left_over: withdrawn earlier, and the ledger still says that they hold.
        is_new: whether only a full run can keep to them.
    """

    stand: tuple[TableDecision, ...]
    lacking: tuple[str, ...]
    withdrawn: tuple[TableDecision, ...]
    left_over: tuple[TableDecision, ...]
    is_new: bool

    @property
    def given_up(self) -> list[TableDecision]:
        """Return what no longer applies and the identity ledger may have to lift."""
        return sorted({*self.withdrawn, *self.left_over} - {*self.stand})

    @property
    def booked(self) -> list[Decision]:
        """Return all that the identity ledger is to be told of."""
        return [d.decision() for d in self.stand] + [
            d.decision(status=WITHDRAWN) for d in self.given_up
        ]

    def remembered(self, in_force: Set[str]) -> dict[str, list[TableDecision]]:
        """Return the settings that a full run leaves.

        Args:
            in_force: the decisions that the ledger says hold after the run.
        """
        kept = [d for d in self.given_up if d.decision_id in in_force]
        return {DECISIONS: list(self.stand), WITHDRAWN_ONES: kept}


def decided_now(
    settings: Mapping[str, list],
    given: Sequence[TableDecision] | None,
    base: pa.Array,
    later: pa.Array,
) -> Decided:
    """Return how decisions stand against the records that a state knows.

    Args:
        settings: of the state, empty before its first run.
        given: the decisions of this run, all of them; None for those of the last full
            run, so that a forgotten file withdraws nothing.
        base: record ids of the last full run, in their order.
        later: record ids that came or changed since, in their order.
    """
    before, left_over = (
        [TableDecision(*d) for d in settings.get(name, ())]
        for name in (DECISIONS, WITHDRAWN_ONES)
    )
    if given is None:
        given = before
    named = pa.array(sorted(records_of(given)), pa.string())
    came, known = (_those_among(named, ids) for ids in (later, base))
    stand, lacking = about(sorted(given), came | known)
    return Decided(
        tuple(stand),
        tuple(lacking),
        tuple(d for d in before if d not in set(given)),
        tuple(left_over),
        is_new=stand != before or not came.isdisjoint(records_of(stand)),
    )


def _those_among(named: pa.Array, ids: pa.Array) -> set[str]:
    return set(named.filter(pa.array(places(ids, named) >= 0)).to_pylist())
