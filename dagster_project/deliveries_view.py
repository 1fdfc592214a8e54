"""The delivery list on a terminal.

Belongs here: how the ledger looks in a terminal. Does not belong here: what it says
(``departments.overview``, ``departments.drift``, ``departments.quarantine``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dagster_project.departments import overview, quarantine
from dagster_project.departments.ledger import now
from dagster_project.departments.plain_text import visible

WIDTH = 108


def shown(value: object) -> Text:
    """Return a cell as it is: no markup, no control character reaches the terminal."""
    if value is None:
        return Text("–")
    if isinstance(value, datetime):
        return Text(f"{value:%Y-%m-%d %H:%M}")
    if isinstance(value, int):
        return Text(f"{value:,}")
    return Text(visible(str(value)))


def print_deliveries(
    connection: duckdb.DuckDBPyConnection,
    *,
    limit: int,
    department: str | None,
    picture: Path,
    moment: datetime | None = None,
) -> None:
    """Print the feeds, what is unusual, and the newest deliveries."""
    console = _console()
    seen = overview.feeds_seen(connection, moment or now(), department)
    _print(
        console,
        "Feeds",
        "feed department taken refused newest rows usual waiting manifests is",
        (
            (
                feed.feed,
                feed.department,
                feed.taken,
                feed.refused,
                feed.newest,
                feed.newest_rows,
                feed.usual_rows,
                feed.held,
                feed.manifests,
                feed.state,
            )
            for feed in seen
        ),
    )
    found, about = overview.unusual(connection, seen)
    _say(console, "Worth a look", about)
    _say(console, "", [f"{w.delivery_id}: {w.sentence} [{w.rule}]" for w in found])
    rows = overview.newest_deliveries(connection, limit, department)
    columns = ["rows_in", "rows_loaded", "rows_quarantined"]
    _print(
        console,
        f"The newest {len(rows)} deliveries",
        "delivery name taken_on rows loaded waiting became",
        (
            (
                row["delivery_id"],
                row["name"],
                f"{row['taken_at']:%Y-%m-%d}",
                *(row[name] for name in columns),
                "refused" if row["status"] == "quarantined" else row["status"],
            )
            for row in rows
        ),
    )
    reasons = [
        f"{row['delivery_id']}: {row['reason']}" for row in rows if row["reason"]
    ]
    _say(console, "Refused, replaced or withdrawn", reasons)
    _say(console, "What next", list(_what_next(rows)))
    if picture.exists():
        _say(console, "Trend", [str(picture)])


def _what_next(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield what a steward can do about deliveries that did not enter whole."""
    rows = list(rows)
    if any(row["status"] == "quarantined" for row in rows):
        yield (
            "Refused: have the file mended, put it into the department's folder and "
            "run again; or throughline replay DELIVERY --file MENDED"
        )
    for department in sorted({r["department"] for r in rows if r["rows_quarantined"]}):
        yield (
            f"Waiting: throughline deliveries --department {department} --rows shows "
            "each row, and why"
        )


def print_rows(
    connection: duckdb.DuckDBPyConnection, department: str, limit: int
) -> None:
    """Print one department's rows in quarantine, each with where it stood and why."""
    console, found = _console(), 0
    for delivery, table, line, column, rule, reason, original in quarantine.rows_of(
        connection, department, limit
    ):
        found += 1
        where = f"{delivery}, {table}, line {line}, column {column}: {reason} [{rule}]"
        console.print(shown(where), soft_wrap=True)
        console.print(Text("    ") + shown(original), soft_wrap=True)
    if not found:
        console.print(f"No row of {department} waits in quarantine.")


def _console() -> Console:
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    return console


def _print(
    console: Console, title: str, columns: str, rows: Iterable[Sequence[object]]
) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    rows = list(rows)
    for at, name in enumerate(columns.split()):
        number = all(isinstance(row[at], int | None) for row in rows)
        table.add_column(
            name.replace("_", " "),
            justify="right" if number else "left",
            no_wrap=name in ("delivery", "feed"),
            overflow="fold",
        )
    for row in rows:
        table.add_row(*map(shown, row))
    console.print(table)
    console.print()


def _say(console: Console, title: str, sentences: Sequence[str]) -> None:
    if not sentences:
        return
    if title:
        console.print(Text(title, style="bold"))
    for sentence in sentences:
        console.print(Text("  ") + shown(sentence), soft_wrap=True)
    console.print()
