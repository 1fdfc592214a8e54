"""``throughline link``: any table of people in, who is who out.

Belongs here: arguments, progress, what is written and printed. Does not belong here:
the linking itself (``linkage``).
"""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.table_arguments import (
    RECORDS_HELP,
    ExtraOption,
    RenameOption,
    one_sentence,
    read_model_file,
    read_table,
)

if TYPE_CHECKING:
    from dagster_project.linkage.people_columns import People
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
    extra: ExtraOption = None,
    rename: RenameOption = None,
) -> None:
    """Link any table of people: which records are one person?

    Columns read: record_id (needed), source, first_name, middle_name, last_name,
    suffix, aliases, dob, sex, ssn, phone, email, address, city, zip.

    Writes client_links.parquet (record_id, person_id), edges.parquet, model.json and
    review_queue.parquet. THROUGHLINE_PERSON_KEY keys the person ids; without it
    whoever knows a record id can compute its person_id.
    """
    began = time.perf_counter()
    from dagster_project.whole_folder import check_folder, stopped_by_signals

    with one_sentence(), stopped_by_signals():
        check_folder(out)
        trained = read_model_file(model) if model else None
        people = read_table(records, extra, rename, trained)
        _link(people, out, trained, threads, seed, began)


def _link(
    people: "People",
    out: Path,
    trained: "TrainedModel | None",
    threads: int | None,
    seed: int | None,
    began: float,
) -> None:
    """Link and write; every figure of the summary comes from what was written."""
    import pyarrow.parquet as pq

    from dagster_project.linkage import people_result
    from dagster_project.linkage.config import LinkConfig
    from dagster_project.linkage.fields import EXTRA_FIELDS
    from dagster_project.linkage.link import link as link_records
    from dagster_project.progress import Stages
    from dagster_project.whole_folder import whole_folder

    _use_threads(threads)
    config = LinkConfig(
        seed=LinkConfig.seed if seed is None else seed,
        columns=dict(zip(people.extras, EXTRA_FIELDS, strict=False)),
    )
    with Stages() as stages:
        result = link_records(
            people.table, config=config, model=trained, **_told(stages)
        )
        stages.part("Write", 0, 1)
        key = os.environ.get("THROUGHLINE_PERSON_KEY", "").encode()
        links = people_result.client_links(result, key, people.id_type)
        tables = {
            "client_links": links,
            "edges": people_result.edges(result, people.id_type),
            "review_queue": people_result.review_queue(
                result, people.id_type, people.extras
            ),
        }
        with whole_folder(out) as folder:
            for name, table in tables.items():
                pq.write_table(table, folder / f"{name}.parquet")
            text = result.models["parameters"][0].as_py()
            (folder / "model.json").write_text(text, encoding="utf-8")
    for name, count in people_result.summary(result, links).items():
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
