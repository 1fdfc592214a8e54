"""One run of ``throughline link --state``: full when due, else what came since.

Belongs here: when a full run is due, the present partition, lasting person ids. Does
not belong here: files (``state_files``), linking (``link``, ``increment``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage import tables
from dagster_project.linkage.base_run import BaseRun, base_of
from dagster_project.linkage.columns import RECORD_ID, UnreadableRecords, read_columns
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.deaths import death_questions, union_of_lives
from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
from dagster_project.linkage.identity import reconcile
from dagster_project.linkage.increment import Touched, link_later
from dagster_project.linkage.laid_aside import LaidAside
from dagster_project.linkage.ledger_since import LedgerSince, new_ledger
from dagster_project.linkage.link import decide
from dagster_project.linkage.people_result import counted, lasting_links
from dagster_project.linkage.person_ids import person_id
from dagster_project.linkage.questions import most_useful_first
from dagster_project.linkage.rows_by_id import ids_of, rows_of, with_rows
from dagster_project.linkage.stage_clock import Clock
from dagster_project.linkage.state_decision_review import (
    TAKEN,
    Taken,
    asked_again,
    contents_now,
    questions_again,
    taken_now,
)
from dagster_project.linkage.state_decisions import Decided, decided_now
from dagster_project.linkage.state_files import State
from dagster_project.linkage.state_records import records_since, union
from dagster_project.linkage.state_result import StateRun, links_now
from dagster_project.linkage.table_decisions import Statement, TableDecision, pairs

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


def run_with_state(
    earlier: State | None,
    records: pa.Table,
    config: LinkConfig,
    clock: Clock,
    *,
    key: bytes,
    at: datetime,
    run_id: str,
    decided: Sequence[TableDecision] | None = None,
    statements: Mapping[str, Statement] | None = None,
    base_folder: Path | None = None,
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
            withdrawn. None leaves them as the last full run took them.
        statements: what is said of each decision, by its id: another statement is
            the decision taken anew.
        base_folder: where a full run may put its large parts as it makes them, for the
            state to be kept there; None keeps them in memory.

    Raises:
        UnreadableRecords: the batch has no record ids, other settings were used, or
            the last run's time is still to come.
    """
    batch = read_columns(records, config.columns)
    settings = _settings(config, key)
    if earlier:
        _check(earlier, settings, at)
    later, base_ids = batch, ids_of(batch).slice(0, 0)
    if earlier:
        later = records_since(earlier.base.records, earlier.later, batch)
        base_ids = ids_of(earlier.base.records)
    new_ids = ids_of(later)
    remembered = earlier.settings if earlier else {}
    stands = decided_now(remembered, decided, base_ids, new_ids)
    if decided is not None:
        statements = statements or {}
    base_records = earlier.base.records if earlier else None
    now = contents_now(base_records, later, stands.stand, key)
    taken = taken_now(remembered, stands.stand, statements, now, at)
    asked = asked_again(stands.stand, taken, now)
    booking = {"key": key, "at": at, "run_id": run_id, "decisions": stands.booked}
    if not earlier or stands.is_new or is_full_run_due(len(base_ids), later.num_rows):
        if earlier:
            later = union(earlier.base.records, later)
        aside = LaidAside(base_folder)
        found = _full(earlier, later, config, clock, settings, stands, booking, aside)
    else:
        found = _later(earlier, later, config, clock, stands, booking)
    return _with_decisions(found, taken, questions_again(asked, found.links))


def _with_decisions(
    found: StateRun, taken: dict[str, Taken], questions: pa.Table
) -> StateRun:
    """Return a run that remembers decisions as they were taken, and asks again."""
    settings = found.state.settings | {TAKEN: taken}
    found = replace(found, state=replace(found.state, settings=settings))
    if not questions.num_rows:
        return found
    queue = pa.concat_tables([found.review_queue, questions])
    return replace(found, review_queue=most_useful_first(queue))


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


def _full(
    earlier, records, config, clock, settings, stands: Decided, booking, aside
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
        run = replace(run, standard=aside.table("standard", run.standard))
        base = base_of(run, config, aside)
        nobody = run.table.slice(0, 0), run.record_ids.slice(0, 0)
        compared = run.compared
        del run  # the ledger's tables are as large as what is let go here
        ledger = earlier.ledger.whole if earlier else new_ledger()
        events = reconcile(
            ledger, _linkable(base.partition), model_id=base.model_id, **booking
        )
        now = LedgerSince.begun(ledger, events)
        links = lasting_links(base.partition, now.whole, booking["key"])
        state = State(
            settings | stands.remembered(now.in_force),
            base,
            links,
            counted(links),
            *nobody,
            now,
        )
        return StateRun(
            state,
            True,
            events,
            base.partition,
            links,
            state.counts,
            base.edges,
            base.questions,
            compared,
            stands,
        )


def _later(earlier, later, config, clock, stands: Decided, booking) -> StateRun:
    base, ledger = earlier.base, earlier.ledger
    found = link_later(base, later, config, clock, stands.stand)
    with clock.stage("tables"):
        touched = ids_of(found.partition)
        events = reconcile(
            ledger.concerning(_both(touched, earlier.touched)),
            _linkable(_partition_of(base, found, earlier.touched)),
            model_id=base.model_id,
            given=ledger.persons,
            **booking,
        )
        now = ledger.after(events)
        # Whoever is as the full run found them may go by another name since.
        anew = _partition_of(base, found, ids_of(now.moved))
        links = lasting_links(anew, now.concerning(ids_of(anew)), booking["key"])
        links, counts = links_now(earlier, links)
        stated = base.trained.model.stated
        reached = found.scored.log_odds >= stated.pair_log_odds(config.edge_floor)
        likely = found.scored.kept(reached)
        edges = tables.edge_table(likely, found.record_ids, base.model_id, stated)
        return StateRun(
            replace(earlier, later=later, touched=touched, ledger=now),
            False,
            events,
            found.partition,
            links,
            counts,
            edges if later.num_rows else base.edges,
            _questions(base, later, found, config),
            found.compared,
            stands,
        )


def _both(one: pa.Array, other: pa.Array) -> pa.Array:
    ids = pa.concat_arrays([one, other]).unique()
    return ids.take(pc.sort_indices(ids))


def _partition_of(base: BaseRun, found: Touched, others: pa.Array) -> pa.Table:
    """Return the partition of what was looked at anew and of some other records."""
    return with_rows(rows_of(base.partition, others), found.partition)


def _questions(
    base: BaseRun, later: pa.Table, found: Touched, config: LinkConfig
) -> pa.Table:
    """Return the review queue with that of what was looked at anew in its place."""
    ids = ids_of(found.partition)
    stand = pc.invert(pc.is_in(base.questions["client_record_id_l"], value_set=ids))
    lives = union_of_lives(base.records, later, ids)
    asked = [
        base.questions.filter(stand),
        tables.review_table(found.record_ids, found.merges, found.scored, config),
        death_questions(lives, found.partition["cluster"]),
    ]
    return most_useful_first(pa.concat_tables(asked))


def _linkable(partition: pa.Table) -> pa.Table:
    chosen = partition.filter(partition["cluster"].is_valid())
    return chosen.select([RECORD_ID, "cluster", "link_confidence"])
