"""One run of ``throughline link --state``: full when due, else what came since.

Belongs here: when a full run is due, the present partition, lasting person ids. Does
not belong here: files (``state_files``), linking (``link``, ``increment``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage import tables
from dagster_project.linkage.base_run import BaseRun, base_of
from dagster_project.linkage.columns import (
    RECORD_ID,
    UnreadableRecords,
    put_in,
    read_columns,
)
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
from dagster_project.linkage.identity import reconcile
from dagster_project.linkage.increment import Touched, link_later
from dagster_project.linkage.ledger_state import after, concerning, new_ledger
from dagster_project.linkage.link import decide
from dagster_project.linkage.model_file import model_id
from dagster_project.linkage.person_ids import person_id
from dagster_project.linkage.questions import most_useful_first
from dagster_project.linkage.score import logit
from dagster_project.linkage.stage_clock import Clock
from dagster_project.linkage.state_decisions import Decided, decided_now
from dagster_project.linkage.state_files import State
from dagster_project.linkage.table_decisions import TableDecision, pairs

FULL_RUN_AFTER = 0.05
"""Records since the last full run, as a share of its records, that make another due.
Up to a twentieth the model and its frequencies are as good as new: F1 differs by less
than .0002 on made-up files."""

SMALL = 20_000
"""Records below which a full run is due sooner, in proportion: a model of few records
is soon out of date (.002 of F1 in 2,000 records), and a full run costs seconds."""


def is_full_run_due(known: int, later: int) -> bool:
    """Return whether so many records since a full run over ``known`` call for another.

    >>> is_full_run_due(1_000_000, 1000), is_full_run_due(1000, 3)
    (False, True)
    """
    return later > FULL_RUN_AFTER * known * min(1.0, known / SMALL)


@dataclass(frozen=True)
class StateRun:
    """What a run found, a function of all records that the state has seen.

    ``decided`` says how a steward's decisions stood.
    ``edges`` are those of the full run if nothing came since, else of the records that
    were looked at anew since; ``review_queue`` is whole.
    """

    state: State
    is_full: bool
    events: pa.Table
    partition: pa.Table
    edges: pa.Table
    review_queue: pa.Table
    model: str
    compared: int
    decided: Decided


def run_with_state(
    earlier: State | None,
    records: pa.Table,
    config: LinkConfig,
    clock: Clock,
    *,
    key: bytes,
    at: datetime,
    run_id: str,
    decided: Sequence[TableDecision] = (),
) -> StateRun:
    """Link records together with all that were linked before.

    Args:
        earlier: the state the last run left, None before the first.
        records: the batch; a record id that is known takes the place of its record.
        config: settings, the same in every run of a state.
        clock: told of each stage.
        key: the secret of the person ids.
        at: time of the events.
        run_id: names the run in each event.
        decided: a steward's decisions, all of them: what is no longer among them is
            withdrawn.

    Raises:
        UnreadableRecords: the batch has no record ids, other settings were used, or
            the last run's time is still to come.
    """
    batch = read_columns(records, config.columns)
    settings = _settings(config, key)
    if earlier:
        _check(earlier, settings, at)
    later = _since_base(earlier, batch) if earlier else batch
    new_ids = later[RECORD_ID].combine_chunks()
    base_ids = new_ids.slice(0, 0)
    if earlier:
        base_ids = earlier.base.records[RECORD_ID].combine_chunks()
    remembered = earlier.settings if earlier else {}
    stands = decided_now(remembered, decided, base_ids, new_ids)
    booking = {"key": key, "at": at, "run_id": run_id, "decisions": stands.booked}
    if not earlier or stands.is_new or is_full_run_due(len(base_ids), later.num_rows):
        if earlier:
            later = _union(earlier.base.records, later)
        return _full(earlier, later, config, clock, settings, stands, booking)
    return _later(earlier, later, config, clock, stands, booking)


def _settings(config: LinkConfig, key: bytes) -> dict[str, object]:
    return {
        "seed": config.seed,
        "extras": [[name, ours] for name, ours in config.columns.items()],
        "person_key": person_id(key, ""),
    }


def _check(earlier: State, settings: dict[str, object], at: datetime) -> None:
    told = {
        "seed": "another --seed",
        "extras": "other --extra columns",
        "person_key": "another THROUGHLINE_PERSON_KEY",
    }
    for name, words in told.items():
        if earlier.settings.get(name) != settings[name]:
            raise UnreadableRecords(
                f"--state was begun with {words}; use the same, or start a new state"
            )
    last = earlier.ledger.last_at
    if last and at < last:
        raise UnreadableRecords(
            f"--state was last changed at {last:%Y-%m-%d %H:%M:%S} UTC, which is still "
            "to come; set this machine's clock"
        )


def _since_base(earlier: State, batch: pa.Table) -> pa.Table:
    """Return all records since the full run whose content is not the full run's."""
    later = _union(earlier.later, batch)
    before = _those(earlier.base.records, later[RECORD_ID])
    again = _those(later, before[RECORD_ID])  # both stand by record id
    unchanged = again.filter(_same_content(again, before))
    return _others(later, unchanged[RECORD_ID])


