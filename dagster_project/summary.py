"""What a run prints at its end, and the delivery list.

Belongs here: short tables on a terminal. Does not belong here: SQL on anything but the
ledger, and the answers' own queries.
"""

import duckdb
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from dagster_project.places import Places
from dagster_project.publication.answers import QUESTIONS, answer
from dagster_project.publication.report import heading, shown
from dagster_project.runs import FinishedRun
from dagster_project.warehouse import open_warehouse

WIDTH = 108
"""Characters; in fewer the figures of the services table lose their headings."""


def print_summary(here: Places, finished: FinishedRun) -> None:
    """Print what came in, who was found, the three answers, and what it cost."""
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    with open_warehouse(here.warehouse, read_only=True) as connection:
        figures = run_figures(connection)
        console.print()
        for label, figure in figures:
            console.print(f"{label:<28}{figure}")
        for question in QUESTIONS:
            console.print()
            console.print(as_table(answer(connection, question), question.title))
    slowest = sorted(finished.stage_seconds.items(), key=lambda item: -item[1])[:6]
    console.print()
    console.print(
        f"{finished.seconds:.1f} s, {finished.peak_megabytes:,.0f} MiB at the peak. "
        "Most went to "
        + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest)
        + "."
    )
    console.print(f"Warehouse    {here.warehouse}", soft_wrap=True)
    console.print(f"Marts to ask {here.published_marts}", soft_wrap=True)
    console.print(f"Report page  {here.report}", soft_wrap=True)
    console.print("Dagster UI   make ui, then http://127.0.0.1:3000")


def run_figures(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the head figures of a run as pairs of label and text."""
    taken, refused, rows_in, rows_out = connection.execute(
        "select count(*) filter (where status = 'taken'), "
        "count(*) filter (where status = 'quarantined'), "
        "coalesce(sum(rows_in) filter (where status = 'taken'), 0), "
        "coalesce(sum(rows_quarantined) filter (where status = 'taken'), 0) "
        "from raw.deliveries"
    ).fetchone()
    records, unlinkable = connection.execute(
        "select count(*), count(*) filter (where link_status = 'unlinkable') "
        "from linkage.client_links"
    ).fetchone()
    persons, review = connection.execute(
        "select (select count(*) from linkage.persons), "
        "(select count(*) from linkage.review_queue)"
    ).fetchone()
    return [
        ("Deliveries taken", f"{taken:,}, quarantined whole {refused:,}"),
        ("Rows delivered", f"{rows_in:,}, quarantined {rows_out:,}"),
        ("Client records", f"{records:,}, too little to link {unlinkable:,}"),
        ("Persons", f"{persons:,}, questions for a steward {review:,}"),
    ]


def print_deliveries(here: Places, limit: int) -> None:
    """Print the newest deliveries with what became of their rows."""
    with open_warehouse(here.warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select department, name, mode, extracted_at, rows_in, rows_loaded, "
            "rows_quarantined, status, coalesce(reason, '') as reason "
            "from raw.deliveries order by extracted_at desc, delivery_id desc limit ?",
            [limit],
        ).to_arrow_table()
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    console.print(as_table(rows, f"The newest {limit} deliveries"))


def as_table(rows: pa.Table, title: str) -> Table:
    """Return an Arrow table as a Rich one."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name, kind in zip(rows.column_names, rows.schema.types, strict=True):
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        table.add_column(heading(name), justify="right" if number else "left")
    for row in rows.to_pylist():
        table.add_row(*(shown(row[name], name) for name in rows.column_names))
    return table
