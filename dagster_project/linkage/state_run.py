"""One run of ``throughline link --state``: full when due, else what came since.

Belongs here: when a full run is due, the present partition, lasting person ids. Does
not belong here: files (``state_files``), linking (``link``, ``increment``).
"""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage import tables
from dagster_project.linkage.base_run import base_of
from dagster_project.linkage.columns import RECORD_ID, UnreadableRecords, read_columns
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.identity import reconcile
from dagster_project.linkage.increment import link_later
from dagster_project.linkage.ledger_state import after, concerning, new_ledger
from dagster_project.linkage.link import decide
from dagster_project.linkage.model_file import model_id, model_text
from dagster_project.linkage.score import logit
from dagster_project.linkage.stage_clock import Clock
from dagster_project.linkage.state_files import State

FULL_RUN_AFTER = 0.05
"""Records since the last full run, as a share of its records, that make another due.
Up to a twentieth the model and its frequencies are as good as new: F1 differs by less
than .0002 on made-up files."""


@dataclass(frozen=True)
class StateRun:
    """What a run found; ``edges`` and ``review_queue`` are of what it looked at."""

    state: State
    is_full: bool
    events: pa.Table
    partition: pa.Table
    edges: pa.Table
    review_queue: pa.Table
    model: str
    compared: int


def run_with_state(
    earlier: State | None,
    records: pa.Table,
    config: LinkConfig,
    clock: Clock,
    *,
    key: bytes,
    at: datetime,
    run_id: str,
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

    Raises:
        UnreadableRecords: the batch has no record ids, or other settings were used.
    """
    batch = read_columns(records, config.columns)
    settings: dict[str, object] = {
        "seed": config.seed,
        "extras": sorted(config.columns),
    }
    if earlier and earlier.settings != settings:
        raise UnreadableRecords(
            "--state was begun with another --seed or --extra; use the same, or start "
            "a new state"
        )
    later = _since_base(earlier, batch) if earlier else batch
    known = earlier.base.records.num_rows if earlier else 0
    if not earlier or later.num_rows > FULL_RUN_AFTER * known:
        if earlier:
            later = _union(earlier.base.records, later)
        return _full(earlier, later, config, clock, settings, key, at, run_id)
    return _later(earlier, later, config, clock, key, at, run_id)


def _since_base(earlier: State, batch: pa.Table) -> pa.Table:
    """Return all records since the full run whose content is not the full run's."""
    later = _union(earlier.later, batch)
    place = pc.index_in(
        later[RECORD_ID], value_set=earlier.base.records[RECORD_ID].combine_chunks()
    )
    again = later.filter(place.is_valid())
    before = earlier.base.records.take(place.drop_null())
    unchanged = [
        one == two for one, two in zip(_contents(again), _contents(before), strict=True)
    ]
    ids = again[RECORD_ID].filter(pa.array(unchanged, pa.bool_()))
    keep = pc.invert(pc.is_in(later[RECORD_ID], value_set=ids.combine_chunks()))
    return later.filter(keep)


def _contents(table: pa.Table) -> list[dict]:
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in table.to_pylist()
    ]


def _union(known: pa.Table, batch: pa.Table) -> pa.Table:
    """Return both; a record of the batch takes the place of one that is known."""
    stay = pc.invert(
        pc.is_in(known[RECORD_ID], value_set=batch[RECORD_ID].combine_chunks())
    )
    tables_ = [known.filter(stay), batch]
    return pa.concat_tables(tables_, promote_options="default").sort_by(RECORD_ID)


def _full(earlier, records, config, clock, settings, key, at, run_id) -> StateRun:
    run = decide(records, config=config, clock=clock)
    with clock.stage("tables"):
        base = base_of(run, config)
        ids = run.record_ids.take(pa.array(run.rows))
        text = model_text(run.trained)
        ledger = earlier.ledger if earlier else new_ledger()
        events = reconcile(
            ledger,
            _linkable(base.partition),
            key=key,
            run_id=run_id,
            model_id=model_id(text),
            at=at,
        )
        edges = run.scored.kept(run.scored.log_odds >= logit(config.edge_floor))
        nobody = ids.slice(0, 0)
        state = State(
            settings, base, run.table.slice(0, 0), nobody, after(ledger, events)
        )
        return StateRun(
            state,
            True,
            events,
            base.partition,
            tables.edge_table(edges, ids, model_id(text)),
            tables.review_table(ids, run.merges, run.scored, config),
            text,
            run.compared,
        )


def _later(earlier, later, config, clock, key, at, run_id) -> StateRun:
    base, ledger = earlier.base, earlier.ledger
    found = link_later(base, later, config, clock)
    with clock.stage("tables"):
        text = model_text(base.trained)
        touched = found.partition[RECORD_ID].combine_chunks()
        partition = _with_touched(base.partition, found.partition, found.replaced)
        concerned = pa.concat_arrays([touched, earlier.touched]).unique()
        events = reconcile(
            concerning(ledger, concerned),
            _linkable(
                partition.filter(pc.is_in(partition[RECORD_ID], value_set=concerned))
            ),
            key=key,
            run_id=run_id,
            model_id=model_id(text),
            at=at,
        )
        edges = found.scored.kept(found.scored.log_odds >= logit(config.edge_floor))
        state = State(earlier.settings, base, later, touched, after(ledger, events))
        return StateRun(
            state,
            False,
            events,
            partition,
            tables.edge_table(edges, found.record_ids, model_id(text)),
            tables.review_table(found.record_ids, found.merges, found.scored, config),
            text,
            found.compared,
        )


def _with_touched(base: pa.Table, touched: pa.Table, replaced: pa.Array) -> pa.Table:
    """Return the full run's partition with what was looked at anew in its place."""
    ids = touched[RECORD_ID].combine_chunks()
    away = pa.concat_arrays([ids, replaced])
    rest = base.filter(pc.invert(pc.is_in(base[RECORD_ID], value_set=away)))
    return pa.concat_tables([rest, touched]).sort_by(RECORD_ID).combine_chunks()


def _linkable(partition: pa.Table) -> pa.Table:
    chosen = partition.filter(partition["cluster"].is_valid())
    return chosen.select([RECORD_ID, "cluster", "link_confidence"])
