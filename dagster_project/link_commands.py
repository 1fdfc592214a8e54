"""The commands on any table of people: ``throughline link`` and what explains it.

Belongs here: arguments, opening files, printing. Does not belong here: the work itself;
each command imports what it needs when it is called, so that ``--help`` is quick.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dagster_project.linkage.people_columns import People
    from dagster_project.linkage.trained import TrainedModel

RECORDS_HELP = "A table of people, .parquet or .csv, one row per record."
RenameOption = Annotated[
    list[str] | None,
    typer.Option(help="Read a column as another, THEIRS=OURS; repeatable."),
]
ExtraOption = Annotated[
    list[str] | None,
    typer.Option(help="A further column to compare (occupation, say); at most two."),
]

STAGES = {
    "standardise": "Read names, dates and numbers",
    "encode": "Encode",
    "block": "Bring records together",
    "compare": "Compare",
    "frequencies": "Count how common values are",
    "fit": "Fit the model",
    "score": "Score",
    "cluster": "Join records into people",
    "tables": "Make tables",
}
"""The engine's stages as a user reads them."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (link, explain, evaluate):
        app.command()(command)


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

    with _one_sentence(), stopped_by_signals():
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

    use_threads(threads)
    config = LinkConfig(
        seed=LinkConfig.seed if seed is None else seed,
        columns=dict(zip(people.extras, EXTRA_FIELDS, strict=False)),
    )
    with Stages() as stages:
        result = link_records(
            people.table, config=config, model=trained, **told(stages)
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


def told(stages) -> dict:
    """Return the engine's callbacks that show each stage as one line."""
    seen: dict[str, int] = {}

    def begins(stage: str) -> None:
        seen[stage] = seen.get(stage, 0) + 1
        again = " again" if seen[stage] > 1 else ""
        stages.start(STAGES[stage] + again)

    def ended(stage: str, _seconds: float) -> None:
        stages.done(STAGES[stage] + (" again" if seen[stage] > 1 else ""))

    return {"begins": begins, "progress": ended}


def read_table(
    path: Path,
    extra: list[str] | None,
    rename: list[str] | None,
    trained: "TrainedModel | None",
) -> "People":
    """Read a table of people and say on stderr what of it is left out."""
    import pyarrow as pa

    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.linkage.people_columns import choose_columns
    from dagster_project.linkage.people_file import read_people

    table = read_people(path, _say)
    extras = list(extra or ())
    if trained:
        if foreign := [column for column in extras if column not in trained.extras]:
            raise UnreadableRecords(
                f"the model was trained without {foreign[0]!r}; leave --extra out"
            )
        extras = list(trained.extras)
        for column in set(extras) - set(table.column_names):
            _say(f"The model compares {column!r}, which this file does not have")
            nothing = pa.nulls(table.num_rows, pa.string())
            table = table.append_column(column, nothing)
    renamed = dict(_pair(text) for text in rename or ())
    people = choose_columns(table, str(path), extras, renamed)
    for one in people.unknown:
        hint = ""
        if one.suggestion:
            hint = (
                f"; did you mean {one.suggestion}? "
                f"(--rename {one.column}={one.suggestion})"
            )
        _say(f"Column {one.column!r} is not known and is left out{hint}")
    return people


def _pair(text: str) -> tuple[str, str]:
    from dagster_project.linkage.columns import UnreadableRecords

    theirs, equals, ours = text.rpartition("=")
    if not (theirs and equals and ours):
        raise UnreadableRecords(
            f"--rename {text!r} should read THEIRS=OURS, given_name=first_name say"
        )
    return theirs, ours


def read_model_file(path: Path) -> "TrainedModel":
    """Read ``model.json``."""
    from dagster_project.linkage.model_file import UnreadableModel, read_model

    try:
        return read_model(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableModel(f"{path} is no text, so it is no model") from error
    except UnreadableModel as error:
        raise UnreadableModel(f"{path} {error}") from error
    except OSError as error:
        raise UnreadableModel(f"{path} cannot be read: {error.strerror}") from error


def use_threads(threads: int | None) -> None:
    """Set the threads of the kernels, and refuse more than there are."""
    import numba

    from dagster_project.linkage.columns import UnreadableRecords

    most = numba.config.NUMBA_NUM_THREADS
    if threads is not None and threads > most:
        raise UnreadableRecords(f"--threads {threads}: there are {most} here")
    numba.set_num_threads(threads or most)


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Turn what a user can mend into one sentence and exit code 1."""
    from dagster_project.linkage.cluster import ContradictoryDecisions
    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.linkage.model_file import UnreadableModel
    from dagster_project.warehouse import WarehouseBusyError
    from dagster_project.whole_folder import FolderRefused

    try:
        yield
    except (
        UnreadableRecords,
        UnreadableModel,
        FolderRefused,
        ContradictoryDecisions,
        WarehouseBusyError,
    ) as error:
        _say(str(error))
        raise typer.Exit(1) from error
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        _say(f"Nothing was written: {error.strerror or error}{place}")
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        _say("Stopped; nothing was written.")
        raise typer.Exit(130) from error


def _say(sentence: str) -> None:
    end = "" if sentence.endswith((".", "?", ")", "…")) else "."
    print(sentence + end, file=sys.stderr, flush=True)
