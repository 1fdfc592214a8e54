"""``throughline link``: any table of people in, who is who out.

Belongs here: arguments, progress, what is written and printed. Does not belong here:
the linking itself (``linkage``).
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.kept_out import (
    keep_pandas_out_of_arrow,
    keep_scipy_out_of_numba,
)
from dagster_project.table_arguments import (
    RECORDS_HELP,
    ExtraOption,
    RenameOption,
    one_sentence,
    read_decisions_file,
    read_model_file,
    read_sample_file,
    read_table,
    say,
    say_joins_nothing,
    say_left_out,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from dagster_project.linkage.config import LinkConfig
    from dagster_project.linkage.people_columns import People
    from dagster_project.linkage.table_decisions import TableDecision
    from dagster_project.linkage.trained import TrainedModel
    from dagster_project.progress import Stages

STAGES = {
    "standardise": "Read names, dates and numbers",
    "encode": "Encode",
    "block": "Bring records together",
    "compare a sample": "Compare a sample",
    "compare and score": "Compare and score",
    "frequencies": "Count how common values are",
    "fit": "Fit the model",
    "score": "Score again",
    "cluster": "Join records into people",
    "tables": "Make tables",
}
"""The engine's stages as a user reads them."""


def link(
    records: Annotated[Path, typer.Argument(help=RECORDS_HELP)],
    out: Annotated[Path, typer.Option(help="Folder to write the results to.")],
    model: Annotated[
        Path | None,
        typer.Option(help="A model.json to score with; trains one if unset."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads; all cores if unset.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Key of samples; same seed, same bytes.")
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="Folder that remembers: links to all that was linked with it before."
        ),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            help="A steward's decisions, .csv or .parquet: record_id_l, record_id_r, "
            "decision (must_link or cannot_link), perhaps reason and by."
        ),
    ] = None,
    clerical_sample: Annotated[
        Path | None,
        typer.Option(
            help="What 'throughline clerical-sample' drew, is_match filled in: the "
            "report shows the error rates that people found."
        ),
    ] = None,
    extra: ExtraOption = None,
    rename: RenameOption = None,
) -> None:
    """Link any table of people: which records are one person?

    Columns read: record_id (needed), source, first_name, middle_name, last_name,
    suffix, aliases, dob, sex, ssn, phone, email, address, city, zip.

    Writes client_links.parquet (record_id, person_id), edges.parquet, model.json,
    review_queue.parquet and report.html. THROUGHLINE_PERSON_KEY keys the person ids;
    without it whoever knows a record id can compute its person_id.

    With --state a batch of new and changed records is linked to all earlier ones;
    person ids last, and DIR/events tells every change. Then there is no report, and
    edges.parquet holds what was looked at anew since the last full run.

    --decisions holds whatever the evidence says. With --state the file is the whole of
    what was decided: give it with every batch; a decision no longer in it is withdrawn.
    """
    began = time.perf_counter()
    keep_pandas_out_of_arrow()
    keep_scipy_out_of_numba()
    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.whole_folder import check_folder, stopped_by_signals

    with one_sentence(), stopped_by_signals():
        check_folder(out)
        if state and model:
            raise UnreadableRecords(
                "--state keeps a model of its own; leave --model out"
            )
        if state and clerical_sample:
            raise UnreadableRecords(
                "there is no report with --state; leave --clerical-sample out"
            )
        trained = read_model_file(model) if model else None
        decided = read_decisions_file(decisions) if decisions else []
        people = read_table(records, extra, rename, trained)
        sample = None
        if clerical_sample:
            sample = read_sample_file(clerical_sample, people.table["record_id"])
        _use_threads(threads)
        config = _config(people, seed)
        if state:
            _link_with_state(people, out, state, decided, config, began)
        else:
            _link(people, out, trained, decided, sample, config, began)


def _config(people: "People", seed: int | None) -> "LinkConfig":
    from dagster_project.linkage.config import LinkConfig
    from dagster_project.linkage.fields import EXTRA_FIELDS

    return LinkConfig(
        seed=LinkConfig.seed if seed is None else seed,
        columns=dict(zip(people.extras, EXTRA_FIELDS, strict=False)),
    )


def _person_key() -> bytes:
    return os.environ.get("THROUGHLINE_PERSON_KEY", "").encode()


