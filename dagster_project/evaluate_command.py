"""``throughline evaluate``: links against the truth.

Belongs here: arguments and printing. Does not belong here: any figure's computation.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.table_arguments import (
    RenameOption,
    one_sentence,
    read_table,
    say,
)


def evaluate(
    links: Annotated[Path, typer.Argument(help="A table of record_id, person_id.")],
    truth: Annotated[Path, typer.Argument(help="The same, as it really is.")],
    records: Annotated[
        Path | None,
        typer.Option(help="The linked table: which fields agree among wrong pairs?"),
    ] = None,
    edges: Annotated[
        Path | None,
        typer.Option(help="edges.parquet: which missed pairs were scored?"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON.")
    ] = False,
    rename: RenameOption = None,
) -> None:
    """Compare links with the truth: precision, recall, and where the errors are."""
    with one_sentence():
        from dagster_project.linkage.evaluation_report import figures, lines
        from dagster_project.linkage.partition_file import read_pairs, read_partition
        from dagster_project.linkage.people_file import read_people

        said = figures(
            read_partition(read_people(links, say), str(links)),
            read_partition(read_people(truth, say), str(truth)),
            read_table(records, None, rename, None).table if records else None,
            read_pairs(read_people(edges, say), str(edges)) if edges else None,
        )
        print(json.dumps(said, indent=2) if as_json else "\n".join(lines(said)))
