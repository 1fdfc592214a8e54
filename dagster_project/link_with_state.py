"""``throughline link --state``: a batch linked to all that a folder remembers.

Belongs here: what of a batch is written, remembered and told. Does not belong here:
arguments (``link_command``), the linking itself (``linkage.state_run``).
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_project.link_results import print_summary, told, written
from dagster_project.table_arguments import (
    say,
    say_joins_nothing,
    say_left_out,
    say_unseen,
)

if TYPE_CHECKING:
    from dagster_project.linkage.config import LinkConfig
    from dagster_project.linkage.people_columns import People
    from dagster_project.linkage.table_decisions import Statement, TableDecision


def link_with_state(
    people: "People",
    out: Path,
    folder: Path,
    given: "tuple[list[TableDecision], dict[str, Statement]] | None",
    config: "LinkConfig",
    key: bytes,
    began: float,
) -> None:
    """Link a batch to all that the state folder remembers, and remember it.

    Args:
        people: the batch.
        out: folder of the results.
        folder: of the state.
        given: a steward's decisions, all of them, and what is said of each by its id;
            None leaves them as they are.
        config: settings.
        key: the secret of the person ids.
        began: when the command did.
    """
    from dagster_project.linkage import people_result
    from dagster_project.linkage.questions import asked_of_decisions
    from dagster_project.linkage.stage_clock import Clock
    from dagster_project.linkage.state_files import (
        held,
        next_base,
        read_state,
        write_state,
    )
    from dagster_project.linkage.state_run import run_with_state
    from dagster_project.progress import Stages

    decided, statements = given or (None, None)
    with Stages() as stages, held(folder):
        stages.part("Remember", 0, 1)
        shown = told(stages)
        found = run_with_state(
            read_state(folder),
            people.table,
            config,
            Clock(shown["progress"], shown["begins"]),
            key=key,
            at=datetime.now(UTC),
            run_id=f"{datetime.now(UTC):%Y%m%dT%H%M%S}",
            decided=decided,
            statements=statements,
            base_folder=next_base(folder),
        )
        stages.part("Write", 0, 1)
        ids = people_result.cast_ids(found.links["record_id"], people.id_type)
        id_type = ids.type
        tables = {
            "client_links": found.links.set_column(0, "record_id", ids),
            "edges": people_result.edges(found.edges, id_type),
            "review_queue": people_result.review_queue(
                found.review_queue, id_type, people.extras
            ),
        }
        with written(out, tables, found.model) as (_, wait):
            # A state that is ahead of its results would hide them.
            is_full = found.is_full
            write_state(folder, found.state, found.events, new_base=is_full, ready=wait)
    if not found.is_full:
        say_unseen(people.table, found.state.base.trained, "the next full run")
    say_left_out(found.decided.lacking, "--decisions")
    if decided is None and (held_on := len(found.decided.stand)):
        say(f"Decisions that the state remembers: {held_on:,}; they hold on")
    if asked := asked_of_decisions(found.review_queue):
        say(
            f"Decisions of which a record changed since: {asked:,}; they hold on, and "
            "review_queue.parquet asks again"
        )
    if gone := found.decided.withdrawn:
        say(
            f"Decisions of the last full run that are no longer given: {len(gone):,}; "
            "they are withdrawn"
        )
    if found.decided.stand:
        say_joins_nothing(found.decided.stand, found.partition)
    counts = people_result.summary(
        found.counts, found.review_queue.num_rows, found.compared
    )
    counts["changes of identity"] = found.events.num_rows
    print_summary(counts, out, began)
    how = "a full run" if found.is_full else "what came since the last full run"
    print(f"State in {folder}, by {how}")