def _same_content(one: pa.Table, two: pa.Table) -> pa.ChunkedArray:
    """Return which rows hold the same; a column that is not there holds nothing."""
    nothing = pa.nulls(one.num_rows, pa.string())
    same = pc.equal(one[RECORD_ID], two[RECORD_ID])
    for name in sorted({*one.column_names, *two.column_names}):
        left, right = (
            table[name].cast(pa.string()) if name in table.column_names else nothing
            for table in (one, two)
        )
        neither = pc.and_(pc.is_null(left), pc.is_null(right))
        alike = pc.or_(neither, pc.fill_null(pc.equal(left, right), False))
        same = pc.and_(same, alike)
    return same


def _those(table: pa.Table, ids: pa.ChunkedArray) -> pa.Table:
    return table.filter(pc.is_in(table[RECORD_ID], value_set=ids.combine_chunks()))


def _others(table: pa.Table, ids: pa.ChunkedArray) -> pa.Table:
    known = pc.is_in(table[RECORD_ID], value_set=ids.combine_chunks())
    return table.filter(pc.invert(known))


def _union(known: pa.Table, batch: pa.Table) -> pa.Table:
    """Return both; a record of the batch takes the place of one that is known."""
    both = [_others(known, batch[RECORD_ID]), batch]
    return pa.concat_tables(both, promote_options="default").sort_by(RECORD_ID)


def _full(
    earlier, records, config, clock, settings, stands: Decided, booking
) -> StateRun:
    run = decide(
        records,
        config=config,
        must_link=pairs(stands.stand, MUST_LINK),
        cannot_link=pairs(stands.stand, CANNOT_LINK),
        clock=clock,
        keep_standard=True,
    )
    with clock.stage("tables"):
        base = base_of(run, config)
        text = base.model
        ledger = earlier.ledger if earlier else new_ledger()
        events = reconcile(
            ledger,
            _linkable(base.partition),
            model_id=model_id(text),
            **booking,
        )
        nobody = run.record_ids.slice(0, 0)
        now = after(ledger, events)
        settings = settings | stands.remembered(now.in_force)
        state = State(settings, base, run.table.slice(0, 0), nobody, now)
        return StateRun(
            state,
            True,
            events,
            base.partition,
            base.edges,
            base.questions,
            text,
            run.compared,
            stands,
        )


def _later(earlier, later, config, clock, stands: Decided, booking) -> StateRun:
    base, ledger = earlier.base, earlier.ledger
    found = link_later(base, later, config, clock, stands.stand)
    with clock.stage("tables"):
        text = base.model
        touched = found.partition[RECORD_ID].combine_chunks()
        partition = put_in(base.partition, found.partition, touched)
        concerned = pa.concat_arrays([touched, earlier.touched]).unique()
        events = reconcile(
            concerning(ledger, concerned),
            _linkable(
                partition.filter(pc.is_in(partition[RECORD_ID], value_set=concerned))
            ),
            model_id=model_id(text),
            **booking,
        )
        likely = found.scored.kept(found.scored.log_odds >= logit(config.edge_floor))
        edges = tables.edge_table(likely, found.record_ids, model_id(text))
        state = State(earlier.settings, base, later, touched, after(ledger, events))
        return StateRun(
            state,
            False,
            events,
            partition,
            edges if later.num_rows else base.edges,
            _questions(base, found, config),
            text,
            found.compared,
            stands,
        )


def _questions(base: BaseRun, found: Touched, config: LinkConfig) -> pa.Table:
    """Return the review queue with that of what was looked at anew in its place."""
    anew = tables.review_table(found.record_ids, found.merges, found.scored, config)
    ids = found.partition[RECORD_ID].combine_chunks()
    stand = pc.invert(pc.is_in(base.questions["client_record_id_l"], value_set=ids))
    return most_useful_first(pa.concat_tables([base.questions.filter(stand), anew]))


def _linkable(partition: pa.Table) -> pa.Table:
    chosen = partition.filter(partition["cluster"].is_valid())
    return chosen.select([RECORD_ID, "cluster", "link_confidence"])
