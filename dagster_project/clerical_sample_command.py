"""``throughline clerical-sample``: pairs of records for people to look at.

Belongs here: arguments, writing the file, what is printed. Does not belong here:
drawing the pairs (``linkage.clerical_sample``).
"""

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.table_arguments import (
    MOST_SEED,
    RECORDS_HELP,
    RenameOption,
    one_sentence,
    read_renamed,
    say,
)

if TYPE_CHECKING:
    import pyarrow as pa


def clerical_sample(
    records: Annotated[Path, typer.Argument(help=RECORDS_HELP)],
    links: Annotated[
        Path,
        typer.Option(help="Folder that 'throughline link --out' wrote, not --state."),
    ],
    out: Annotated[Path, typer.Option(help="The .csv file to write.")],
    pairs: Annotated[int, typer.Option(min=1, help="Pairs to look at.")] = 200,
    seed: Annotated[
        int,
        typer.Option(min=0, max=MOST_SEED, help="Another seed draws other pairs."),
    ] = 1,
    rename: RenameOption = None,
) -> None:
    """Draw pairs of records for people to say whether they are one person.

    As many pairs from every band of probability: linked ones, and ones left apart that
    are likelier one person than two. Fill in is_match with yes or no, leave it empty
    where you cannot tell, and give the file to link --clerical-sample: the report then
    shows the error rates that people found. The file holds personal data.
    """
    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.whole_folder import stopped_by_signals

    with one_sentence(), stopped_by_signals():
        if out.suffix.lower() != ".csv":
            raise UnreadableRecords(f"--out {out}: end it in .csv")
        if out.exists():
            raise UnreadableRecords(
                f"--out {out} is there already and may hold answers; name another file"
            )
        from dagster_project.linkage.clerical_sample import (
            EDGES,
            LINKS,
            draw,
            side_by_side,
        )

        people, fields = read_renamed(records, rename)
        drawn = draw(
            _read(links, "client_links", LINKS),
            _read(links, "edges", EDGES),
            pairs,
            seed,
        )
        if not len(drawn.left):
            raise UnreadableRecords(
                f"{links} holds no two records of one person and no edge; there is "
                "nothing to look at"
            )
        _write(out, side_by_side(drawn, fields, people["record_id"]))
        if len(drawn.left) < pairs:
            say(f"There are only {len(drawn.left):,} pairs to look at")
    print(f"{len(drawn.left):,} of {int(drawn.held.sum()):,} pairs in {out}")


def _read(folder: Path, name: str, columns: tuple[str, ...]) -> "pa.Table":
    """Read a table of a link folder."""
    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.linkage.people_file import read_people

    path = folder / f"{name}.parquet"
    if not path.exists():
        raise UnreadableRecords(
            f"--links {folder} holds no {path.name}; name a folder that 'throughline "
            "link --out' wrote"
        )
    table = read_people(path, say)
    for column in columns:
        if column not in table.column_names:
            raise UnreadableRecords(
                f"{path} has no column {column}; it is not what 'throughline link' "
                "wrote"
            )
    return table


def _write(out: Path, rows: list[list]) -> None:
    """Write the file whole or not at all, for its owner's eyes only."""
    from dagster_project.durable import flush

    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part-{os.getpid()}")
    try:
        # A spreadsheet reads accents right only after a byte order mark.
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(opened, "w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        flush(part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
