"""What a run prints at its end.

Belongs here: short tables on a terminal. Does not belong here: SQL on anything but the
ledger, the answers' own queries, the delivery list (``deliveries_view``).
"""

import duckdb
import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dagster_project.departments.ledger import now
from dagster_project.departments.overview import feeds_seen, unusual
from dagster_project.places import Places
from dagster_project.publication.answers import QUESTIONS, answer
from dagster_project.runs import FinishedRun
from dagster_project.warehouse import open_warehouse

SHOWN = 5
"""Unusual deliveries named at a run's end; ``throughline deliveries`` has them all."""
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
        _print_unusual(console, connection)
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
    console.print("Dagster UI   make ui, then http://127.0.0.1:3000")
    console.print(f"Open         {here.report.as_uri()}", soft_wrap=True)


def _print_unusual(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    """Print what is unusual about the newest deliveries, a few lines at most."""
    found, _ = unusual(connection, feeds_seen(connection, now()))
    for warned in found[:SHOWN]:
        told = f"{warned.delivery_id}: {warned.sentence}"
        console.print(f"{'Worth a look':<28}", Text(told), sep="", soft_wrap=True)
    if len(found) > SHOWN:
        console.print(f"{'':<28}and {len(found) - SHOWN} more: throughline deliveries")


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
    agreement = connection.execute(
        "select agreement_id, version, sha256 from raw.agreements "
        "order by used_from desc, sha256 limit 1"
    ).fetchone()
    name, version, sha256 = agreement or ("none", "", "")
    return [
        ("Sharing agreement", f"{name} {version}, content {sha256[:12]}"),
        ("Deliveries taken", f"{taken:,}, quarantined whole {refused:,}"),
        ("Rows delivered", f"{rows_in:,}, quarantined {rows_out:,}"),
        ("Client records", f"{records:,}, too little to link {unlinkable:,}"),
        ("Persons", f"{persons:,}, questions for a steward {review:,}"),
    ]


def as_table(rows: pa.Table, title: str) -> Table:
    """Return an Arrow table as a Rich one."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name, kind in zip(rows.column_names, rows.schema.types, strict=True):
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        table.add_column(heading(name), justify="right" if number else "left")
    for row in rows.to_pylist():
        table.add_row(*(shown(row[name], name) for name in rows.column_names))
    return table


def shown(value: object, column: str) -> str:
    """Return a figure as a reader expects it: shares in per cent, counts with commas.

    >>> shown(0.4567, "acceptance_rate"), shown(12345, "n_offers"), shown(None, "n")
    ('45.7 %', '12,345', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, float):
        share = column.endswith(("_rate", "share"))
        return f"{value:.1%}".replace("%", " %") if share else f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    # A code is shown in words; a name is shown as it is.
    return str(value).replace("_", " ") if column.endswith("_type") else str(value)


def heading(column: str) -> str:
    """Return a column's name in words.

    >>> heading("n_not_fulfilled")
    'not fulfilled'
    """
    return column.removeprefix("n_").replace("_", " ")