def _link(
    people: "People",
    out: Path,
    trained: "TrainedModel | None",
    decided: "list[TableDecision]",
    sample: "pa.Table | None",
    config: "LinkConfig",
    began: float,
) -> None:
    """Link and write; every figure of the summary comes from what was written."""
    from dagster_project.linkage import people_result
    from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
    from dagster_project.linkage.link import link as link_records
    from dagster_project.linkage.report.page import write_report
    from dagster_project.linkage.table_decisions import about, pairs
    from dagster_project.progress import Stages

    stand, lacking = about(decided, set(people.table["record_id"].to_pylist()))
    say_left_out(lacking, "--decisions")
    with Stages() as stages:
        result = link_records(
            people.table,
            config=config,
            must_link=pairs(stand, MUST_LINK),
            cannot_link=pairs(stand, CANNOT_LINK),
            model=trained,
            **_told(stages),
        )
        stages.part("Write", 0, 1)
        links = people_result.client_links(result, _person_key(), people.id_type)
        tables = {
            "client_links": links,
            "edges": people_result.edges(result.edges, people.id_type),
            "review_queue": people_result.review_queue(
                result.review_queue, people.id_type, people.extras
            ),
        }
        text = result.models["parameters"][0].as_py()
        with _written(out, tables, text) as folder:
            write_report(
                folder / "report.html",
                result,
                people.table,
                made_at=datetime.now(UTC).date(),
                config=config,
                clerical_sample=sample,
            )
    say_joins_nothing(stand, result.partition)
    _print_summary(
        people_result.summary(links, result.review_queue, result.compared), out, began
    )


def _link_with_state(
    people: "People",
    out: Path,
    folder: Path,
    decided: "list[TableDecision]",
    config: "LinkConfig",
    began: float,
) -> None:
    """Link a batch to all that the state folder remembers, and remember it."""
    from dagster_project.linkage import people_result
    from dagster_project.linkage.stage_clock import Clock
    from dagster_project.linkage.state_files import held, read_state, write_state
    from dagster_project.linkage.state_run import run_with_state
    from dagster_project.progress import Stages

    with Stages() as stages, held(folder):
        stages.part("Remember", 0, 1)
        told = _told(stages)
        key = _person_key()
        found = run_with_state(
            read_state(folder),
            people.table,
            config,
            Clock(told["progress"], told["begins"]),
            key=key,
            at=datetime.now(UTC),
            run_id=f"{datetime.now(UTC):%Y%m%dT%H%M%S}",
            decided=decided,
        )
        stages.part("Write", 0, 1)
        links = people_result.lasting_links(
            found.partition, found.state.ledger, key, people.id_type
        )
        id_type = links["record_id"].type
        tables = {
            "client_links": links,
            "edges": people_result.edges(found.edges, id_type),
            "review_queue": people_result.review_queue(
                found.review_queue, id_type, people.extras
            ),
        }
        with _written(out, tables, found.model):
            write_state(folder, found.state, found.events, new_base=found.is_full)
    say_left_out(found.decided.lacking, "--decisions")
    if gone := found.decided.withdrawn:
        say(
            f"Decisions of the last full run that are no longer given: {len(gone):,}; "
            "they are withdrawn"
        )
    say_joins_nothing(found.decided.stand, found.partition)
    counts = people_result.summary(links, found.review_queue, found.compared)
    counts["changes of identity"] = found.events.num_rows
    _print_summary(counts, out, began)
    how = "a full run" if found.is_full else "what came since the last full run"
    print(f"State in {folder}, by {how}")


@contextmanager
def _written(out: Path, tables: "dict[str, pa.Table]", model: str) -> Iterator[Path]:
    """Write a run's files; they take their place when the block ends well."""
    import pyarrow.parquet as pq

    from dagster_project.whole_folder import whole_folder

    with whole_folder(out) as folder:
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
        (folder / "model.json").write_text(model, encoding="utf-8")
        yield folder


def _print_summary(counts: dict[str, int], out: Path, began: float) -> None:
    for name, count in counts.items():
        print(f"{name:<26}{count:>14,}")
    print(f"{'seconds':<26}{time.perf_counter() - began:>14.1f}")
    print(f"Results in {out}")


def _told(stages: "Stages") -> dict:
    """Return the engine's callbacks that show each stage as one line."""
    seen: dict[str, int] = {}

    def name(stage: str) -> str:
        words = STAGES.get(stage, stage.capitalize())
        return words + (" again" if seen[stage] > 1 else "")

    def begins(stage: str) -> None:
        seen[stage] = seen.get(stage, 0) + 1
        stages.start(name(stage))

    def ended(stage: str, _seconds: float) -> None:
        stages.done(name(stage))

    return {"begins": begins, "progress": ended}


def _use_threads(threads: int | None) -> None:
    """Set the threads of the kernels, and refuse more than there are."""
    import numba

    from dagster_project.linkage.columns import UnreadableRecords

    most = numba.config.NUMBA_NUM_THREADS
    if threads is not None and threads > most:
        raise UnreadableRecords(f"--threads {threads}: there are {most} here")
    numba.set_num_threads(threads or most)
