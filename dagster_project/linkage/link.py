"""Link a table of client records into people: the engine's one public entry.

Belongs here: the order of the stages. Does not belong here: any stage's work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dagster_project.linkage import tables
from dagster_project.linkage.background import Background
from dagster_project.linkage.blocking import block
from dagster_project.linkage.blocking_key_table import blocking_key_table
from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.cluster import Decisions, Merges, decisions
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.deaths import death_questions
from dagster_project.linkage.encode import Encoded, encode
from dagster_project.linkage.fields import EXTRA_FIELDS
from dagster_project.linkage.held import Held, held
from dagster_project.linkage.linkable import may_found, may_join, telling_sources
from dagster_project.linkage.model import Model
from dagster_project.linkage.passes import Input, fit_and_cluster, score_and_cluster
from dagster_project.linkage.questions import most_useful_first
from dagster_project.linkage.score import Scored
from dagster_project.linkage.stage_clock import Begins, Clock, Progress
from dagster_project.linkage.standard_table import standard_table
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import Strata, strata
from dagster_project.linkage.tables import LinkResult
from dagster_project.linkage.trained import TrainedModel, count_values, fit_to

ASKED = ("client_record_id", "source_system", "died_on", "last_seen_on")
"""Columns of the written records that are read again once they are standard."""

NAMES = ("first_name", "last_name")
"""Those that a report reads again."""

Records = pa.Table | Callable[[], pa.Table]
"""A table, or what returns it: then nobody else need hold it while it is linked, and
its memory serves the later stages."""


@dataclass(frozen=True)
class Run:
    """All that a run knew at its end, for whoever explains it."""

    table: pa.Table  # by record id; all that was read if ``standard`` is, else ASKED
    record_ids: pa.Array
    founding: NDArray[np.bool_]  # of all records: which are a person by themselves
    rows: NDArray[np.int64]  # places of those that may join; all below is about these
    encoded: Encoded
    strata: Strata
    model: Model  # over ``strata``
    trained: TrainedModel
    log_frequency: NDArray[np.float32]
    scored: Scored
    decided: Decisions
    merges: Merges
    blocking_report: pa.Table
    compared: int
    standard: pa.Table | None  # the records as they were compared, if asked for
    telling: tuple[str, ...]  # sources, see ``linkable``
    held: Held | None  # of all records, if asked for


def link(
    records: Records,
    *,
    config: LinkConfig | None = None,
    must_link: Sequence[tuple[str, str]] = (),
    cannot_link: Sequence[tuple[str, str]] = (),
    model: TrainedModel | None = None,
    progress: Progress | None = None,
    begins: Begins | None = None,
    keep_background: bool = False,
) -> LinkResult:
    """Decide which records are one person.

    Args:
        records: one row per department's record of a client; see ``columns``. Or what
            returns them.
        config: settings; the defaults are the product's.
        must_link: pairs of record ids a steward found to be one person.
        cannot_link: pairs of record ids a steward found to be two.
        model: a trained model to score with; without one a model is trained.
        progress: called after each stage.
        begins: called before each stage.
        keep_background: whether the result takes along what a report wants to know.

    Returns:
        The tables of schema ``linkage`` that a run makes, the same bytes whatever the
        order of the rows and the number of threads.

    Raises:
        UnreadableRecords: no record id column, or ids that are null or not unique.
        ContradictoryDecisions: the steward's decisions contradict one another.
    """
    config = config or LinkConfig()
    clock = Clock(progress, begins)
    run = decide(
        records,
        config=config,
        must_link=must_link,
        cannot_link=cannot_link,
        model=model,
        clock=clock,
        keep_held=keep_background,
    )
    with clock.stage("tables"):
        ids, scored = run.record_ids.take(pa.array(run.rows)), run.scored
        stated = run.model.stated
        models = tables.model_table(run.trained)
        partition = tables.partition_table(
            run.record_ids, run.rows, run.founding, run.merges, config
        )
        questions = [
            tables.review_table(ids, run.merges, scored, config),
            death_questions(run.table, partition["cluster"]),
        ]
        keys = None
        if config.blocking_keys:
            keys = blocking_key_table(KeyParts(run.encoded), ids)
        report, compared = run.blocking_report, run.compared
        background = _background(run) if keep_background else None
        del run  # the tables of pairs are as large as the records
        shown = None if background else ids
        candidates = tables.candidate_table(scored, shown, stated)
        edges = scored.kept(scored.log_odds >= stated.pair_log_odds(config.edge_floor))
        del scored
        return LinkResult(
            candidate_pairs=candidates,
            edges=tables.edge_table(edges, ids, models["model_id"][0].as_py(), stated),
            partition=partition,
            review_queue=most_useful_first(pa.concat_tables(questions)),
            models=models,
            blocking_report=report,
            seconds=clock.seconds,
            compared=compared,
            blocking_keys=keys,
            background=background,
        )


def _background(run: Run) -> Background:
    names = [name for name in NAMES if name in run.table.column_names]
    return Background(
        run.table.select(names),
        run.held,
        run.rows,
        run.encoded,
        run.strata,
        run.model,
        run.log_frequency,
        run.rows[run.scored.left].astype(np.int32),
        run.rows[run.scored.right].astype(np.int32),
    )


def decide(
    records: Records,
    *,
    config: LinkConfig | None = None,
    must_link: Sequence[tuple[str, str]] = (),
    cannot_link: Sequence[tuple[str, str]] = (),
    model: TrainedModel | None = None,
    clock: Clock | None = None,
    keep_standard: bool = False,
    keep_held: bool = False,
) -> Run:
    """Do what ``link`` does and return all that it knew instead of tables."""
    config, clock = config or LinkConfig(), clock or Clock()
    with clock.stage("standardise"):
        table = read_columns(
            records() if callable(records) else records, config.columns
        )
        standard = standardise(table)
        rows = np.flatnonzero(may_join(standard))
        founding = may_found(standard)
        record_ids, telling = standard.record_id, telling_sources(standard)
        identity = held(standard) if keep_held else None
        if not keep_standard:
            asked = (*ASKED, *NAMES) if keep_held else ASKED
            table = table.select([c for c in asked if c in table.column_names])
        # What was read is as large as what is compared: let go of each when it served.
        standard = standard.take(rows)
    with clock.stage("encode"):
        encoded = encode(standard)
        source = standard.source.codes, standard.source.values
        fitted, sources = fit_to(model, *source) if model else (None, strata(*source))
        decided = decisions(must_link, cannot_link, standard.record_id)
        kept = standard_table(standard) if keep_standard else None
        del standard
    with clock.stage("block"):
        blocking = block(KeyParts(encoded), config.pairs_per_record)
    report, candidates = blocking.report, len(blocking.pairs.left)
    # The candidates are in no other hands: the passes let go of them once scored.
    given = Input(encoded, sources, [blocking.pairs], decided, config, clock)
    del blocking
    if model:
        passed = score_and_cluster(given, model, fitted)
    else:
        passed = fit_and_cluster(given)
        model = TrainedModel(
            passed.model,
            sources.sources,
            sources.pairs,
            count_values(encoded, sources, passed.weights),
            len(rows),
            candidates,
            config.seed,
            _extras(config),
        )
    report = report.append_column("pairs_filtered", pa.array(passed.filtered))
    return Run(
        table,
        record_ids,
        founding,
        rows,
        encoded,
        sources,
        passed.model,
        model,
        passed.log_frequency,
        passed.scored,
        decided,
        passed.merges,
        report,
        candidates - int(passed.filtered.sum()),
        kept,
        telling,
        identity,
    )


def _extras(config: LinkConfig) -> tuple[str, ...]:
    """Return what the caller calls the extra fields."""
    names = {ours: column for column, ours in config.columns.items()}
    return tuple(names[name] for name in EXTRA_FIELDS if name in names)
