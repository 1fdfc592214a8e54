"""Tables, models and mistakes that the commands on any table of people share.

Belongs here: reading what a user named, and one sentence for what is wrong with it.
Does not belong here: any command.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pyarrow as pa

    from dagster_project.linkage.people_columns import People
    from dagster_project.linkage.table_decisions import Statement, TableDecision
    from dagster_project.linkage.trained import TrainedModel

RECORDS_HELP = "A table of people, .parquet or .csv, one row per record."
RECORD = "record_id"
MOST_SEED = 2**53
"""Keys have 64 bits, and a seed is multiplied by 2,000 for one per pair of sources."""
RenameOption = Annotated[
    list[str] | None,
    typer.Option(help="Read a column as another, THEIRS=OURS; repeatable."),
]
ExtraOption = Annotated[
    list[str] | None,
    typer.Option(help="A further column to compare (occupation, say); at most two."),
]


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

    table = read_people(path, say)
    extras = list(extra or ())
    if trained:
        if foreign := [column for column in extras if column not in trained.extras]:
            raise UnreadableRecords(
                f"the model was trained without {foreign[0]!r}; leave --extra out"
            )
        extras = list(trained.extras)
        for column in set(extras) - set(table.column_names):
            say(f"The model compares {column!r}, which this file does not have")
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
        say(f"Column {one.column!r} is not known and is left out{hint}")
    if trained:
        say_unseen(people.table, trained, "a model trained on this table")
    return people


def say_unseen(records: "pa.Table", trained: "TrainedModel", who: str) -> None:
    """Say which columns the model has never seen, and who would use them."""
    from dagster_project.linkage.trained import unknown_columns

    if columns := unknown_columns(trained, records):
        says, them = ("it says", "it") if len(columns) == 1 else ("they say", "them")
        say(
            f"The model was trained without {', '.join(columns)}: {says} nothing "
            f"here; {who} would use {them}"
        )


def say_unread(table: "pa.Table") -> None:
    """Say what of a table of people is written in a way that could not be read."""
    from dagster_project.linkage.unread import unread

    for column, count, of, shape in unread(table):
        say(
            f"{column}: {count:,} of {of:,} values could not be read, for example of "
            f"the form {shape}"
        )


def read_renamed(path: Path, rename: list[str] | None) -> "tuple[pa.Table, pa.Table]":
    """Read a table of people both under the engine's names and, ids apart, its own."""
    from dagster_project.linkage.people_columns import DEPARTMENT_NAMES, choose_columns
    from dagster_project.linkage.people_file import read_people

    table = read_people(path, say)
    renamed = dict(_pair(text) for text in rename or ())
    people = choose_columns(table, str(path), (), renamed).table
    ids = {c for c, ours in {**DEPARTMENT_NAMES, **renamed}.items() if ours == RECORD}
    others = [c for c in table.column_names if c not in {RECORD, *ids}]
    return people, table.select(others)


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


def read_decisions_file(
    path: Path,
) -> "tuple[list[TableDecision], dict[str, Statement]]":
    """Read a steward's decisions on a table of people, and what is said of each."""
    from dagster_project.linkage.people_file import read_people
    from dagster_project.linkage.table_decisions import COLUMNS, read_table_decisions

    table = read_people(path, say)
    found = read_table_decisions(table, str(path))
    for column in table.column_names:
        if column.removeprefix("client_") not in COLUMNS:
            say(f"{path}: column {column!r} is not known and is left out")
    return list(found), {d.decision_id: said for d, said in found.items()}


def read_sample_file(path: Path, ids: "pa.ChunkedArray") -> "pa.Table":
    """Read what people found in a clerical sample; say what of it is not known."""
    from dagster_project.linkage.clerical_sample import read_sample
    from dagster_project.linkage.people_file import read_people

    found, lacking = read_sample(
        read_people(path, say), str(path), set(ids.to_pylist())
    )
    say_left_out(lacking, "--clerical-sample")
    return found


def say_left_out(lacking: Sequence[str], whose: str) -> None:
    """Say how many pairs name records that are not there, and the first such record."""
    if lacking:
        pairs = "One pair" if len(lacking) == 1 else f"{len(lacking):,} pairs"
        verb = "names a record" if len(lacking) == 1 else "name records"
        say(f"{pairs} of {whose} {verb} not known here, {lacking[0]!r} first; left out")


def say_joins_nothing(
    decided: Sequence["TableDecision"], partition: "pa.Table"
) -> None:
    """Say which must-links have no effect, as one of the records is nobody's."""
    from dagster_project.linkage.table_decisions import joining_nothing

    if without := joining_nothing(decided, partition):
        pairs = "One must-link" if len(without) == 1 else f"{len(without):,} must-links"
        say(
            f"{pairs} of --decisions with a record too thin to be linked, "
            f"{without[0]!r} first; nothing is joined by that"
        )


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn what a user can mend into one sentence and exit code 1."""
    try:
        yield
    except _mendable() as error:
        say(str(error))
        raise typer.Exit(1) from error
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        say(f"Nothing was written: {error.strerror or error}{place}")
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        say("Stopped; nothing was written.")
        raise typer.Exit(130) from error


def _mendable() -> tuple[type[Exception], ...]:
    """Return what a user can mend; asked for, and imported, only once it happened."""
    from dagster_project.linkage.cluster import ContradictoryDecisions
    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.linkage.decision_entries import UnreadableDecisions
    from dagster_project.linkage.explain import UnknownRecord
    from dagster_project.linkage.model_file import UnreadableModel
    from dagster_project.warehouse import WarehouseBusyError
    from dagster_project.whole_folder import FolderRefused

    return (
        UnreadableRecords,
        UnreadableModel,
        UnknownRecord,
        UnreadableDecisions,
        FolderRefused,
        ContradictoryDecisions,
        WarehouseBusyError,
    )


def say(sentence: str) -> None:
    """Print a sentence on standard error."""
    end = "" if sentence.endswith((".", "?", ")", "…")) else "."
    print(sentence + end, file=sys.stderr, flush=True)
